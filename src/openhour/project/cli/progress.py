"""`openhour progress …`: the daily look at all courses of treatment, and the practice's own expected course.

Made for a timer: `openhour progress look` once a day. Run twice, the second finds nothing to do.
"""

from __future__ import annotations

from datetime import datetime

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


command.add_command(look)
