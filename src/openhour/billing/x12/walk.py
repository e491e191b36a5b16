"""Go through a file of ours segment by segment, knowing at each where in the claim we stand.

Shared by the validator and the reader. Never raises on what a file holds: what is wrong becomes a finding, and the
walk goes on at the next segment that it knows. Findings name segment and element by number, never what stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from openhour.billing.x12.grammar import NEXT, PATTERNS, SEGMENTS, elements
from openhour.kernel import Finding

MOST_FINDINGS = 200
_BY_QUALIFIER = frozenset(("NM1", "REF", "PRV", "AMT"))
_BY_ENTITY = frozenset(("N3", "N4", "DMG", "PER"))
_STARTS = {
    role: tuple(
        (one.partition("@")[0] + "*", one, PATTERNS[one].fullmatch)
        for one in sorted(followers, key=lambda one: one not in ("LX", "NM1*82"))
        if not one.startswith("HL")
    )
    for role, followers in NEXT.items()
}
"""How the segments begin that may follow a role; the three kinds of HL begin alike and are told apart by `_role`."""


@dataclass(slots=True)
class Walk:
    """text: the whole file or its pieces in order. findings fill up while `events` is read, at most 200."""

    text: str | Iterable[str]
    findings: list[Finding] = field(default_factory=list)
    number: int = 0

    def events(self) -> Iterator[tuple[str, re.Match[str]]]:
        """Each well-formed segment with its role (`NM1*82`, `N4@85`), in order."""
        role, entity = "", ""
        for number, segment in enumerate(self._segments(), start=1):
            self.number = number
            for start, found, fits in _STARTS[role]:  # noqa: B007 - both are used below
                if segment.startswith(start):
                    break
            else:
                found = _role(segment, entity)
                if found not in NEXT[role]:
                    self._unexpected(segment, found)
                    if found not in PATTERNS:
                        continue
                fits = PATTERNS[found].fullmatch
            role = found
            if role[:4] == "NM1*":
                entity = role[4:]
            match = fits(segment)
            if match is None:
                self._misfit(segment, role)
            else:
                yield role, match
        if role != "IEA":
            self.add("x12.cut-off", "The file stops before its end.")

    def add(self, code: str, sentence: str) -> None:
        """Note what is wrong with the segment that was read last."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(code, sentence, f"segment {self.number}"))

    def _segments(self) -> Iterator[str]:
        rest = ""
        for piece in (self.text,) if isinstance(self.text, str) else self.text:
            *whole, rest = (rest + piece).split("~")
            for segment in whole:
                yield segment.lstrip("\r\n") if segment[:1] < " " else segment
        if rest.strip():
            self.add("x12.cut-off", "The last segment has no end.")

    def _unexpected(self, segment: str, role: str) -> None:
        known = f"A segment {segment.split('*', 1)[0]}" if role in PATTERNS else "A segment that we don't write"
        self.add("x12.segment-unexpected", f"{known} stands where none may stand, or the one before it is missing.")

    def _misfit(self, segment: str, role: str) -> None:
        kind, *values = segment.split("*")
        if role in SEGMENTS and kind != "HI":
            wanted = elements(SEGMENTS[role])
            for place, (value, element) in enumerate(zip(values, wanted, strict=False), start=1):
                if not (value == "" and element.optional) and not re.fullmatch(element.pattern, value):
                    self.add("x12.element", f"Element {place} of {kind} holds something that it may not hold.")
                    return
        self.add("x12.element", f"Segment {kind} has too few or too many elements, or one of them is wrong.")


def _role(segment: str, entity: str) -> str:
    kind, _, rest = segment.partition("*")
    if kind in _BY_QUALIFIER:
        return f"{kind}*{rest.partition('*')[0]}"
    if kind in _BY_ENTITY:
        return f"{kind}@{entity}"
    if kind == "HL":
        return "HL*" + rest.split("*", 3)[2] if rest.count("*") >= 2 else "HL"
    return kind
