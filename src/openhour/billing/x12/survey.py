"""Look over any 837 file, ours or by others, with whatever separators: numbers, counts, claims and their lines.

Called by the command line and by tests on real files. It never refuses for what a segment holds; it reports counts
and numbers that don't agree as findings. Only text that doesn't begin with an ISA segment has nothing to survey.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from openhour.kernel import Finding, Refused


@dataclass(frozen=True, slots=True)
class SurveyedClaim:
    """What stands in CLM01, CLM02, CLM05, the HI segments and the service segments, word for word."""

    control: str
    total: str
    place: str
    diagnoses: tuple[str, ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Transaction:
    """segments: counted from ST to SE; declared: what SE01 says; closes: what SE02 says."""

    kind: str
    control: str
    segments: int = 1
    declared: str = ""
    closes: str = ""
    levels: int = 0


@dataclass(frozen=True, slots=True)
class Survey:
    element: str
    component: str
    repetition: str
    terminator: str
    segments: int
    interchange: str
    transactions: tuple[Transaction, ...]
    claims: tuple[SurveyedClaim, ...]
    findings: tuple[Finding, ...]


def survey_837(text: str) -> Survey:
    """The facts of the file. Raises Refused where the text doesn't begin with a whole ISA segment."""
    bare = text.lstrip("\ufeff \r\n\t")
    if not bare.startswith("ISA") or len(bare) < 106:
        raise Refused(Finding("x12.no-isa", "This isn't an X12 file: it doesn't begin with an ISA segment."))
    element, component, terminator = bare[3], bare[104], bare[105]
    segments = list(_segments(bare, terminator, element))
    transactions = tuple(_transactions(segments))
    isa = segments[0]
    return Survey(
        element=element,
        component=component,
        repetition=isa[11] if len(isa) > 11 else "",
        terminator=terminator,
        segments=len(segments),
        interchange=isa[13] if len(isa) > 13 else "",
        transactions=transactions,
        claims=tuple(_claims(segments, component)),
        findings=tuple(finding for one in transactions for finding in _disagreements(one)),
    )


def _segments(text: str, terminator: str, element: str) -> Iterator[list[str]]:
    for segment in text.split(terminator):
        bare = segment.strip("\r\n")
        if bare.strip():
            yield bare.split(element)


def _transactions(segments: list[list[str]]) -> Iterator[Transaction]:
    current: Transaction | None = None
    for segment in segments:
        if segment[0] == "ST":
            if current is not None:
                yield current
            current = Transaction(_at(segment, 1), _at(segment, 2), segments=0)
        if current is None:
            continue
        current = replace(current, segments=current.segments + 1, levels=current.levels + (segment[0] == "HL"))
        if segment[0] == "SE":
            yield replace(current, declared=_at(segment, 1), closes=_at(segment, 2))
            current = None
    if current is not None:
        yield current


def _claims(segments: list[list[str]], component: str) -> Iterator[SurveyedClaim]:
    claim: SurveyedClaim | None = None
    for segment in segments:
        if segment[0] in ("CLM", "SE"):
            if claim is not None:
                yield claim
            claim = SurveyedClaim(_at(segment, 1), _at(segment, 2), _at(segment, 5)) if segment[0] == "CLM" else None
        elif claim is not None and segment[0] == "HI":
            claim = replace(claim, diagnoses=claim.diagnoses + tuple(segment[1:]))
        elif claim is not None and segment[0] in ("SV1", "SV2", "SV3"):
            claim = replace(claim, lines=(*claim.lines, tuple(segment)))
    if claim is not None:
        yield claim


def _disagreements(one: Transaction) -> Iterator[Finding]:
    place = f"transaction {one.control}"
    if not one.declared:
        yield Finding("x12.cut-off", "The transaction has no end.", place)
        return
    if one.declared != str(one.segments):
        yield Finding("x12.count", f"It says {one.declared} segments and has {one.segments}.", place)
    if one.closes != one.control:
        yield Finding("x12.control", "It ends under another number than it began.", place)


def _at(segment: list[str], place: int) -> str:
    return segment[place] if len(segment) > place else ""
