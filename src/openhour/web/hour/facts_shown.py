"""The facts of an hour as sentences, from a note's content alone: for the room, the signed note and its PDF alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from openhour.catalog import NoteFormat
from openhour.records.queries.note_content import Content
from openhour.ui.words import long_date, moment, short_date, time_of_day

_DONE = {"all": "all of it done", "some": "some of it done", "none": "not done", "": "looked at"}


def by_section(content: Content, layout: NoteFormat) -> dict[str, tuple[tuple[str, str], ...]]:
    """Label and sentence of the facts that stand above each section. What an earlier section already told is told
    again in short, because the second place is where it is judged."""
    told: set[str] = set()
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for section in layout.sections:
        makers = [(name, BRIEF.get(name) if name in told else FACTS.get(name)) for name in section.facts]
        found[section.slug] = tuple((LABELS[name], make(content)) for name, make in makers if make is not None)
        told |= set(section.facts)
    return found


def day_of(content: Content) -> str:
    """`Monday 2 March 2026`."""
    return long_date(date.fromisoformat(content["day"]))


def times(content: Content) -> str:
    """`10:00 am to 10:55 am, 55 minutes face to face`."""
    started, stopped = (_clock(content[name]) for name in ("started", "stopped"))
    if not started:
        return "not started yet"
    return f"{started} to {stopped}, {content['minutes']} minutes face to face" if stopped else f"since {started}"


def place(content: Content) -> str:
    """Site, room and CMS code."""
    where = content["place"]
    room = f", {where['room']}" if where["room"] else ""
    return f"{where['site']}{room}, in person (place of service {where['place_of_service']})"


def people(content: Content) -> str:
    """Who was in the room."""
    others = content["people"]["others"]
    also = f"; also {others}" if others else ""
    return f"{content['patient']['name']} and {content['people']['therapist']}{also}"


def scores(content: Content) -> str:
    """Each measure with its change."""
    return "; ".join(f"{one['title']} {reading(one)}" for one in content["measures"]) or "none answered"


def scores_in_short(content: Content) -> str:
    """`PHQ-9 8 (−2), GAD-7 7 (no change)`"""
    told = (
        f"{one['title']} {'no score' if one['total'] is None else one['total']}"
        + (f" ({signed(one['since_last'])})" if one["since_last"] is not None else "")
        for one in content["measures"]
    )
    return ", ".join(told) or "none answered"


def reading(measure: Mapping[str, Any]) -> str:
    """`8 (mild), −8 since last time, reliably better than at the start`."""
    parts = ["no score" if measure["total"] is None else str(measure["total"])]
    if measure["band"]:
        parts[0] += f" ({measure['band']})"
    parts[0] += f" on {short_date(date.fromisoformat(measure['day']), year=False)}"
    if measure["since_last"] is not None:
        parts.append(f"{signed(measure['since_last'])} since last time")
    if measure["reliable"] in ("better", "worse"):
        parts.append(f"reliably {measure['reliable']} than at the start")
    if measure["flagged"]:
        parts.append(f"item {' and '.join(measure['flagged'])} positive")
    return ", ".join(parts)


def signed(points: int) -> str:
    """`−8`, `+2`, `no change`."""
    return "no change" if points == 0 else f"{'−' if points < 0 else '+'}{abs(points)}"


def homework(content: Content) -> str:
    """What was looked at and what was given."""
    reviewed = [f"{one['title']}, {_DONE.get(one['completion'], '')}" for one in content["homework"]["reviewed"]]
    given = [given_words(one) for one in content["homework"]["given"]]
    lines = [f"{label}: {'; '.join(held)}" for label, held in (("reviewed", reviewed), ("given", given)) if held]
    return ". ".join(line[0].upper() + line[1:] for line in lines) or "none"


def given_words(one: Mapping[str, Any]) -> str:
    """`Thought record until 9 Mar`."""
    return one["title"] + (f" until {short_date(date.fromisoformat(one['due']), year=False)}" if one["due"] else "")


def at_words(text: str | None) -> str:
    """`2 Mar 2026, 10:00 am` as it was on the wall of the site."""
    return moment(datetime.fromisoformat(text).replace(tzinfo=None)) if text else ""


def _clock(text: str | None) -> str:
    """The wall time that was written, whatever zone the reader sits in."""
    return time_of_day(datetime.fromisoformat(text).replace(tzinfo=None)) if text else ""


LABELS = {"times": "Time", "place": "Place", "people": "Present", "scores": "Measures", "homework": "Homework"}
FACTS: dict[str, Callable[[Content], str]] = {
    "times": times,
    "place": place,
    "people": people,
    "scores": scores,
    "homework": homework,
}
"""The facts that a note format may name."""
BRIEF: dict[str, Callable[[Content], str]] = {"scores": scores_in_short}
