"""`openhour claims …`: write every hour that is ready for a payer as one 837P file, as a biller would on the page.

For practices that send claims at night. The file is written beside its place and renamed; where it can't be written the
batch isn't either, and where no file is asked for it waits on the page "Batches".
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import click

from openhour.kernel import Finding, Money, Refused
from openhour.project.cli.contract import Answer
from openhour.project.cli.on_practice import practice_command
from openhour.project.cli.options import PATH
from openhour.ui.words import counted


@click.group("claims", epilog="\b\nExample:\n  openhour claims write --payer example-payer --out monday.txt")
def command() -> None:
    """Write claim files for payers."""


def _now() -> datetime:
    from django.utils import timezone

    return timezone.now()


def _biller() -> Any:
    """The command line with the biller's role: whoever may run it holds the database anyway."""
    from openhour.guard.actor import COMMAND_LINE
    from openhour.guard.roles import Role

    return replace(COMMAND_LINE, roles=frozenset({Role.BILLER}))


@practice_command(
    "write",
    example="openhour claims write --payer example-payer --out monday.txt\nopenhour claims write --payer example-payer --json",
)
@click.option("--payer", required=True, help="The payer's slug on the shelf, such as example-payer.")
@click.option("--out", type=PATH, metavar="FILE", help="Write the file here; nothing that is there is overwritten.")
def write(payer: str, out: Path | None) -> Answer:
    """Claim every signed hour of the payer that nothing holds back."""
    written = _written(_legible(payer), out)
    batch = written.batch
    facts = {
        "batch": batch.control,
        "payer": batch.payer,
        "claims": batch.claim_count,
        "total": str(Money(batch.total_cents).dollars),
        "held": written.left,
        "digest": batch.digest,
        "file": str(out) if out else None,
    }
    lines = [f"Batch {batch.control}: {counted(batch.claim_count, 'claim')}, {Money(batch.total_cents)}."]
    lines += [f"{counted(written.left, 'hour')} held back; the page “Claims” says why."] if written.left else []
    lines += [f"Written to {out}."] if out else ["The file waits on the page “Batches”."]
    return Answer(facts, "\n".join(lines))


def _legible(payer: str) -> str:
    if not payer.isprintable() or len(payer) > 60:
        raise Refused(Finding("payer.unknown", "The shelf holds no such payer.", "payer"))
    return payer


def _written(payer: str, out: Path | None) -> Any:
    """The batch, and its file where one is asked for. The file lies on the disk before the batch is committed, and takes
    its name after. Raises Refused where no file can be written there; then there is no batch either."""
    from django.db import transaction

    from openhour.workflows.money.write_batch import write_ready

    if out is None:
        return write_ready(_biller(), payer, at=_now())
    _check(out)
    try:
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name[:40]}.", suffix=".part")
    except OSError as error:
        raise _not_written(out, error) from error
    try:
        with os.fdopen(handle, "w", encoding="ascii", newline="") as file, transaction.atomic():
            written = write_ready(_biller(), payer, at=_now())
            _onto_the_disk(file, written.batch.content, out)
        _named(Path(name), out, written.batch.control)
    finally:
        Path(name).unlink(missing_ok=True)
    return written


def _onto_the_disk(file: TextIO, text: str, out: Path) -> None:
    try:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    except OSError as error:
        raise _not_written(out, error) from error


def _named(part: Path, out: Path, control: int) -> None:
    try:
        _name_if_free(part, out)
    except (OSError, Refused) as error:
        words = f"Batch {control} is written, but its file can't take this name. It waits on the page “Batches”."
        raise Refused(Finding("out.not-named", words, str(out))) from error


def _name_if_free(part: Path, out: Path) -> None:
    """The name is taken in one step, so that of two who write at once neither covers the other's file."""
    try:
        os.link(part, out)
    except FileExistsError:
        raise
    except OSError:  # a file system without links: an empty file holds the place, then ours goes there
        os.close(os.open(out, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        part.replace(out)


def _check(out: Path) -> None:
    if out.exists() or out.is_symlink():
        raise Refused(Finding("out.exists", "There is such a file already. Choose another name.", str(out)))
    if not out.parent.is_dir():
        raise Refused(Finding("out.no-folder", "There is no such folder to write to.", str(out)))


def _not_written(out: Path, error: OSError) -> Refused:
    words = f"The file can't be written: {error.strerror or 'output error'}."
    return Refused(Finding("out.not-written", words, str(out)))


command.add_command(write)
