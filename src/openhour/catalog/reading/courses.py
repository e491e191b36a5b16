"""Read the starting values of an expected course, and work its examples out.

The examples are reckoned here by hand and not by `measures`, so that a file proves itself against a second reckoning; the
same examples are run through `measures` in its own tests.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import NormalDist

from openhour.catalog.course import CourseExample, StartingCourse
from openhour.catalog.instrument import Instrument
from openhour.catalog.reading.head import read_pin
from openhour.catalog.reading.table import Table
from openhour.catalog.reading.together import Read
from openhour.kernel import Finding

_LARGEST = 10_000.0
_Z80 = NormalDist().inv_cdf(0.9)


def read_course(table: Table, digest: str) -> StartingCourse:
    """The starting values in the file; complaints go to the table's findings."""
    pin, growth, spread = read_pin(table, "course", digest), table.table("growth"), table.table("spread")
    rows = table.tables("example")
    course = StartingCourse(
        pin=pin,
        instrument=table.slug("instrument"),
        title=table.text("title"),
        source=table.text("source"),
        made_by=table.text("made_by"),
        confirmed=table.one_of("status", ("confirmed", "unconfirmed")) == "confirmed",
        patients=table.number("patients", most=100_000_000),
        intake=_decimal(growth, "intake"),
        level=_decimal(growth, "level"),
        level_by_intake=_decimal(growth, "level_by_intake"),
        slope=_decimal(growth, "slope"),
        slope_by_intake=_decimal(growth, "slope_by_intake"),
        level_variance=_decimal(spread, "level", least=0.0),
        covariance=_decimal(spread, "level_with_slope"),
        slope_variance=_decimal(spread, "slope", least=0.0),
        residual=_decimal(spread, "residual", least=0.0),
        until=growth.number("until_session", least=2, most=500),
        examples=tuple(map(_example, rows)),
    )
    for part in (growth, spread, table):
        part.close()
    _check(table, spread, course)
    return course


def without_strange_courses(
    reads: Iterable[Read[StartingCourse]], instruments: Iterable[Instrument]
) -> tuple[list[Read[StartingCourse]], list[Finding]]:
    """Those whose instrument is on the shelf."""
    known = {instrument.pin.slug for instrument in instruments}
    kept, findings = list[Read[StartingCourse]](), list[Finding]()
    for read in reads:
        if read.definition.instrument in known:
            kept.append(read)
        else:
            words = "The shelf holds no instrument of that name."
            findings.append(Finding("shelf.not-on-shelf", words, f"{read.file}: instrument"))
    return kept, findings


def _decimal(table: Table, key: str, least: float = -_LARGEST) -> float:
    """A number, whole or decimal."""
    value = table.raw(key)
    if value is None:
        table.refuse("missing-key", f"The key “{key}” is missing.", key)
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        table.refuse("wrong-type", "Here must stand a number.", key)
    elif not least <= value <= _LARGEST:
        table.refuse("out-of-range", f"The number must lie between {least:g} and {_LARGEST:g}.", key)
    else:
        return float(value)
    return 0.0


def _example(row: Table) -> CourseExample:
    example = CourseExample(
        intake=_decimal(row, "intake"),
        session=row.number("session", least=1, most=500),
        mean=_decimal(row, "mean"),
        low=_decimal(row, "low"),
        high=_decimal(row, "high"),
    )
    row.close()
    return example


def _check(table: Table, spread: Table, course: StartingCourse) -> None:
    if not course.residual > 0:
        spread.refuse("out-of-range", "Scores always differ from a line: this must be above 0.", "residual")
    if course.covariance**2 > course.level_variance * course.slope_variance + 1e-9:
        spread.refuse("out-of-range", "Levels and slopes can't go together more than wholly.", "level_with_slope")
    for place, example in enumerate(course.examples, start=1):
        worked = _worked(course, example)
        told = (example.mean, example.low, example.high)
        if any(abs(one - other) > 0.051 for one, other in zip(worked, told, strict=True)):
            mean, low, high = worked
            words = f"The values give {mean:.1f}, from {low:.1f} to {high:.1f}."
            table.refuse("example-fails", words, f"example[{place}]")


def _worked(course: StartingCourse, example: CourseExample) -> tuple[float, float, float]:
    line, off = math.log(example.session), example.intake - course.intake
    mean = course.level + course.level_by_intake * off + (course.slope + course.slope_by_intake * off) * line
    variance = (
        course.level_variance + 2 * course.covariance * line + course.slope_variance * line**2 + course.residual
    )
    half = _Z80 * math.sqrt(max(variance, 0.0))
    return mean, mean - half, mean + half
