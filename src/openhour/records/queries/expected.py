"""Which expected course stands for an instrument here: the practice's own fit where one is in use, else the published one.

Called by the verbs that look for signals and by the pages that draw the band, so that what is drawn is what was judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from openhour.catalog import Instrument
from openhour.kernel import Refused
from openhour.measures.course import LONGEST, Course, ExpectedBand, expected
from openhour.measures.starting import starting_course
from openhour.records.models import CourseModel
from openhour.records.queries.course import Models, Scored
from openhour.records.shelf import shelf


def course_of(instrument: Instrument, models: Models, *, on: date) -> Course | None:
    """models: of `models_in_use`. None where neither the practice nor a publication has one."""
    row = models.get(instrument.pin.slug)
    if row is not None:
        return _fitted(row)
    values = shelf().starting_course(instrument.pin.slug, on=on)
    return _published(values.pin.key, instrument.pin.key) if values is not None else None


def says_until(instrument: Instrument, models: Models, *, on: date) -> int:
    """The last session of which the course says anything: published values end somewhere, one's own don't."""
    values = None if instrument.pin.slug in models else shelf().starting_course(instrument.pin.slug, on=on)
    return values.until if values is not None else LONGEST


@lru_cache(maxsize=64)
def _published(key: str, instrument_key: str) -> Course | None:
    values = next((one for one in shelf().courses if one.pin.key == key), None)
    return starting_course(values, shelf().instrument_pinned(instrument_key)) if values else None


class _Stored:
    """What a row holds, told apart by its version: a fitted course never changes."""

    __slots__ = ("facts", "version")

    def __init__(self, row: CourseModel) -> None:
        self.version, self.facts = row.version, row.parameters

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Stored) and self.version == other.version and self.facts == other.facts

    def __hash__(self) -> int:
        return hash(self.version)


@lru_cache(maxsize=32)
def _kept(version: str, stored: _Stored) -> Course:
    return Course.from_json(stored.facts)


def _fitted(row: CourseModel) -> Course | None:
    try:
        return _kept(row.version, _Stored(row))
    except Refused:  # written by another version of this program: nobody is judged by what can't be read
        return None


def band_of(course: Course, forms: Sequence[Scored], sessions: Sequence[int]) -> ExpectedBand | None:
    """What was expected at these sessions of somebody who began with the first of the forms; None where they began later
    than with the first session, or can't have that score."""
    if not forms or not sessions or forms[0].session > 1 or forms[0].total is None:
        return None
    try:
        return expected(course, float(forms[0].total), sessions)
    except Refused:
        return None
