"""First against last scores with the corridor of chance: inside it nothing more than noise is known to have happened.

Called by report pages and `openhour outcomes --pictures`. Takes plain numbers; where single people may not be shown, each
spot stands for several, and its size says for how many. Says in a sentence what is seen; the table has the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from openhour.ui.charts.plane import Plane, axes, figure, nothing_drawn, picture, table_of, ticks
from openhour.ui.markup import element

WIDTH, HEIGHT = 480, 430


@dataclass(frozen=True, slots=True)
class ScatterSpot:
    """n people with about this first and last score, in points."""

    pre: float
    post: float
    n: int


@dataclass(frozen=True, slots=True)
class Scatter:
    """points: smallest reliable change, None draws no corridor. better: `lower` or `higher`. width: how many points wide
    a spot is. undrawn: some people share a spot with too few others to be drawn."""

    title: str
    spots: tuple[ScatterSpot, ...]
    low: float
    high: float
    points: float | None
    better: str
    caseness: float | None = None
    width: float = 1
    undrawn: bool = False


def scatter_sentence(chart: Scatter) -> str:
    """What a person would say who looks at it."""
    if not chart.spots:
        return f"{chart.title}: too few people share a first and a last score for a picture that shows nobody."
    people = sum(spot.n for spot in chart.spots)
    words = f"{chart.title}: first and last scores of {people:,} {'person' if people == 1 else 'people'}"
    if chart.points is not None and chart.width == 1:
        better, worse = (sum(spot.n for spot in chart.spots if _side(chart, spot) == side) for side in (1, -1))
        rest = people - better - worse
        words += f"; {better:,} reliably better, {worse:,} reliably worse, {rest:,} within the corridor of chance"
    if chart.undrawn:
        words += "; people whose scores few others share are not drawn"
    return words + "."


def _side(chart: Scatter, spot: ScatterSpot) -> int:
    """1 where everybody in the spot is reliably better, -1 where worse, 0 where not or only some are."""
    gain = (spot.pre - spot.post) if chart.better == "lower" else (spot.post - spot.pre)
    least = abs(gain) - (chart.width - 1)
    return 0 if chart.points is None or least < chart.points else 1 if gain > 0 else -1


def _words(chart: Scatter, spot: ScatterSpot) -> str:
    if chart.points is None:
        return ""
    if side := _side(chart, spot):
        return "reliably better" if side > 0 else "reliably worse"
    most = abs(spot.pre - spot.post) + (chart.width - 1)
    return "no reliable change" if most < chart.points else "at the edge of the corridor"


def change_scatter(chart: Scatter) -> Markup:
    """The figure: picture, sentence, how to read it, table."""
    side = "below" if chart.better == "lower" else "above"
    legend = f"Each spot stands for people with about these two scores; larger spots are more people. Spots {side} the corridor are reliably better."
    if not chart.spots:
        return nothing_drawn(scatter_sentence(chart))
    return figure(scatter_svg(chart), scatter_sentence(chart), scatter_table(chart), legend)


def scatter_svg(chart: Scatter) -> Markup:
    """The picture alone."""
    plane = Plane(44, WIDTH - 16, 30, HEIGHT - 46, chart.low, chart.high, chart.low, chart.high)
    return picture(
        f"{chart.title}: first and last scores", scatter_sentence(chart), tuple(_marks(chart, plane)), WIDTH, HEIGHT
    )


def _marks(chart: Scatter, plane: Plane) -> Iterator[Markup]:
    if chart.points is not None:
        yield _corridor(chart, plane, chart.points)
    numbers = ticks(chart.low, chart.high)
    yield from axes(plane, numbers, numbers, ("First score", "Last score"))
    yield plane.line(((chart.low, chart.low), (chart.high, chart.high)), "no-change")
    if chart.caseness is not None and chart.low < chart.caseness < chart.high:
        yield plane.line(((chart.low, chart.caseness), (chart.high, chart.caseness)), "case-line")
        yield plane.line(((chart.caseness, chart.low), (chart.caseness, chart.high)), "case-line")
    yield from _labels(chart, plane)
    most = max((spot.n for spot in chart.spots), default=1)
    for spot in chart.spots:
        side = {1: "better", -1: "worse", 0: "same"}[_side(chart, spot)]
        yield _spot(
            plane.x(spot.pre), plane.y(spot.post), 3.5 + 9 * ((spot.n / most) ** 0.5 if most > 1 else 0), side
        )


def _spot(x: float, y: float, size: float, side: str) -> Markup:
    """A disc where better, a square where worse, a ring between: the shape says it without the colour."""
    size = round(size, 1)
    if side == "worse":
        return element("rect", class_="spot worse", x=x - size, y=y - size, width=2 * size, height=2 * size)
    return element("circle", class_=f"spot {side}", cx=x, cy=y, r=size)


def _corridor(chart: Scatter, plane: Plane, points: float) -> Markup:
    """The strip in which the change is smaller than a reliable one."""
    low, high = chart.low, chart.high
    corners = (
        (low, low),
        (low, low + points),
        (high - points, high),
        (high, high),
        (high, high - points),
        (low + points, low),
    )
    spots = " ".join(f"{plane.x(x)},{plane.y(y)}" for x, y in corners)
    return element("polygon", class_="corridor", points=spots)


def _labels(chart: Scatter, plane: Plane) -> Iterator[Markup]:
    if chart.points is None:
        return
    upper, lower = (
        ("reliably worse", "reliably better") if chart.better == "lower" else ("reliably better", "reliably worse")
    )
    yield element("text", upper, class_="band-label", x=plane.left + 8, y=plane.top + 16, text_anchor="start")
    yield element("text", lower, class_="band-label", x=plane.right - 8, y=plane.bottom - 10, text_anchor="end")


def scatter_table(chart: Scatter) -> Markup:
    """Every spot: first score, last score, how many, what that is."""
    rows = [
        (_range(spot.pre, chart), _range(spot.post, chart), f"{spot.n:,}", _words(chart, spot))
        for spot in chart.spots
    ]
    return table_of(
        f"{chart.title}, first and last scores", ("First score", "Last score", "People", "Change"), _or_nobody(rows)
    )


def _range(middle: float, chart: Scatter) -> str:
    """The scores of a spot, as far as the scale goes: the last spot may be narrower."""
    half = (chart.width - 1) / 2
    first, last = middle - half, min(middle + half, chart.high)
    return f"{first:g} to {last:g}" if first < last else f"{first:g}"


def _or_nobody(rows: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    return rows or [("none shown", "", "", "")]
