"""A patient's goals in their own terms: the levels that were agreed, how they were rated, and the T score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from openhour.guard.door import staff
from openhour.guard.middleware import StaffRequest
from openhour.guard.policy import NotAllowed
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.measures.attainment import LEVELS
from openhour.records.queries.attainment import GoalsPage, GoalView, Rated, goals_page
from openhour.ui import charts
from openhour.web.chrome import render_page
from openhour.web.patients.reading import read_date, read_whole, status_of
from openhour.workflows.measures.rate_goals import rate_goals
from openhour.workflows.measures.set_goal_levels import LEVEL_AT_MOST, set_goal_levels

READERS = (Role.THERAPIST, Role.SUPERVISOR)
LEVEL_WORDS = {
    -2: "Much less than expected",
    -1: "Less than expected",
    0: "As expected",
    1: "More than expected",
    2: "Much more than expected",
}
_NONE = 99
"""No level and no rating has it, so the verb refuses it beside its objective."""


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*READERS)
def goals(request: HttpRequest, episode_id: UUID) -> HttpResponse:
    """Everything on one page. POST keeps the ratings of a day."""
    asked = cast(StaffRequest, request)
    page = goals_page(asked.actor, episode_id, at=asked.received_at)
    if request.method != "POST":
        return _page(asked, page, {})
    if not page.head.may_write:
        raise NotAllowed("chart.write")
    try:
        count = rate_goals(
            asked.actor,
            episode_id,
            attained=_values(page, request.POST, "a"),
            personal=_values(page, request.POST, "p"),
            on=read_date(request.POST.get("on", "")),
            at=asked.received_at,
        )
    except Refused as refusal:
        return _page(asked, page, request.POST, refusal.findings)
    messages.success(request, f"{count} {'rating is' if count == 1 else 'ratings are'} kept.")
    return redirect("goals", episode_id)


@require_POST
@staff(Role.THERAPIST)
def levels(request: HttpRequest, episode_id: UUID, thread: UUID) -> HttpResponse:
    """The five levels of one objective."""
    asked = cast(StaffRequest, request)
    page = goals_page(asked.actor, episode_id, at=asked.received_at)
    version = read_whole(request.POST.get("version", ""))
    try:
        set_goal_levels(
            asked.actor,
            episode_id,
            thread,
            [request.POST.get(f"level-{level}", "") for level in LEVELS],
            weight=read_whole(request.POST.get("weight", "")),
            version=-1 if version is None else version,
            at=asked.received_at,
        )
    except Refused as refusal:
        return _page(asked, page, request.POST, refusal.findings, thread)
    messages.success(request, "The levels are kept.")
    return redirect("goals", episode_id)


def _values(page: GoalsPage, sent: Mapping[str, str], mark: str) -> dict[UUID, int]:
    """What was chosen, by objective; one that every verb refuses for what is no number."""
    given = ((goal.thread, sent.get(f"{mark}{goal.thread}", "").strip()) for goal in page.goals)
    return {thread: _number(word) for thread, word in given if word}


def _number(word: str) -> int:
    digits = word.removeprefix("-")
    return int(word) if digits.isascii() and digits.isdigit() and len(digits) < 3 else _NONE


def _page(
    request: StaffRequest,
    page: GoalsPage,
    typed: Mapping[str, str],
    findings: tuple[Finding, ...] = (),
    thread: UUID | None = None,
) -> HttpResponse:
    errors: dict[str, list[str]] = {}
    for one in findings:
        errors.setdefault(one.place, []).append(one.sentence)
    context = {
        "page": page,
        "head": page.head,
        "typed": typed,
        "errors": errors,
        "changing": thread,
        "summary": [
            (one.place if not one.place.startswith(("a", "p", "level")) else "", one.sentence) for one in findings
        ],
        "level_words": LEVEL_WORDS,
        "level_at_most": LEVEL_AT_MOST,
        "curve": _curve(page),
        "shown": {goal.thread: _shown(goal) for goal in page.goals},
        "may_write": page.head.may_write and page.head.is_open,
    }
    with timezone.override(page.head.zone):
        return render_page(request, "web/measures/goals.html", context, status=status_of(findings))


def _curve(page: GoalsPage) -> Any:
    """The T score over time; None before anything was rated."""
    points = [charts.CoursePoint(day, round(t)) for day, t in page.t]
    return charts.score_course(points, "Goals (T)", maximum=90, minimum=10, better="higher") if points else None


def _shown(goal: GoalView) -> dict[str, Any]:
    levels = [(level, f"{_signed(level)} {text}") for level, text in zip(LEVELS, goal.levels, strict=False)]
    return {
        "levels": levels,
        "personal": _personal(goal.personal),
        "last": goal.attained[-1] if goal.attained else None,
    }


def _personal(rated: tuple[Rated, ...]) -> Any:
    points = [charts.CoursePoint(one.on, one.value) for one in rated]
    return charts.score_course(points, "Own rating", maximum=10, better="higher") if points else None


def _signed(level: int) -> str:
    return f"+{level}" if level > 0 else f"−{-level}" if level < 0 else "0"
