"""What `openhour shelf check [FOLDER]` runs: all that reading checks, and what is too slow to check at every start.

Called by the command line and by `.ci/run`. Refuses nothing itself; it names everything, so that one run is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from openhour.catalog.icd10 import RELEASE, diagnosis_group_exists
from openhour.catalog.shelf import NotOnShelf, Shelf
from openhour.catalog.shipped import shelf_with
from openhour.kernel import Finding


def check(folder: Path | None = None) -> tuple[Finding, ...]:
    """Every complaint about the shipped shelf and a site's own folder; empty where all is well."""
    shelf = shelf_with(folder)
    return (*shelf.findings, *(finding for one in CHECKS for finding in one(shelf)))


def unknown_diagnoses(shelf: Shelf) -> Iterator[Finding]:
    """Families of diagnoses that the release of ICD-10-CM doesn't have."""
    for procedure in shelf.procedures:
        for indication in procedure.indications:
            for prefix in indication.icd10:
                if not diagnosis_group_exists(prefix):
                    sentence = f"The {RELEASE} has no {prefix}."
                    place = f"{procedure.pin.key}: indication {indication.slug}.icd10"
                    yield Finding("shelf.unknown-diagnosis", sentence, place)


def unpriced_codes(shelf: Shelf) -> Iterator[Finding]:
    """Payers that pay for one code of a family and list no fee for another: an hour would end without a price."""
    for payer in shelf.payers:
        priced = {fee.code for fee in payer.fees}
        for family in sorted({one.family for one in shelf.procedures if one.code.value in priced}):
            codes = {one.code.value for one in shelf.procedures if one.family == family}
            for code in sorted(codes - priced):
                sentence = f"There are fees for other codes of the family {family}, but none for {code}."
                yield Finding("shelf.no-fee", sentence, f"{payer.pin.key}: fee")


CHECKS: tuple[Callable[[Shelf], Iterator[Finding]], ...] = (unknown_diagnoses, unpriced_codes)


def changed_definitions(shelf: Shelf, kept: Iterable[tuple[str, str, str]]) -> tuple[Finding, ...]:
    """Definitions that rows refer to and that are gone or no longer what they were.

    kept: kind, key and digest as the rows store them (`("instrument", "phq-9@1.0.0", "3f…")`).
    """
    return tuple(finding for kind, key, digest in kept if (finding := _changed(shelf, kind, key, digest)))


def _changed(shelf: Shelf, kind: str, key: str, digest: str) -> Finding | None:
    try:
        found = shelf.pinned(kind, key)
    except NotOnShelf:
        return Finding("shelf.gone", "Records refer to this definition, and it is no longer on the shelf.", key)
    if found.pin.digest != digest:
        sentence = "Records refer to this definition, and its file was changed. A change needs a new version."
        return Finding("shelf.changed", sentence, key)
    return None
