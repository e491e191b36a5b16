"""A plan as it stands in the form, and what keeps it from being saved as a draft.

A draft may have gaps; it is refused only what can't be kept or means nothing: over-long words, measures and
interventions that the shelf doesn't know, a target outside the measure's range. Places are the names of the fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from openhour.catalog import Instrument, Procedure
from openhour.kernel import Finding
from openhour.kernel.writable import tidied, writable_gaps

GOALS_AT_MOST, OBJECTIVES_AT_MOST = 8, 8
STATES = (("active", "Worked on"), ("met", "Reached"), ("dropped", "Set aside"))


@dataclass(frozen=True, slots=True)
class ObjectiveTyped:
    """thread: of an earlier version, None for a new one. measure: instrument slug or empty; baseline, target: scores;
    indicator: what both will see where no measure fits; interventions: slugs."""

    text: str
    thread: UUID | None = None
    measure: str = ""
    baseline: int | None = None
    target: int | None = None
    target_on: date | None = None
    indicator: str = ""
    interventions: tuple[str, ...] = ()
    state: str = "active"


@dataclass(frozen=True, slots=True)
class GoalTyped:
    """purpose: slug of the procedure's goal that it grew from, or empty."""

    text: str
    purpose: str = ""
    objectives: tuple[ObjectiveTyped, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanTyped:
    """misread: names of fields whose number or date could not be read."""

    goals: tuple[GoalTyped, ...] = ()
    approach: str = ""
    frequency: str = ""
    amount: str = ""
    duration: str = ""
    review_by: date | None = None
    misread: tuple[str, ...] = ()


def goal_field(goal: int, name: str) -> str:
    """`goals-0-text`"""
    return f"goals-{goal}-{name}"


def objective_field(goal: int, objective: int, name: str) -> str:
    """`goals-0-objectives-1-target`"""
    return f"goals-{goal}-objectives-{objective}-{name}"


def tidy(typed: PlanTyped) -> PlanTyped:
    """Without spaces around anything."""
    goals = tuple(
        replace(goal, text=tidied(goal.text), objectives=tuple(map(_tidy_objective, goal.objectives)))
        for goal in typed.goals
    )
    lines = {name: tidied(getattr(typed, name)) for name in ("approach", "frequency", "amount", "duration")}
    return replace(typed, goals=goals, **lines)  # type: ignore[arg-type]


def _tidy_objective(typed: ObjectiveTyped) -> ObjectiveTyped:
    return replace(
        typed,
        text=tidied(typed.text),
        indicator=tidied(typed.indicator),
        interventions=tuple(dict.fromkeys(typed.interventions)),
    )


def draft_gaps(typed: PlanTyped, procedure: Procedure, measures: Mapping[str, Instrument]) -> Iterator[Finding]:
    """Everything at once. measures: those of the shelf that a plan may name, by slug."""
    for place in typed.misread:
        sentence = "Give a whole number." if place.endswith(("baseline", "target")) else "Give a date."
        yield Finding("plan.misread", sentence, place)
    for name, at_most in (("approach", 120), ("amount", 60), ("duration", 60)):
        yield from writable_gaps(getattr(typed, name), name, at_most)
    if typed.frequency and typed.frequency not in procedure.recovery.cadence:
        yield Finding("plan.frequency", "Choose how often you meet from the list.", "frequency")
    if len(typed.goals) > GOALS_AT_MOST:
        yield Finding("plan.goals", f"A plan has room for {GOALS_AT_MOST} goals.", "goals")
    for number, goal in enumerate(typed.goals):
        yield from _goal_gaps(number, goal, procedure, measures)


def _goal_gaps(
    number: int, goal: GoalTyped, procedure: Procedure, measures: Mapping[str, Instrument]
) -> Iterator[Finding]:
    place = goal_field(number, "text")
    for finding in writable_gaps(goal.text, place, 400):
        yield Finding(f"goal.{finding.code.rpartition('.')[2]}", finding.sentence, place)
    if goal.purpose and goal.purpose not in {one.slug for one in procedure.goals}:
        yield Finding("goal.purpose", "The procedure knows no such purpose.", place)
    if len(goal.objectives) > OBJECTIVES_AT_MOST:
        yield Finding("goal.objectives", f"A goal has room for {OBJECTIVES_AT_MOST} objectives.", place)
    for at, objective in enumerate(goal.objectives):
        for name, code, sentence in _objective_gaps(objective, procedure, measures):
            yield Finding(code, sentence, objective_field(number, at, name))


def _objective_gaps(
    typed: ObjectiveTyped, procedure: Procedure, measures: Mapping[str, Instrument]
) -> Iterator[tuple[str, str, str]]:
    for name, at_most in (("text", 400), ("indicator", 200)):
        for finding in writable_gaps(getattr(typed, name), name, at_most):
            yield name, f"objective.{finding.code}", finding.sentence
    instrument = measures.get(typed.measure)
    if typed.measure and instrument is None:
        yield "measure", "objective.measure", "Choose a measure from the list."
    for name in ("baseline", "target"):
        yield from _score_gaps(name, getattr(typed, name), instrument)
    known = {one.slug for one in procedure.interventions}
    if any(slug not in known for slug in typed.interventions):
        yield "interventions", "objective.interventions", "Choose from the interventions of this procedure."
    if typed.state not in dict(STATES):
        yield "state", "objective.state", "Say whether the objective is worked on."


def _score_gaps(name: str, score: int | None, instrument: Instrument | None) -> Iterator[tuple[str, str, str]]:
    if score is None:
        return
    if instrument is None:
        if not 0 <= score <= 9999:
            yield name, f"objective.{name}", "A score lies between 0 and 9,999."
        return
    least, most = instrument.scoring.minimum, instrument.scoring.maximum
    if not least <= score <= most:
        yield name, f"objective.{name}", f"{instrument.short} goes from {least} to {most}."
