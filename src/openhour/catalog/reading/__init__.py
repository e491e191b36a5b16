"""From folders of definition files to the shelf in memory.

Called through `openhour.catalog.read_shelf`. One reader module per kind; a file with any complaint is left out whole,
with a Finding for each complaint, and every other file is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from openhour.catalog.reading.consents import read_consent
from openhour.catalog.reading.courses import read_course, without_strange_courses
from openhour.catalog.reading.homework import read_homework
from openhour.catalog.reading.instruments import read_instrument
from openhour.catalog.reading.notes import read_note
from openhour.catalog.reading.payers import read_payer
from openhour.catalog.reading.procedures import read_procedure
from openhour.catalog.reading.source import Source, extended, sources_in
from openhour.catalog.reading.table import Table
from openhour.catalog.reading.together import (
    Read,
    with_words,
    without_doubles,
    without_overlaps,
    without_unknown_instruments,
    without_unknown_procedures,
)
from openhour.catalog.reading.wordings import read_wording
from openhour.catalog.shelf import Definition, Shelf
from openhour.kernel import Finding

_Kept = TypeVar("_Kept")

__all__ = ["read_shelf", "shelf_from"]


def read_shelf(*folders: Path) -> Shelf:
    """Every definition in the folders, earlier folders first; what is broken stands in `findings`."""
    return shelf_from(found for folder in folders for found in sources_in(folder))


def shelf_from(sources: Iterable[Source | Finding]) -> Shelf:
    """The shelf made of these sources, in their order."""
    findings: list[Finding] = []
    good = _kept(extended(_kept(sources, findings)), findings)

    def read(kind: str, reader: Callable[[Table, str], Definition]) -> list[Read[Definition]]:
        reads = [one for source in good if source.kind == kind for one in _read(source, reader, findings)]
        return _noted(without_doubles(reads), findings)

    bare = _definitions(read("instrument", read_instrument))
    by_key = {instrument.pin.key: instrument for instrument in bare}
    wordings = _definitions(read("wording", lambda table, digest: read_wording(table, digest, by_key)))
    instruments = with_words(bare, wordings)
    known = _noted(without_unknown_instruments(read("procedure", read_procedure), instruments), findings)
    procedures = _definitions(_noted(without_overlaps(known), findings))
    consents = _noted(without_unknown_procedures(read("consent", read_consent), procedures), findings)
    return Shelf(
        procedures=procedures,
        instruments=instruments,
        notes=_definitions(read("note", read_note)),
        homework=_definitions(read("homework", read_homework)),
        consents=_definitions(consents),
        payers=_definitions(read("payer", read_payer)),
        wordings=wordings,
        courses=_definitions(_noted(without_strange_courses(read("course", read_course), instruments), findings)),
        findings=tuple(findings),
    )


def _read(
    source: Source, reader: Callable[[Table, str], Definition], findings: list[Finding]
) -> list[Read[Definition]]:
    """The definition in a list of one, or nothing where the file has any complaint."""
    own: list[Finding] = []
    definition = reader(Table(source.values, source.file, own), source.digest)
    findings += own
    return [] if own else [Read(definition, source.file)]


def _kept(found: Iterable[Source | Finding], findings: list[Finding]) -> list[Source]:
    kept: list[Source] = []
    for one in found:
        if isinstance(one, Finding):
            findings.append(one)
        else:
            kept.append(one)
    return kept


def _noted(sifted: tuple[list[_Kept], list[Finding]], findings: list[Finding]) -> list[_Kept]:
    kept, found = sifted
    findings += found
    return kept


def _definitions(reads: Iterable[Read[_Kept]]) -> tuple[_Kept, ...]:
    return tuple(read.definition for read in reads)
