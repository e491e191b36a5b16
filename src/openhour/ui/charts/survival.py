"""When patients first got reliably better: the share that had, week by week, with how sure that is.

Called by report pages and `openhour outcomes --pictures`. Takes a curve that was computed elsewhere (Kaplan-Meier), as
shares from 0 to 1; steps may be joined so that none stands for a single person.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from openhour.ui.charts.plane import Plane, axes, figure, nothing_drawn, picture, table_of, ticks
from openhour.ui.markup import element

WIDTH, HEIGHT = 480, 300


@dataclass(frozen=True, slots=True)
class SurvivalStep:
    """By this week, a share had improved; low, high: its 95 % interval, None where it isn't known."""

    week: float
    share: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Survival:
    """followed: patients with two scores or more, None where that number isn't shown."""

    title: str
    steps: tuple[SurvivalStep, ...]
    followed: int | None = None


def survival_sentence(chart: Survival) -> str:
    """What a person would say who looks at it."""
    if not chart.steps:
        return f"{chart.title}: too few people improved for a curve that shows nobody."
    last = chart.steps[-1]
    half = next((step.week for step in chart.steps if step.share >= 0.5), None)
    people = "person" if chart.followed == 1 else "people"
    of = f" of {chart.followed:,} {people} followed" if chart.followed else ""
    words = f"{chart.title}: by week {last.week:g}, {round(100 * last.share)} %{of} had been reliably better at least once"
    return words + (f"; half of them by week {half:g}." if half is not None else "; fewer than half in all.")


def survival_curve(chart: Survival) -> Markup:
    """The figure: picture, sentence, how to read it, table."""
    legend = "Whoever stopped or is still in treatment counts until their last score. The tint is the 95 % interval."
    if not chart.steps:
        return nothing_drawn(survival_sentence(chart))
    return figure(survival_svg(chart), survival_sentence(chart), survival_table(chart), legend)


def survival_svg(chart: Survival) -> Markup:
    """The picture alone."""
    longest = max((step.week for step in chart.steps), default=10)
    plane = Plane(44, WIDTH - 16, 30, HEIGHT - 46, 0, longest, 0, 1)
    title = f"{chart.title}: weeks to the first reliable improvement"
    return picture(title, survival_sentence(chart), tuple(_marks(chart, plane)), WIDTH, HEIGHT)


def _marks(chart: Survival, plane: Plane) -> Iterator[Markup]:
    if chart.steps:
        high, low = (_stairs(chart, plane, end) for end in ("high", "low"))
        spots = " ".join(f"{plane.x(x)},{plane.y(y)}" for x, y in (*high, *reversed(low)))
        yield element("polygon", class_="corridor", points=spots)
    yield from axes(
        plane,
        ticks(0, plane.x1),
        (0, 0.25, 0.5, 0.75, 1),
        ("Weeks since the first score", "Reliably better by then"),
        percent=True,
    )
    if chart.steps:
        yield plane.line(_stairs(chart, plane, "share"), "course")


def _stairs(chart: Survival, plane: Plane, end: str) -> list[tuple[float, float]]:
    spots, before = [(0.0, 0.0)], 0.0
    for step in chart.steps:
        after = getattr(step, end)
        after = step.share if after is None else after
        spots += [(step.week, before), (step.week, after)]
        before = after
    return [*spots, (plane.x1, before)]


def survival_table(chart: Survival) -> Markup:
    """Every step: week, share, interval."""
    rows = [(f"{step.week:g}", f"{round(100 * step.share)} %", _interval(step)) for step in chart.steps]
    return table_of(
        f"{chart.title}, time to improvement",
        ("Week", "Reliably better by then", "95 % interval"),
        rows or [("none shown", "", "")],
    )


def _interval(step: SurvivalStep) -> str:
    if step.low is None or step.high is None:
        return "not known"
    return f"{round(100 * step.low)} % to {round(100 * step.high)} %"
