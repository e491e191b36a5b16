"""How the calendar is looked at: which day, by therapist or by room, which site, whom. One value, one address.

Read from the query of the calendar's pages; what can't be read falls back to the whole practice today and is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal
from urllib.parse import urlencode

from openhour.records.queries.calendar import SiteHours

By = Literal["therapist", "room"]


@dataclass(frozen=True, slots=True)
class Look:
    """who: id of the one therapist or room that is shown, or None for all. site: id."""

    day: date
    by: By
    site: int | None
    who: int | None = None

    @property
    def monday(self) -> date:
        """The first day of the week that is shown."""
        return self.day - timedelta(days=self.day.weekday())

    def on(self, day: date) -> Look:
        """The same, of another day."""
        return replace(self, day=day)

    def sorted_by(self, by: By) -> Look:
        """Everybody, by therapist or by room."""
        return replace(self, by=by, who=None)

    def only(self, who: int | None) -> Look:
        """One therapist or one room."""
        return replace(self, who=who)

    @property
    def query(self) -> str:
        """What stands after the question mark."""
        parts = {"day": self.day.isoformat(), "by": self.by, "site": self.site, "who": self.who}
        return urlencode({name: held for name, held in parts.items() if held is not None})


def read_day(text: str) -> date | None:
    """A date between 1900 and 2199 as forms send it (`2026-03-02`), or None; no other spelling of ISO 8601."""
    word = text.strip()
    try:
        day = date.fromisoformat(word)
    except ValueError:
        return None
    return day if day.isoformat() == word and 1900 <= day.year < 2200 else None


def read_number(text: str) -> int | None:
    """A row's number, or None."""
    word = text.strip()
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else None


def look_of(query: Mapping[str, str], site: SiteHours | None, *, today: date, known: Iterable[int]) -> Look:
    """known: ids of the therapists, or of the rooms, that may be shown; any other id shows all of them."""
    by: By = "room" if query.get("by") == "room" else "therapist"
    who = read_number(query.get("who", ""))
    day = read_day(query.get("day", "")) or today
    return Look(day, by, site.id if site else None, who if who in set(known) else None)


def site_of(query: Mapping[str, str], sites: Iterable[SiteHours]) -> SiteHours | None:
    """The site that is asked for, else the first; None where the practice has none."""
    held = tuple(sites)
    wanted = read_number(query.get("site", ""))
    return next((site for site in held if site.id == wanted), held[0] if held else None)
