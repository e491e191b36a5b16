"""A funnel: results by number of cases, inside the limits of what chance and ordinary differences do.

Called by report pages and `openhour outcomes --pictures`. Nobody is named and nobody is ranked: a point is above, as
expected or below. Points stand in the order in which they come, which is that of the caseload.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from openhour.ui.charts.plane import Plane, axes, figure, nothing_drawn, picture, table_of, ticks
from openhour.ui.markup import element
from openhour.ui.words import listed

WIDTH, HEIGHT = 480, 340


@dataclass(frozen=True, slots=True)
class FunnelMark:
    """n: cases. value: what they leave unexplained, positive is good; shrunken, low, high: drawn towards 0, with the 95 %
    interval; all in points. word: above, as expected or below. mine: the one who looks."""

    n: int
    value: float
    shrunken: float
    low: float
    high: float
    word: str
    mine: bool = False


@dataclass(frozen=True, slots=True)
class FunnelLimit:
    """For n cases, half the width of the inner (95 %) and the outer (99.8 %) limits around 0, in points."""

    n: int
    inner: float
    outer: float


@dataclass(frozen=True, slots=True)
class FunnelChart:
    """why_not: the sentence that says why points are missing, or empty."""

    title: str
    marks: tuple[FunnelMark, ...]
    limits: tuple[FunnelLimit, ...]
    why_not: str = ""


def funnel_sentence(chart: FunnelChart) -> str:
    """What a person would say who looks at it."""
    if not chart.marks:
        return f"{chart.title}: {chart.why_not or 'no therapist is shown.'}"
    if all(mark.mine for mark in chart.marks):
        mine = chart.marks[0]
        return f"{chart.title}: with {mine.n:,} closed cases your results are {mine.word}. {chart.why_not}".rstrip()
    counts = [(word, sum(mark.word == word for mark in chart.marks)) for word in ("above", "as expected", "below")]
    words = listed([f"{count} {word}" for word, count in counts if count])
    own = next((f" Yours are {mark.word}." for mark in chart.marks if mark.mine), "")
    return f"{chart.title}: of {len(chart.marks)} therapists' results, {words}.{own} {chart.why_not}".rstrip()


def funnel_plot(chart: FunnelChart) -> Markup:
    """The figure: picture, sentence, how to read it, table."""
    legend = (
        "Rings are results after evening out cases, dots the same drawn towards 0 as few cases ask for. Dashed: 95 %, "
        "solid: 99.8 %. Only a ring beyond the solid line is called above or below. Not a ranking."
    )
    if not chart.marks:
        return nothing_drawn(funnel_sentence(chart))
    return figure(funnel_svg(chart), funnel_sentence(chart), funnel_table(chart), legend)


def funnel_svg(chart: FunnelChart) -> Markup:
    """The picture alone."""
    ends = [abs(mark.value) for mark in chart.marks] + [limit.outer for limit in chart.limits]
    reach = 1.1 * max(ends, default=1.0) or 1.0
    cases = [limit.n for limit in chart.limits] or [mark.n for mark in chart.marks] or [0, 30]
    plane = Plane(44, WIDTH - 16, 30, HEIGHT - 46, min(cases), max(cases), -reach, reach)
    return picture(f"{chart.title}: therapists", funnel_sentence(chart), tuple(_marks(chart, plane)), WIDTH, HEIGHT)


def _marks(chart: FunnelChart, plane: Plane) -> Iterator[Markup]:
    yield from axes(
        plane, ticks(plane.x0, plane.x1), ticks(plane.y0, plane.y1), ("Closed cases", "Points better than expected")
    )
    yield plane.line(((plane.x0, 0), (plane.x1, 0)), "no-change")
    for sign in (1, -1):
        if len(chart.limits) > 1:
            yield plane.line([(limit.n, sign * limit.inner) for limit in chart.limits], "limit inner")
            yield plane.line([(limit.n, sign * limit.outer) for limit in chart.limits], "limit outer")
    for mark in chart.marks:
        yield from _mark(mark, plane)


def _mark(mark: FunnelMark, plane: Plane) -> Iterator[Markup]:
    x, ring, dot = plane.x(mark.n), plane.y(mark.value), plane.y(mark.shrunken)
    kind = {"above": " better", "below": " worse"}.get(mark.word, "")
    yield element("line", class_="drawn-in", x1=x, x2=x, y1=ring, y2=dot)
    yield element("circle", class_=f"ring{kind}", cx=x, cy=ring, r=5)
    yield element("circle", class_=f"point{kind}", cx=x, cy=dot, r=7 if mark.mine else 4)
    if mark.mine:
        above = ring - 12 if ring - 12 > plane.top + 8 else max(ring, dot) + 20
        yield element("text", "you", class_="value halo", x=x, y=above, text_anchor="middle")


def funnel_table(chart: FunnelChart) -> Markup:
    """Every point by its caseload, without a name."""
    rows = [
        (
            f"{mark.n:,}{' (you)' if mark.mine else ''}",
            _points(mark.shrunken),
            f"{_points(mark.low)} to {_points(mark.high)}",
            mark.word,
        )
        for mark in chart.marks
    ]
    heads = ("Closed cases", "Points better than expected", "95 % interval", "In words")
    return table_of(f"{chart.title}, therapists by caseload", heads, rows or [("none shown", "", "", "")])


def _points(value: float) -> str:
    rounded = round(value, 1) + 0.0
    return f"{'+' if rounded > 0 else '−' if rounded < 0 else ''}{abs(rounded):.1f}"
