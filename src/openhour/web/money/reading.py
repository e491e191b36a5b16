"""From what the money pages' forms and addresses sent to typed values; what can't be read is a finding at its field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from openhour.kernel import Finding
from openhour.records.queries.charge import SHOWS, Asked

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}", re.ASCII).fullmatch
_WHERE_THEY_WENT = frozenset(("hours.claimed", "hours.billed"))
NOWHERE = UUID(int=0)
"""No row has this id: what stands for a choice that can't be read, so that it is refused with the others."""


def read_asked(query: Mapping[str, str]) -> tuple[Asked, dict[str, str], tuple[Finding, ...]]:
    """What of the queue is asked for, the words as typed, and what couldn't be read."""
    typed = {
        name: query.get(name, "").strip()[:60].replace("\x00", "\ufffd")
        for name in ("payer", "show", "since", "until")
    }
    since, until = read_day(typed["since"]), read_day(typed["until"])
    gaps = [
        Finding("day.unreadable", "Give the day as a date, such as 2026-03-02.", name)
        for name, day in (("since", since), ("until", until))
        if typed[name] and day is None
    ]
    if typed["payer"] and not _SLUG(typed["payer"]):
        gaps.append(Finding("payer.unknown", "Choose a payer from the list.", "payer"))
    if typed["show"] and typed["show"] not in SHOWS:
        gaps.append(Finding("show.unknown", "Choose one of the list.", "show"))
    if since and until and since > until:
        gaps.append(Finding("day.order", "The last day lies before the first.", "until"))
    show = typed["show"] if typed["show"] in SHOWS else "open"
    payer = typed["payer"] if _SLUG(typed["payer"]) else ""
    return Asked(payer, show, since, until, read_page(query.get("page", ""))), typed, tuple(gaps)


def query_of(asked: Asked, page: int | None = None) -> str:
    """What stands after the question mark to ask for the same again."""
    parts = {
        "payer": asked.payer,
        "show": "" if asked.show == "open" else asked.show,
        "since": asked.since.isoformat() if asked.since else "",
        "until": asked.until.isoformat() if asked.until else "",
        "page": str(page or asked.page) if (page or asked.page) > 1 else "",
    }
    return urlencode({name: value for name, value in parts.items() if value})


def read_day(text: str) -> date | None:
    """A date between 1900 and 2199 as forms send it, or None."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text and 1900 <= day.year < 2200 else None


def read_page(text: str) -> int:
    """From 1; the first for what is no number."""
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def read_ids(texts: Iterable[str]) -> tuple[UUID, ...]:
    """Ids in the order in which they were sent; one that can't be read becomes NOWHERE."""
    return tuple(read_id(text) or NOWHERE for text in texts)


def read_id(text: str) -> UUID | None:
    """An id, or None."""
    try:
        return UUID(text.strip()) if len(text) <= 64 else None
    except ValueError:
        return None


def status_of(findings: Iterable[Finding]) -> int:
    """409 where the hours went somewhere before, 422 where what was sent can't be."""
    return 409 if any(finding.code in _WHERE_THEY_WENT for finding in findings) else 422


def beside(findings: Iterable[Finding], *fields: str) -> dict[str, list[str]]:
    """Sentences by the field beside which they stand."""
    found: dict[str, list[str]] = {name: [] for name in fields}
    for finding in findings:
        if finding.place in found:
            found[finding.place].append(finding.sentence)
    return found


def summary(findings: Iterable[Finding], shown: Iterable[str]) -> list[tuple[str, str]]:
    """For the summary of errors: the field or row to jump to, empty where the page doesn't show it, and the sentence."""
    here = set(shown)
    return [(one.place if one.place in here else "", one.sentence) for one in findings]


def query_of_bills(*, everybody: bool, patient: UUID | None) -> str:
    """What stands after the question mark of the superbills' list."""
    parts = {"show": "everybody" if everybody else "", "patient": str(patient) if patient else ""}
    return urlencode({name: value for name, value in parts.items() if value})
