"""`openhour trail …`: verify the trail, and hand out what was done with one patient's chart.

`verify` ends with exit code 0 where the trail holds and 1 where it doesn't, naming the entries.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import click

from openhour.project.cli.contract import Answer
from openhour.project.cli.on_practice import practice_command

BROKEN = 1


@click.group("trail", epilog="\b\nExample:\n  openhour trail verify --json")
def command() -> None:
    """Verify and export the trail of reads and writes."""


def _now() -> datetime:
    from django.utils import timezone

    return timezone.now()


@practice_command("verify", example="openhour trail verify\nopenhour trail verify --json")
def verify() -> Answer:
    """Read every entry again; name each that was changed, removed or moved."""
    from openhour.guard.actor import COMMAND_LINE
    from openhour.workflows.practice.verify_trail import verify_trail

    verified = verify_trail(COMMAND_LINE, at=_now())
    click.get_current_context().obj = 0 if verified.holds else BROKEN
    facts = {
        "holds": verified.holds,
        "entries": verified.entries,
        "findings": [{"code": one.code, "sentence": one.sentence, "place": one.place} for one in verified.findings],
    }
    lines = [f"{one.place}: {one.sentence}" for one in verified.findings]
    last = f"The trail holds: {verified.entries} entries." if verified.holds else "The trail does not hold."
    return Answer(facts, "\n".join([*lines, last]))


@practice_command("export", example="openhour trail export --patient P-1001 --json")
@click.option("--patient", required=True, help="The number of the patient.")
def export(patient: str) -> Answer:
    """Everything that was done with one patient's chart, oldest first."""
    from openhour.guard.actor import COMMAND_LINE
    from openhour.records.queries.trail import trail_of_patient

    lines = trail_of_patient(COMMAND_LINE, patient, at=_now())
    entries: list[dict[str, Any]] = [
        {
            "entry": line.seq,
            "at": line.at.isoformat(),
            "who": line.who,
            "action": line.action,
            "kind": line.kind,
            "subject": line.subject_id,
            "detail": json.loads(line.detail),
            "digest": line.digest,
        }
        for line in lines
    ]
    text = "\n".join(f"{line.seq}\t{line.at.isoformat()}\t{line.who}\t{line.action}\t{line.kind}" for line in lines)
    return Answer({"patient": patient, "entries": entries}, text or "Nothing was done with this chart yet.")


def _ends_with_one_where_broken(made: click.Command) -> click.Command:
    """The contract knows 0 and 2; a trail that doesn't hold is neither good nor bad input."""
    run = made.callback
    assert run is not None

    def checked(**options: Any) -> None:
        run(**options)
        if click.get_current_context().obj == BROKEN:
            click.get_current_context().exit(BROKEN)

    made.callback = checked
    return made


command.add_command(_ends_with_one_where_broken(verify))
command.add_command(export)
