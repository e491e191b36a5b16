"""The drawing of a course: strips, lines, points and their words, from back to front."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from openhour.ui.charts import layout
from openhour.ui.charts.layout import LINE, Frame
from openhour.ui.charts.values import Course, CoursePoint, number
from openhour.ui.markup import element
from openhour.ui.words import short_date


def draw(course: Course, plot: Frame) -> Iterator[Markup]:
    """All marks, the quiet ones first."""
    yield from _strips(course, plot)
    yield from _score_axis(course, plot)
    yield from _day_axis(course, plot)
    yield from _likely(course, plot)
    yield from _caseness(course, plot)
    yield from _expected(course, plot)
    yield from _curve(course, plot)
    yield from _verdict(course, plot)
    named = layout.labelled(course, plot)
    for place, point in enumerate(course.points):
        yield _point(point, plot)
        if place in named:
            yield from _words(course, place, plot)


def _write(x: float, y: float, words: str, kind: str, anchor: str = "middle") -> Markup:
    return element("text", words, x=round(x, 1), y=round(y, 1), text_anchor=anchor, class_=kind)


def _strips(course: Course, plot: Frame) -> Iterator[Markup]:
    """Each band a tint, deeper where it is worse, with its name at the right edge."""
    if not course.bands:
        return
    starts = [max(at_least, course.minimum) for at_least, _ in course.bands]
    ends = [*starts[1:], course.maximum]
    count = len(starts)
    taken = plot.bottom + LINE
    for rank, ((_, label), start, end) in enumerate(zip(course.bands, starts, ends, strict=True)):
        low, high = plot.y(start), plot.y(end)
        depth = rank if course.better == "lower" else count - 1 - rank
        yield element(
            "rect", class_="band", x=plot.left, y=high, width=round(plot.right - plot.left, 1),
            height=round(low - high, 1), fill_opacity=round(0.03 + 0.17 * depth / max(count - 1, 1), 3),
        )  # fmt: skip
        lines = layout.label_lines(label)
        middle = (low + high) / 2 + 4.5
        if middle + LINE * (len(lines) - 1) / 2 <= taken - LINE and low - high >= 6:
            for row, words in enumerate(lines):
                up = middle + (row - (len(lines) - 1) / 2) * LINE
                yield _write(plot.right + 7, up, words, "band-label", "start")
            taken = middle - LINE * (len(lines) - 1) / 2


def _score_axis(course: Course, plot: Frame) -> Iterator[Markup]:
    for score in layout.score_ticks(course, plot):
        level = plot.y(score)
        yield element("line", class_="grid-line", x1=plot.left, x2=round(plot.right, 1), y1=level, y2=level)
        yield _write(plot.left - 6, level + 4.5, number(score), "tick", "end")


def _day_axis(course: Course, plot: Frame) -> Iterator[Markup]:
    days = layout.day_ticks(course.points, plot)
    several_years = len({day.year for day in days}) > 1
    for day in days:
        anchor, x = layout.side(plot.x(day), plot)
        yield _write(x, plot.bottom + 18, short_date(day, year=several_years), "tick", anchor)


def _caseness(course: Course, plot: Frame) -> Iterator[Markup]:
    if course.caseness is not None and course.minimum < course.caseness <= course.maximum:
        level = plot.y(course.caseness)
        yield element("line", class_="case-line", x1=plot.left, x2=round(plot.right, 1), y1=level, y2=level)


def _likely(course: Course, plot: Frame) -> Iterator[Markup]:
    """The range in which courses like this one lie, with its middle; its edges are drawn, so that it also prints."""
    if len(course.likely) < 2:
        return
    upper = [f"{plot.x(point.on)},{plot.y(point.high)}" for point in course.likely]
    lower = [f"{plot.x(point.on)},{plot.y(point.low)}" for point in course.likely]
    middle = [f"{plot.x(point.on)},{plot.y(point.middle)}" for point in course.likely]
    yield element("polygon", class_="likely", points=" ".join([*upper, *reversed(lower)]))
    yield element("polyline", class_="likely-edge", points=" ".join(upper))
    yield element("polyline", class_="likely-edge", points=" ".join(lower))
    yield element("polyline", class_="expected", points=" ".join(middle))


def _expected(course: Course, plot: Frame) -> Iterator[Markup]:
    if len(course.expected) > 1:
        spots = " ".join(f"{plot.x(point.on)},{plot.y(point.score or 0)}" for point in course.expected)
        yield element("polyline", class_="expected", points=spots)
        end = course.expected[-1]
        yield _write(plot.x(end.on), plot.y(end.score or 0) - 7, "expected", "halo", "end")


def _curve(course: Course, plot: Frame) -> Iterator[Markup]:
    """One line for each unbroken run of scores: where a form has no score, the line stops."""
    run: list[CoursePoint] = []
    for point in (*course.points, None):
        if point is not None and point.scored:
            run.append(point)
            continue
        if len(run) > 1:
            spots = " ".join(f"{plot.x(one.on)},{plot.y(one.score or 0)}" for one in run)
            yield element("polyline", class_="course", points=spots)
        run = []


def _point(point: CoursePoint, plot: Frame) -> Markup:
    """A dot; a diamond where an answer needed attention; a cross on the floor where there is no score."""
    x = plot.x(point.on)
    if not point.scored:
        floor = round(plot.bottom - 8, 1)
        return element("path", class_="unscored", d=f"M{x - 4} {floor - 4}l8 8m0 -8l-8 8") + _write(
            x, floor - 8, "no score", "halo"
        )
    y = plot.y(point.score or 0)
    if point.flag:
        return element("path", class_="flagged", d=f"M{x} {y - 7.5}l7.5 7.5l-7.5 7.5l-7.5 -7.5z")
    return element("circle", class_="point", cx=x, cy=y, r=5)


def _verdict(course: Course, plot: Frame) -> Iterator[Markup]:
    """Over the plot, at its right end: what the last score means against the first."""
    verdict = course.change(course.scored[-1]) if course.scored else ""
    if verdict:
        since = short_date(course.scored[0].on, year=False)
        yield _write(plot.right, plot.top - 11, f"reliably {verdict} since {since}", f"verdict {verdict}", "end")


def _words(course: Course, place: int, plot: Frame) -> Iterator[Markup]:
    """The score with an arrow where the change is reliable; on the other side of the point, what was flagged."""
    point = course.points[place]
    x, y = plot.x(point.on), plot.y(point.score or 0)
    under = layout.below(course, place, plot)
    above_y, below_y = y - 10, y + 20
    last = point is course.scored[-1]
    row = below_y if under else above_y
    figure = number(point.score or 0)
    verdict = course.change(point)
    yield _write(x, row, figure, "value halo last" if last else "value halo")
    if verdict:
        yield _arrow(x + 4 + 4.4 * len(figure), row, verdict, (point.score or 0) < (course.scored[0].score or 0))
    if point.flag:
        anchor, edge = layout.side(x, plot)
        free = above_y if under else below_y
        if not plot.top + 8 <= free <= plot.bottom - 2:
            free = row + (layout.LINE if under else -layout.LINE)
        yield _write(edge, free, point.flag, "flag-text halo", anchor)


def _arrow(x: float, base: float, verdict: str, falls: bool) -> Markup:
    top, bottom = round(base - 10, 1), round(base, 1)
    tip, back = (bottom, -4) if falls else (top, 4)
    tail = top if falls else bottom
    x = round(x + 3, 1)
    return element("path", class_=f"mark-{verdict}", d=f"M{x} {tail}V{tip}m-4 {back}L{x} {tip}l4 {back}")
