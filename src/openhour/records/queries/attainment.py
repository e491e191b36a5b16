"""The objectives of a course of treatment with their agreed levels, how they were rated, and the T score day by day.

Called by the page of a patient's goals, and, for their own ratings alone, by the page behind their link. Each day's T counts, for every objective, its last rating up to that day, on the
levels it was given on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.measures.attainment import Attained, t_score
from openhour.records.models import GoalRating, GoalScale, Objective, Visit
from openhour.records.queries.chart import EpisodeHead, episode_row, head_of
from openhour.records.queries.link import OpenLink


@dataclass(frozen=True, slots=True)
class Rated:
    """One rating. value: -2 to 2, or 0 to 10."""

    on: date
    value: int


@dataclass(frozen=True, slots=True)
class GoalView:
    """An objective. version: of its levels, 0 where none are agreed; levels: from -2 up. attained, personal: one a day,
    oldest first."""

    thread: UUID
    text: str
    goal: str
    version: int
    levels: tuple[str, ...]
    weight: int
    attained: tuple[Rated, ...]
    personal: tuple[Rated, ...]


@dataclass(frozen=True, slots=True)
class GoalsPage:
    """t: day and T score, oldest first; counted: how many objectives the last one counts."""

    head: EpisodeHead
    goals: tuple[GoalView, ...]
    t: tuple[tuple[date, float], ...]
    counted: int


@transaction.atomic
def goals_page(actor: Actor, episode_id: UUID, *, at: datetime) -> GoalsPage:
    """With one trail entry. Raises NotAllowed."""
    row = episode_row(actor, "chart.read", episode_id, at=at, page="goals")
    objectives = Objective.objects.filter(goal__plan__episode=episode_id, goal__plan__state="active")
    scales = {one.thread: one for one in GoalScale.objects.filter(episode=episode_id, state="active")}
    ratings = list(GoalRating.objects.filter(episode=episode_id).select_related("scale").order_by("day", "made_at"))
    held = [one for one in objectives.select_related("goal").order_by("goal__rank", "rank") if one.state != "dropped"]
    threads = {one.thread for one in held}
    course = _course([one for one in ratings if one.kind == "attainment" and one.thread in threads])
    return GoalsPage(
        head=head_of(actor, row, at=at),
        goals=tuple(_goal(one, scales.get(one.thread), ratings) for one in held),
        t=tuple((day, t) for day, t, _ in course),
        counted=course[-1][2] if course else 0,
    )


def _goal(objective: Objective, scale: GoalScale | None, ratings: Iterable[GoalRating]) -> GoalView:
    own = [one for one in ratings if one.thread == objective.thread]
    return GoalView(
        thread=objective.thread,
        text=objective.text,
        goal=objective.goal.text,
        version=scale.version if scale else 0,
        levels=tuple(scale.levels) if scale else (),
        weight=scale.weight if scale else 1,
        attained=_daily(one for one in own if one.kind == "attainment"),
        personal=_daily(one for one in own if one.kind == "personal"),
    )


def _daily(ratings: Iterable[GoalRating]) -> tuple[Rated, ...]:
    """The last of each day."""
    last = {one.day: one.value for one in ratings}
    return tuple(Rated(day, value) for day, value in last.items())


def _course(ratings: list[GoalRating]) -> list[tuple[date, float, int]]:
    """Day, T and number of objectives, for each day on which something was rated."""
    found: dict[date, tuple[date, float, int]] = {}
    standing: dict[UUID, Attained] = {}
    for one in ratings:
        if one.scale is None:
            continue
        standing[one.thread] = Attained(one.scale.weight, one.value)
        t = t_score(list(standing.values()))
        if t is not None:
            found[one.day] = (one.day, t, len(standing))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class OwnGoal:
    """An objective as its patient rates it. today: what they gave today, None where nothing."""

    thread: UUID
    text: str
    today: int | None


@transaction.atomic
def own_goals(link: OpenLink, *, at: datetime) -> tuple[OwnGoal, ...]:
    """The objectives of the plan in force that are worked on, behind a link; one trail entry where there are any."""
    visit = Visit.objects.select_related("episode__therapist", "site").get(pk=link.visit_id)
    rows = Objective.objects.filter(goal__plan__episode=visit.episode_id, goal__plan__state="active", state="active")
    found = list(rows.order_by("goal__rank", "rank"))
    if not found:
        return ()
    trail.write(link.actor, "goals.read", visit.episode, at=at, objectives=len(found))
    day = at.astimezone(visit.site.tz).date()
    rated = GoalRating.objects.filter(episode=visit.episode_id, day=day, kind="personal", by__startswith="link:")
    today = dict(rated.order_by("made_at").values_list("thread", "value"))
    return tuple(OwnGoal(one.thread, one.text, today.get(one.thread)) for one in found)
