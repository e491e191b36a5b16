"""`openhour shelf check [FOLDER]`: read the definitions as the server would, and name every one that is refused."""

from __future__ import annotations

from pathlib import Path

import click

from openhour.kernel import Finding, Refused
from openhour.project.cli.contract import Answer, openhour_command


@click.group("shelf", epilog="\b\nExample:\n  openhour shelf check my-definitions/")
def command() -> None:
    """Check the definitions on the shelf."""


@openhour_command("check", example="openhour shelf check\nopenhour shelf check my-definitions/ --json")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
def check(folder: Path | None) -> Answer:
    """Check the shipped definitions, and those of a folder laid over them."""
    from openhour.catalog import shelf_with
    from openhour.catalog.checks import check as findings_of

    if folder is not None and not folder.is_dir():
        raise Refused(Finding("shelf.no-folder", "There is no such folder.", "FOLDER"))
    if findings := findings_of(folder):
        raise Refused(findings)
    held = shelf_with(folder)
    kinds = ("procedures", "instruments", "notes", "homework", "consents", "payers", "courses")
    counts = {kind: len(getattr(held, kind)) for kind in kinds}
    return Answer(
        counts, "Every definition can be read: " + ", ".join(f"{n} {kind}" for kind, n in counts.items()) + "."
    )


command.add_command(check)
