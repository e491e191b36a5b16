"""What was asked of a report, from the address: a period, a site, an indication, a breakdown. Keeps what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from openhour.kernel import Finding
from openhour.kernel.writable import can_be_kept

if TYPE_CHECKING:
    from django.http import QueryDict

GROUPINGS = (("", "Nothing"), ("site", "Site"), ("indication", "Indication"), ("period", "Quarter"))
FIELDS = ("since", "until", "site", "indication", "by")


@dataclass(frozen=True, slots=True)
class Typed:
    """text: as it was typed, by field. since, until: the days, both inside. findings: what can't be read."""

    text: dict[str, str]
    since: date | None
    until: date | None
    findings: tuple[Finding, ...]

    @property
    def kept(self) -> dict[str, str]:
        """The fields that aren't empty, for the address of a file."""
        return {name: value for name, value in self.text.items() if value}

    @property
    def words(self) -> str:
        """The period and the filters in words."""
        days = {"since": "from", "until": "to"}
        parts = [f"{word} {self.text[name]}" for name, word in days.items() if self.text[name]]
        return ", ".join([*parts, *(self.text[name] for name in ("site", "indication") if self.text[name])])


def read(given: QueryDict) -> Typed:
    """Read the fields; what no database could hold is taken away."""
    text = {name: _clean(given.get(name, "")) for name in FIELDS}
    findings: list[Finding] = []
    since, until = (_day(text[name], name, findings) for name in ("since", "until"))
    if since and until and until < since:
        findings.append(Finding("period.backwards", "The period ends before it begins.", "until"))
    if text["by"] not in dict(GROUPINGS):
        findings.append(Finding("by.unknown", "Choose one of the list.", "by"))
    return Typed(text, since, until, tuple(findings))


def _clean(text: str) -> str:
    bare = text.strip()[:80]
    return bare if can_be_kept(bare) else ""


def _day(text: str, place: str, findings: list[Finding]) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        if not 1970 <= day.year <= 9000:
            raise ValueError(text)
    except ValueError:
        findings.append(Finding("day.unreadable", "Write the day as 2026-11-23.", place))
        return None
    return day
