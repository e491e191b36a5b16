"""Where things stand in the picture of a course: days across, scores upward, band labels in the right margin.

Used by the drawing alone. Positions are rounded to a tenth, and scores beyond the range of the measure are held at its
edge, so nothing is ever drawn outside the frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from openhour.ui.charts.values import Course, CoursePoint

LETTER = 6.9  # width of one letter of a label, the larger text on phones counted in
LINE = 14.0
MANY = 8  # points, beyond which not every one carries its number
INSET = 16.0


@dataclass(frozen=True, slots=True)
class Frame:
    """left, right, top, bottom: the edges of the plot in units of the viewBox."""

    left: float
    right: float
    top: float
    bottom: float
    first: date
    days: int
    minimum: float
    maximum: float

    def x(self, on: date) -> float:
        """Across: a single day stands in the middle."""
        if self.days == 0:
            return round((self.left + self.right) / 2, 1)
        share = min(max((on - self.first).days / self.days, 0), 1)
        return round(self.left + INSET + share * (self.right - self.left - 2 * INSET), 1)

    def y(self, score: float) -> float:
        """Upward: the maximum at the top."""
        share = (min(max(score, self.minimum), self.maximum) - self.minimum) / (self.maximum - self.minimum)
        return round(self.bottom - share * (self.bottom - self.top), 1)


def frame(course: Course, width: int, height: int) -> Frame:
    """The plot inside the picture; the right margin is as wide as the longest line of a band's label."""
    longest = max((len(line) for _, label in course.bands for line in label_lines(label)), default=0)
    margin = min(10 + longest * LETTER, width / 3) if longest else 12
    days = [*(point.on for point in (*course.points, *course.expected)), *(point.on for point in course.likely)]
    days = days or [date.min]
    first, last = min(days), max(days)
    return Frame(28, width - margin, 26, height - 24, first, (last - first).days, course.minimum, course.maximum)


def label_lines(label: str) -> tuple[str, ...]:
    """A long label of two words takes two lines."""
    head, space, tail = label.partition(" ")
    return (head, tail) if space and len(label) > 11 else (label,)


def score_ticks(course: Course, plot: Frame) -> tuple[float, ...]:
    """The ends of the range and every cut-off, as far as there is room for their numbers."""
    kept = [course.minimum, course.maximum]
    for at_least, _ in course.bands:
        inside = course.minimum < at_least < course.maximum
        if inside and all(abs(plot.y(at_least) - plot.y(other)) >= LINE for other in kept):
            kept.append(at_least)
    return tuple(sorted(kept))


def day_ticks(points: Sequence[CoursePoint], plot: Frame) -> tuple[date, ...]:
    """The first and the last day, and those between whose text stands clear of the others."""
    days = sorted({point.on for point in points})
    letters = len("28 Sep 2026" if days and days[0].year != days[-1].year else "28 Sep")
    kept: list[date] = []
    for day in [*days[-1:], *days[:1], *days]:
        begins, ends = _text_span(day, letters, plot)
        spans = (_text_span(other, letters, plot) for other in kept)
        if all(begins >= right + LETTER or ends + LETTER <= left for left, right in spans):
            kept.append(day)
    return tuple(sorted(kept))


def side(x: float, plot: Frame) -> tuple[str, float]:
    """Words near the right edge end there, near the left edge begin there, so that none is cut off."""
    if plot.right - x < 40:
        return "end", plot.right - 2
    return ("start", plot.left + 2) if x - plot.left < 30 else ("middle", x)


def _text_span(day: date, letters: int, plot: Frame) -> tuple[float, float]:
    """From where to where the text of a day reaches."""
    anchor, x = side(plot.x(day), plot)
    width = letters * LETTER
    left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
    return left, left + width


def labelled(course: Course, plot: Frame) -> frozenset[int]:
    """Which points carry their number: the last and the first always, then the flagged, then whoever has room.

    In a long course only the highest and the lowest join them: the curve says the rest, the table says it exactly.
    """
    scored = [place for place, point in enumerate(course.points) if point.scored]
    flagged = [place for place in scored if course.points[place].flag]
    by_score = sorted(scored, key=lambda place: course.points[place].score or 0)
    rest = scored if len(scored) <= MANY else [*by_score[:1], *by_score[-1:]]
    kept: list[int] = []
    for place in [*scored[-1:], *scored[:1], *reversed(flagged), *rest]:
        here = plot.x(course.points[place].on)
        if place not in kept and all(abs(here - plot.x(course.points[other].on)) >= 30 for other in kept):
            kept.append(place)
    return frozenset(kept)


def below(course: Course, place: int, plot: Frame) -> bool:
    """True where the text of a point stands better under it: the curve comes from above, and there is room."""
    score = course.points[place].score or 0
    before = [point.score or 0 for point in course.points[:place] if point.scored][-1:]
    after = [point.score or 0 for point in course.points[place + 1 :] if point.scored][:1]
    falls_in, rises_out = bool(before) and before[0] > score, bool(after) and after[0] > score
    wanted = (falls_in and (rises_out or not after)) or (rises_out and not before)
    room_below = plot.bottom - plot.y(score) > 8 + LINE
    room_above = plot.y(score) - plot.top > LINE - 6
    return (wanted and room_below) or not room_above
