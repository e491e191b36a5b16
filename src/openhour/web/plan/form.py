"""The form of a plan: from a saved draft to fields, from fields to what the verb takes, and the steps that add and
remove goals and objectives without a script.

A step sends the whole form and gets it back with a place more or less; nothing typed is lost and nothing is saved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import QueryDict

from openhour.care.plans import REVIEW_WITHIN_DAYS
from openhour.catalog import Procedure
from openhour.records.queries.plan import GoalLine, ObjectiveLine, PlanPage, PlanView, Score
from openhour.web.patients.reading import read_date, read_whole
from openhour.workflows.plan.typed import (
    GOALS_AT_MOST,
    OBJECTIVES_AT_MOST,
    GoalTyped,
    ObjectiveTyped,
    PlanTyped,
    goal_field,
    objective_field,
)

Fields = dict[str, Any]
TOP = ("approach", "frequency", "amount", "duration", "review_by")
WORDS = ("text", "thread", "measure", "baseline", "target", "target_on", "indicator", "state")
_GOAL = re.compile(r"goals-(\d{1,2})-(text|purpose)", re.ASCII)
_OBJECTIVE = re.compile(r"goals-(\d{1,2})-objectives-(\d{1,2})-([a-z_]+)", re.ASCII)


def fresh(page: PlanPage) -> Fields:
    """An empty plan: only what the procedure itself says stands in it, and the latest day for the review."""
    return {
        "approach": "",
        "frequency": "",
        "amount": f"{page.head.procedure.time.planned_minutes} minutes",
        "duration": "",
        "review_by": (page.head.today + timedelta(days=REVIEW_WITHIN_DAYS)).isoformat(),
        "goals": [],
    }


def from_draft(draft: PlanView, page: PlanPage) -> Fields:
    """A draft as it was saved; the day of the review is offered where it has none."""
    fields: Fields = {name: _text(getattr(draft, name)) for name in TOP}
    fields["review_by"] = fields["review_by"] or fresh(page)["review_by"]
    return fields | {"goals": [_goal_fields(goal) for goal in draft.goals]}


def _goal_fields(goal: GoalLine) -> Fields:
    objectives = [_objective_fields(one) for one in goal.objectives]
    return {"text": goal.text, "purpose": goal.purpose, "objectives": objectives}


def _objective_fields(line: ObjectiveLine) -> Fields:
    return {name: _text(getattr(line, name)) for name in WORDS} | {"interventions": list(line.interventions)}


def _text(value: object) -> str:
    return "" if value is None else str(value)


def blank_objective() -> Fields:
    """A place for one more."""
    return dict.fromkeys(WORDS, "") | {"state": "active", "interventions": []}


def from_sent(sent: QueryDict) -> Fields:
    """What a browser sent, in the order of its numbers, however these have gaps."""
    goals: dict[int, Fields] = {}
    held: dict[int, dict[int, Fields]] = {}
    for name in sent:
        if found := _OBJECTIVE.fullmatch(name):
            goal, place = int(found[1]), int(found[2])
            objective = held.setdefault(goal, {}).setdefault(place, blank_objective())
            if found[3] == "interventions":
                objective["interventions"] = sent.getlist(name)
            elif found[3] in WORDS:
                objective[found[3]] = sent[name]
        elif found := _GOAL.fullmatch(name):
            goals.setdefault(int(found[1]), {"text": "", "purpose": ""})[found[2]] = sent[name]
    for goal in held:
        goals.setdefault(goal, {"text": "", "purpose": ""})
    fields: Fields = {name: sent.get(name, "") for name in TOP}
    fields["goals"] = [
        {**goals[goal], "objectives": [one for _, one in sorted(held.get(goal, {}).items())]}
        for goal in sorted(goals)
    ]
    return fields


def typed_of(fields: Fields) -> PlanTyped:
    """What the verb takes. Fields whose number or date can't be read are named in `misread`."""
    misread: list[str] = []

    def read(name: str, text: str, reader: Callable[[str], Any]) -> Any:
        value = reader(text)
        if value is None and text.strip():
            misread.append(name)
        return value

    goals = tuple(
        GoalTyped(
            goal["text"],
            goal["purpose"],
            tuple(
                _objective_typed(one, lambda name, reader, one=one, g=g, o=o: read(objective_field(g, o, name), one[name], reader))  # type: ignore[misc]
                for o, one in enumerate(goal["objectives"])
            ),
        )
        for g, goal in enumerate(fields["goals"])
    )  # fmt: skip
    lines = {name: fields[name] for name in TOP if name != "review_by"}
    review_by = read("review_by", fields["review_by"], read_date)
    return PlanTyped(goals=goals, review_by=review_by, misread=tuple(misread), **lines)


def _objective_typed(one: Fields, read: Callable[[str, Callable[[str], Any]], Any]) -> ObjectiveTyped:
    return ObjectiveTyped(
        text=one["text"],
        thread=_uuid(one["thread"]),
        measure=one["measure"],
        baseline=read("baseline", read_whole),
        target=read("target", read_whole),
        target_on=read("target_on", read_date),
        indicator=one["indicator"],
        interventions=tuple(one["interventions"]),
        state=one["state"] or "active",
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def step(fields: Fields, named: str, procedure: Procedure) -> bool:
    """Add or remove a place: `add-goal`, `add-goal:coping`, `remove-goal:0`, `add-objective:0`, `remove-objective:0-1`.
    False where the step is none of these; a place that isn't there changes nothing."""
    verb, _, what = named.partition(":")
    made = STEPS.get(verb)
    if made is None:
        return False
    made(fields["goals"], what, procedure)
    return True


def _add_goal(goals: list[Fields], purpose: str, procedure: Procedure) -> None:
    words = {one.slug: one.text for one in procedure.goals}
    if len(goals) < GOALS_AT_MOST:
        known = purpose if purpose in words else ""
        goals.append({"text": words.get(purpose, ""), "purpose": known, "objectives": [blank_objective()]})


def _remove_goal(goals: list[Fields], place: str, _: Procedure) -> None:
    number = read_whole(place)
    if number is not None and number < len(goals):
        goals.pop(number)


def _add_objective(goals: list[Fields], place: str, _: Procedure) -> None:
    number = read_whole(place)
    if number is not None and number < len(goals) and len(goals[number]["objectives"]) < OBJECTIVES_AT_MOST:
        goals[number]["objectives"].append(blank_objective())


def _remove_objective(goals: list[Fields], place: str, _: Procedure) -> None:
    first, _dash, second = place.partition("-")
    goal, number = read_whole(first), read_whole(second)
    if goal is not None and number is not None and goal < len(goals) and number < len(goals[goal]["objectives"]):
        goals[goal]["objectives"].pop(number)


STEPS: Mapping[str, Callable[[list[Fields], str, Procedure], None]] = {
    "add-goal": _add_goal,
    "remove-goal": _remove_goal,
    "add-objective": _add_objective,
    "remove-objective": _remove_objective,
}


def with_baselines(fields: Fields, latest: Mapping[str, Score]) -> Fields:
    """Where a measure is chosen and no baseline given, its latest score: a fact that stands in the chart already."""
    for goal in fields["goals"]:
        for one in goal["objectives"]:
            if one["measure"] in latest and not one["baseline"].strip():
                one["baseline"] = str(latest[one["measure"]].total)
    return fields


def field_names(fields: Fields) -> Iterable[str]:
    """Every field of the form, for the messages beside them."""
    yield from (*TOP, "goals")
    for g, goal in enumerate(fields["goals"]):
        yield goal_field(g, "text")
        for o, _ in enumerate(goal["objectives"]):
            yield from (objective_field(g, o, name) for name in (*WORDS, "interventions"))
