"""The register of commands: name, module, and the line that `openhour --help` shows.

To add a command: write one file in this folder whose module has `command`, made with `contract.openhour_command`, and add
a line here. The module is imported only when its command is called, so `openhour --help` stays instant and needs neither
numpy nor Django. Commands that need the practice's database call `contract.with_practice()` first.
"""

from __future__ import annotations

from typing import NamedTuple


class Registered(NamedTuple):
    """name: what a person types; module: in `openhour.project.cli`; short: one line of help."""

    name: str
    module: str
    short: str


COMMANDS: tuple[Registered, ...] = (
    Registered("instruments", "instruments", "List the measures, show one, load words for one."),
    Registered("score", "score", "Score a file of answers."),
    Registered("change", "change", "Judge how the patients of a file changed."),
    Registered("gains", "gains", "Find sudden gains, and how long until patients got better."),
    Registered("outcomes", "outcomes", "Report on a practice, or many, from a file of sessions."),
    Registered("course", "course", "Learn and show expected courses; try the signals."),
    Registered("practice", "practice", "Set up the practice: sites, rooms, staff, licences."),
    Registered("claims", "claims", "Write claim files for payers."),
    Registered("measures", "measures", "Bring answers of patients in from a file."),
    Registered("progress", "progress", "Look at all courses of treatment, once a day."),
    Registered("trail", "trail", "Verify and export the trail of reads and writes."),
    Registered("shelf", "check_shelf", "Check the definitions on the shelf."),
    Registered("migrate", "migrate", "Bring the database up to this version."),
    Registered("serve", "serve", "Serve the practice on this machine."),
    Registered("demo", "demo", "Fill a demo practice and serve it on this machine."),
)
