"""The course of a treatment as rows tell it: scores with the session they belong to, and which hours were held.

Called by the verbs that look for signals, which have asked the guard or act for the practice itself, and by the queries
of pages, which have asked already whose courses these are. Two SQL queries, however many courses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from openhour.records.models import CourseModel, Response, Visit


@dataclass(frozen=True, slots=True)
class Scored:
    """A form that was finished. total: None where it has no score. day: on which it was answered, at the site.
    session: 1 for a score given before or in the first hour that was held, 2 for the second."""

    id: UUID
    instrument: str
    instrument_key: str
    day: date
    finished_at: datetime
    total: int | None
    band: str
    session: int


@dataclass(frozen=True, slots=True)
class Held:
    """An hour that was held. minutes aren't asked."""

    started_at: datetime
    day: date


@dataclass(frozen=True, slots=True)
class EpisodeCourse:
    """Everything oldest first. asked: (day, slug) of the forms that were asked and not finished. missed: days of the
    visits that the patient missed; to_come: the days of those that are booked. zone: of the site."""

    episode_id: UUID
    scored: tuple[Scored, ...]
    held: tuple[Held, ...]
    asked: tuple[tuple[date, str], ...]
    missed: tuple[date, ...]
    to_come: tuple[date, ...]
    zone: ZoneInfo

    def of(self, instrument: str) -> tuple[Scored, ...]:
        """Those with a total, of one instrument."""
        return tuple(one for one in self.scored if one.instrument == instrument and one.total is not None)

    @property
    def instruments(self) -> tuple[str, ...]:
        """Slugs with a total, in the order in which they were first given."""
        return tuple(dict.fromkeys(one.instrument for one in self.scored if one.total is not None))

    @property
    def sessions(self) -> tuple[date, ...]:
        """The days of the hours that were held."""
        return tuple(one.day for one in self.held)

    def held_since(self, moment: datetime) -> int:
        """How many hours began after the moment."""
        return sum(one.started_at > moment for one in self.held)


_ANSWERED = (
    "id",
    "episode_id",
    "instrument",
    "instrument_key",
    "due_on",
    "answered_on",
    "completed_at",
    "total",
    "band",
)
_HOURS = ("episode_id", "starts_at", "state", "site__zone", "session__started_at", "session__stopped_at")


def courses_of(episodes: Iterable[UUID]) -> dict[UUID, EpisodeCourse]:
    """Of each episode, also of those in which nothing has happened yet."""
    wanted = list(dict.fromkeys(episodes))
    if not wanted:
        return {}
    visits: dict[UUID, list[Any]] = defaultdict(list)
    rows = Visit.objects.filter(episode__in=wanted).order_by("starts_at")
    for row in rows.values_list(*_HOURS):
        visits[row[0]].append(row)
    forms: dict[UUID, list[Any]] = defaultdict(list)
    answered = Response.objects.filter(episode__in=wanted).exclude(state="withdrawn")
    for row in answered.order_by("due_on", "made_at", "id").values_list(*_ANSWERED):
        forms[row[1]].append(row)
    return {one: _course(one, visits[one], forms[one]) for one in wanted}


def _course(episode: UUID, visits: list[Any], forms: list[Any]) -> EpisodeCourse:
    zone = ZoneInfo(visits[-1][3]) if visits else ZoneInfo("UTC")
    begun = sorted(started_at for *_, started_at, stopped_at in visits if stopped_at is not None)
    held = tuple(Held(start, start.astimezone(zone).date()) for start in begun)
    scored = sorted((_scored(row, held, zone) for row in forms if row[6] is not None), key=_in_order)
    days = [(row[1].astimezone(zone).date(), row[2]) for row in visits]
    return EpisodeCourse(
        episode_id=episode,
        scored=tuple(scored),
        held=held,
        asked=tuple((row[4], row[2]) for row in forms if row[6] is None),
        missed=tuple(day for day, state in days if state == "missed"),
        to_come=tuple(day for day, state in days if state in ("booked", "arrived")),
        zone=zone,
    )


def _scored(row: Any, held: tuple[Held, ...], zone: ZoneInfo) -> Scored:
    number, _, instrument, key, _, answered_on, finished_at, total, band = row
    day = answered_on or finished_at.astimezone(zone).date()
    return Scored(number, instrument, key, day, finished_at, total, band, 1 + sum(one.day < day for one in held))


def _in_order(one: Scored) -> tuple[date, datetime, str]:
    return one.day, one.finished_at, one.instrument


Models: TypeAlias = Mapping[str, CourseModel]
"""The fitted course in use, by slug of its instrument."""


def models_in_use() -> Models:
    """The practice's own fitted course of each instrument that is in use, by slug; where there is none, the published
    starting values stand."""
    rows = CourseModel.objects.filter(active_from__isnull=False, active_until__isnull=True)
    return {row.instrument: row for row in rows}


def today_at(course: EpisodeCourse, at: datetime) -> date:
    """The day on the wall of the site."""
    return at.astimezone(course.zone).date()
