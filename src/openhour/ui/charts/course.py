"""The course of one measure: what was scored when, what the scores mean, and whether the change is more than noise.

Called by pages that show a patient's progress. Reads no definition file: bands, the reliable change and the direction
that counts as better come in as arguments, so a chart can't disagree with the scoring. A form without a score is a gap
in the curve, never a zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, floor
from typing import Protocol

from markupsafe import Markup

from openhour.ui.charts import layout
from openhour.ui.charts.marks import draw
from openhour.ui.charts.values import Course, CoursePoint, LikelyPoint, number
from openhour.ui.markup import element
from openhour.ui.words import listed, short_date

WIDE = 600


class BandLike(Protocol):
    """Scores from `at_least` up to the next band, as a definition gives them."""

    at_least: int
    label: str


def score_course(
    points: Iterable[CoursePoint],
    instrument_title: str,
    bands: Iterable[BandLike | tuple[float, str]] = (),
    maximum: float = 27,
    minimum: float = 0,
    reliable_points: float | None = None,
    better: str = "lower",
    caseness: float | None = None,
    expected: Iterable[CoursePoint] = (),
    likely: Iterable[LikelyPoint] = (),
    words: str = "",
    width: int = 360,
    height: int = 232,
) -> Markup:
    """A figure: the curve as SVG, the sentence that says it, and the numbers folded away as a table.

    bands: rising, each `(at_least, label)` or an object with those names. reliable_points: the smallest difference from
    the first score that is more than noise; None draws no marks. better: `lower` or `higher`. caseness: the score at
    which a person counts as a case. expected: the course to be expected, drawn as a dotted line. likely: the range in which
    courses like this one lie, drawn as a shaded band with its middle; give it for the days of the scores, so that the
    table and the sentence can hold them against it. words: said instead of the usual sentence. width, height: of the
    viewBox; the picture fills its column, up to 30rem, or 48rem where width is 600 and more (for a page of its own).

    Raises ValueError where maximum isn't above minimum, or better is neither word.
    """
    course = _course(
        points, instrument_title, bands, maximum, minimum, reliable_points, better, caseness, expected, likely, words
    )
    sentence = course_sentence(course)
    if not course.points:
        return element("figure", element("p", sentence, class_="muted"), class_="chart")
    numbers = element("details", element("summary", "As a table"), course_table(course), class_="more")
    kind = "chart wide" if width >= WIDE else "chart"
    return element("figure", course_svg(course, width, height), element("figcaption", sentence), numbers, class_=kind)


def _course(
    points: Iterable[CoursePoint],
    title: str,
    bands: Iterable[BandLike | tuple[float, str]],
    maximum: float,
    minimum: float,
    reliable_points: float | None,
    better: str,
    caseness: float | None,
    expected: Iterable[CoursePoint],
    likely: Iterable[LikelyPoint],
    words: str,
) -> Course:
    if not minimum < maximum:
        raise ValueError("the maximum of a measure lies above its minimum")
    if better not in ("lower", "higher"):
        raise ValueError("better is lower or higher")
    pairs = tuple(band if isinstance(band, tuple) else (band.at_least, band.label) for band in bands)
    return Course(
        tuple(sorted(points, key=lambda point: point.on)), title, tuple(sorted(pairs)), minimum, maximum,
        reliable_points, better, caseness,
        tuple(sorted((point for point in expected if point.scored), key=lambda point: point.on)),
        tuple(sorted(likely, key=lambda point: point.on)), words,
    )  # fmt: skip


def course_sentence(course: Course) -> str:
    """What a person would say who looks at the curve: from, to, whether reliable, what needed attention."""
    if course.words:
        return course.words
    return (
        "; ".join(part for part in (_movement(course), _against(course), _flagged(course), _unscored(course)) if part)
        + "."
    )


def _movement(course: Course) -> str:
    title = course.title
    if not course.points:
        return f"{title} has not been answered yet"
    if not course.scored:
        return f"{title} has no score yet"
    first, last = course.scored[0], course.scored[-1]
    if first is last:
        band = course.band_of(last.score or 0)
        return f"{title} was {number(last.score)}{f' ({band})' if band else ''} on {short_date(last.on)}"
    started, ended = short_date(first.on), short_date(last.on)
    if first.score == last.score:
        return f"{title} was {number(first.score)} on {started} and again on {ended}"
    verb = "fell" if (last.score or 0) < (first.score or 0) else "rose"
    return (
        f"{title} {verb} from {number(first.score)} on {started} to {number(last.score)} on {ended}{_weight(course)}"
    )


def _weight(course: Course) -> str:
    if course.reliable_points is None:
        return ""
    verdict = course.change(course.scored[-1])
    if not verdict:
        return f", less than the {number(course.reliable_points)} points of a reliable change"
    return ", a reliable improvement" if verdict == "better" else ", a reliable worsening"


_AGAINST = {"as": "as expected", "better": "better than expected", "worse": "worse than expected"}


def _against(course: Course) -> str:
    """The last score against the range that was expected on its day."""
    if not course.scored:
        return ""
    last = course.scored[-1]
    likely, word = course.likely_on(last.on), course.against_likely(last)
    return f"{_AGAINST[word]} by then ({_range(course, likely)})" if likely and word else ""


def _range(course: Course, likely: LikelyPoint) -> str:
    """Of a measure with whole scores, the lowest and the highest that are inside: never a score that isn't."""
    low, high = likely.low, likely.high
    if all((point.score or 0) == int(point.score or 0) for point in course.scored) and ceil(low) <= floor(high):
        low, high = ceil(low), floor(high)
    return f"{number(max(low, course.minimum))} to {number(min(high, course.maximum))}"


def _flagged(course: Course) -> str:
    by_flag: dict[str, list[str]] = {}
    for point in course.points:
        if point.flag:
            by_flag.setdefault(point.flag, []).append(short_date(point.on))
    return "; ".join(f"{flag} needed attention on {listed(days)}" for flag, days in by_flag.items())


def _unscored(course: Course) -> str:
    days = [short_date(point.on) for point in course.points if not point.scored]
    return f"no score on {listed(days)}" if days and course.scored else ""


def course_svg(course: Course, width: int = 360, height: int = 232) -> Markup:
    """The picture alone, with its title and the sentence as description."""
    frame = layout.frame(course, width, height)
    return element(
        "svg",
        element("title", f"{course.title} over time"),
        element("desc", course_sentence(course)),
        *draw(course, frame),
        viewBox=f"0 0 {width} {height}", role="img", aria_label=f"{course.title} over time. {course_sentence(course)}",
        xmlns="http://www.w3.org/2000/svg",
    )  # fmt: skip


def course_table(course: Course) -> Markup:
    """Every form with its day, score, band, difference from the first and what stood out."""
    heads: tuple[str, ...] = (
        "Day",
        "Score",
        "Band",
        "Since the first",
        *(("Expected",) if course.likely else ()),
        "Noted",
    )
    if course.words:  # for a reader who isn't a clinician, and has neither bands nor flags
        heads = tuple(head for head in heads if head not in ("Band", "Noted"))
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in heads)))
    body = element("tbody", *(_table_row(course, point) for point in course.points))
    caption = element("caption", f"{course.title}, all forms", class_="vh")
    return element("table", caption, head, body, class_="table small")


def _table_row(course: Course, point: CoursePoint) -> Markup:
    band = course.band_of(point.score or 0) if point.scored else ""
    cells: Sequence[str] = (
        number(point.score) if point.scored else "no score",
        *(() if course.words else (band,)),
        _since_first(course, point),
        *((_expected_on(course, point),) if course.likely else ()),
        *(() if course.words else (point.flag,)),
    )
    day = element("th", short_date(point.on), scope="row")
    return element("tr", day, *(element("td", cell) for cell in cells))


def _expected_on(course: Course, point: CoursePoint) -> str:
    likely, word = course.likely_on(point.on), course.against_likely(point)
    if likely is None:
        return ""
    return f"{_range(course, likely)}, {_AGAINST[word]}" if word in ("better", "worse") else _range(course, likely)


def _since_first(course: Course, point: CoursePoint) -> str:
    if not point.scored or point is course.scored[0]:
        return ""
    moved = (point.score or 0) - (course.scored[0].score or 0)
    signed = "0" if moved == 0 else f"{'−' if moved < 0 else '+'}{number(abs(moved))}"
    verdict = course.change(point)
    return f"{signed}, reliably {verdict}" if verdict else signed
