"""Checks over several files: no version twice, no two versions from one day, no overlapping minutes, nothing missing.

Where two files clash, the one read later is refused: the shipped shelf is read before a site's own folder, so a site
can add a version and can never shadow one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Generic, TypeVar

from openhour.catalog.forms import ConsentForm
from openhour.catalog.instrument import Instrument
from openhour.catalog.kinds import MEASURED_WITHOUT_INSTRUMENT
from openhour.catalog.procedure import Procedure
from openhour.catalog.reading.wording import printable
from openhour.catalog.shelf import Definition
from openhour.catalog.wording import Wording, worded
from openhour.kernel import Finding

_Kept = TypeVar("_Kept")


@dataclass(frozen=True, slots=True)
class Read(Generic[_Kept]):
    """A definition with the file it was read from."""

    definition: _Kept
    file: str


def without_doubles(reads: Iterable[Read[Definition]]) -> tuple[list[Read[Definition]], list[Finding]]:
    """The first of each slug@version and of each slug and day."""
    kept: list[Read[Definition]] = []
    findings: list[Finding] = []
    for read in reads:
        finding = next((found for one in kept if (found := _double(one, read))), None)
        if finding:
            findings.append(finding)
        else:
            kept.append(read)
    return kept, findings


def _double(one: Read[Definition], other: Read[Definition]) -> Finding | None:
    first, second = one.definition.pin, other.definition.pin
    if first.key == second.key:
        sentence = f"{first.key} stands already in {one.file}; a change needs a new version."
        return Finding("shelf.duplicate", sentence, f"{other.file}: version")
    if first.kind != "wording" and first.slug == second.slug and first.effective == second.effective:
        sentence = f"{first.key} in {one.file} holds from the same day; two versions can't begin together."
        return Finding("shelf.same-day", sentence, f"{other.file}: effective")
    return None


def with_words(instruments: Iterable[Instrument], wordings: Iterable[Wording]) -> tuple[Instrument, ...]:
    """Each instrument with the site's words in it, where there are any; English before other languages."""
    chosen: dict[str, Wording] = {}
    for wording in sorted(wordings, key=lambda one: (one.language != "en", one.language)):
        chosen.setdefault(wording.instrument, wording)
    return tuple(worded(one, chosen[one.pin.key]) if one.pin.key in chosen else one for one in instruments)


def without_overlaps(reads: list[Read[Procedure]]) -> tuple[list[Read[Procedure]], list[Finding]]:
    """Procedures whose minutes exclude each other within a family, on every day."""
    kept, findings = list(reads), []
    while clash := _first_clash(kept):
        one, other = clash
        sentence = (
            f"These minutes overlap those of {one.definition.pin.key} in {one.file}, "
            f"which is in force at the same time in the family {one.definition.family}."
        )
        findings.append(Finding("shelf.window-overlap", sentence, f"{other.file}: time.billed_from"))
        kept.remove(other)
    return kept, findings


def _first_clash(reads: list[Read[Procedure]]) -> tuple[Read[Procedure], Read[Procedure]] | None:
    ends = {read.definition.pin: _ends(read.definition, reads) for read in reads}
    for one, other in combinations(reads, 2):
        a, b = one.definition, other.definition
        if a.family != b.family or a.pin.slug == b.pin.slug:
            continue
        together = a.pin.effective < ends[b.pin] and b.pin.effective < ends[a.pin]
        if together and _share_a_minute(a, b):
            return one, other
    return None


def _ends(procedure: Procedure, reads: list[Read[Procedure]]) -> date:
    own = [read.definition.pin for read in reads if read.definition.pin.slug == procedure.pin.slug]
    return min((pin.effective for pin in own if pin.effective > procedure.pin.effective), default=date.max)


def _share_a_minute(a: Procedure, b: Procedure) -> bool:
    a_to, b_to = (one.time.billed_to or 24 * 60 for one in (a, b))
    return (a.time.billed_from or 0) <= b_to and (b.time.billed_from or 0) <= a_to


def without_unknown_instruments(
    reads: list[Read[Procedure]], instruments: Iterable[Instrument]
) -> tuple[list[Read[Procedure]], list[Finding]]:
    """Procedures that name only instruments on the shelf."""
    known = {instrument.pin.slug for instrument in instruments}
    return _sifted(reads, lambda procedure: _unknown_instruments(procedure, known))


def _unknown_instruments(procedure: Procedure, known: set[str]) -> list[tuple[str, str]]:
    asked: list[tuple[str, str]] = []
    for place, indication in enumerate(procedure.indications, start=1):
        battery = indication.battery
        slugs = dict.fromkeys((*battery.intake, *battery.session, *battery.periodic))
        asked += [(f"indication[{place}].battery", slug) for slug in slugs]
    for place, risk in enumerate(procedure.risks, start=1):
        of = dict(risk.monitor.parameters).get("of", ())
        asked += [(f"risk[{place}].monitor.of", slug) for slug in (of if isinstance(of, tuple) else ())]
    for place, benefit in enumerate(procedure.benefits, start=1):
        named = (name for name in benefit.measured_by if name not in MEASURED_WITHOUT_INSTRUMENT)
        asked += [(f"benefit[{place}].measured_by", name) for name in named]
    return [
        (key, f"The shelf holds no instrument {printable(slug, 64)}.") for key, slug in asked if slug not in known
    ]


def without_unknown_procedures(
    reads: list[Read[ConsentForm]], procedures: Iterable[Procedure]
) -> tuple[list[Read[ConsentForm]], list[Finding]]:
    """Consents for procedures on the shelf."""
    known = {procedure.pin.slug for procedure in procedures}

    def reasons(consent: ConsentForm) -> list[tuple[str, str]]:
        return [
            (f"procedures[{place}]", f"The shelf holds no procedure {printable(slug, 64)}.")
            for place, slug in enumerate(consent.procedures, start=1)
            if slug not in known
        ]

    return _sifted(reads, reasons)


def _sifted(
    reads: list[Read[_Kept]], reasons: Callable[[_Kept], list[tuple[str, str]]]
) -> tuple[list[Read[_Kept]], list[Finding]]:
    kept: list[Read[_Kept]] = []
    findings: list[Finding] = []
    for read in reads:
        found = reasons(read.definition)
        findings += [Finding("shelf.not-on-shelf", sentence, f"{read.file}: {key}") for key, sentence in found]
        if not found:
            kept.append(read)
    return kept, findings
