"""`openhour progress …`: the daily look at all courses of treatment, and the practice's own expected course.

Made for a timer: `openhour progress look` once a day. Run twice, the second finds nothing to do.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from openhour.project.cli.contract import Answer
from openhour.project.cli.on_practice import practice_command


@click.group("progress", epilog="\b\nExample:\n  openhour progress look --json")
def command() -> None:
    """Look at all courses, once a day; fit the expected course."""


def _now() -> datetime:
    from django.utils import timezone

    return timezone.now()


@practice_command("look", example="openhour progress look\nopenhour progress look --json")
def look() -> Answer:
    """Raise what comes with time, look again where it is due, pass what nobody answered to supervisors."""
    from openhour.guard.actor import COMMAND_LINE
    from openhour.workflows.progress.look_at_all import look_at_all

    looked = look_at_all(COMMAND_LINE, at=_now())
    facts = {
        "courses": looked.courses,
        "raised": looked.raised,
        "looked_again": looked.looked_again,
        "passed": looked.passed,
        "without_supervisor": looked.unsupervised,
    }
    lines = [
        f"Looked at {looked.courses} courses of treatment.",
        f"Raised: {looked.raised}. Looked at again: {looked.looked_again}. Passed to supervisors: {looked.passed}.",
    ]
    if looked.unsupervised:
        lines.append(f"Overdue, and their therapist has no supervisor: {looked.unsupervised}.")
    return Answer(facts, "\n".join(lines))


@practice_command("fit", example="openhour progress fit phq-9\nopenhour progress fit phq-9 --kind neighbours --json")
@click.argument("instrument")
@click.option("--kind", default="growth", show_default=True, help="growth or neighbours.")
def fit(instrument: str, kind: str) -> Answer:
    """Fit the expected course on the practice's own closed treatments, and keep it; nothing uses it yet."""
    from openhour.guard.actor import COMMAND_LINE
    from openhour.workflows.progress.fit_course import fit_course

    row = fit_course(COMMAND_LINE, instrument, kind=kind, at=_now())
    return Answer(_facts(row), f"{_line(row)}\nUse it: openhour progress adopt {row.version}")


@practice_command("adopt", example="openhour progress adopt phq-9-practice@1")
@click.argument("version")
def adopt(version: str) -> Answer:
    """Use a fitted course from now on."""
    from openhour.guard.actor import COMMAND_LINE
    from openhour.workflows.progress.adopt_course import adopt_course

    row = adopt_course(COMMAND_LINE, version, at=_now())
    return Answer(_facts(row), f"In use: {row.version}.")


@practice_command("courses", example="openhour progress courses --json")
def courses() -> Answer:
    """Every course that was fitted here, newest first."""
    from openhour.guard.actor import COMMAND_LINE
    from openhour.records.queries.fitted import fitted_courses

    rows = fitted_courses(COMMAND_LINE)
    return Answer({"courses": [_facts(row) for row in rows]}, "\n".join(map(_line, rows)) or "None was fitted yet.")


@practice_command("show-patients", example="openhour progress show-patients no")
@click.argument("shown", type=click.Choice(["yes", "no"]))
def show_patients(shown: str) -> Answer:
    """Let patients see, behind their link, how their own scores went."""
    from openhour.guard.actor import COMMAND_LINE
    from openhour.workflows.progress.show_course import show_course

    show_course(COMMAND_LINE, shown == "yes", at=_now())
    words = "Patients see how their scores went." if shown == "yes" else "Patients don’t see how their scores went."
    return Answer({"shows_course": shown == "yes"}, words)


def _facts(row: Any) -> dict[str, Any]:
    return {
        "version": row.version,
        "instrument": row.instrument,
        "kind": row.kind,
        "data_from": row.data_from.isoformat(),
        "data_until": row.data_until.isoformat(),
        "patients": row.size,
        "scores": row.scores,
        "quality": row.quality,
        "confirmed": row.parameters.get("confirmed", False),
        "in_use": row.active_from is not None and row.active_until is None,
    }


def _line(row: Any) -> str:
    facts = _facts(row)
    held = row.quality.get("covered80", {}).get("share")
    band = f", {held:.0%} of unseen scores in the band meant for 80%" if held is not None else ""
    use = "in use" if facts["in_use"] else "kept" if facts["confirmed"] else "kept; its band did not hold"
    span = f"{facts['data_from']} to {facts['data_until']}"
    return f"{row.version}: {row.size} patients, {row.scores} scores, {span}{band}. {use[0].upper()}{use[1:]}."


for one in (look, fit, adopt, courses, show_patients):
    command.add_command(one)
