"""The course of one measure as a picture: what was scored, against what was expected of somebody who began alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from openhour.catalog import Instrument, NotOnShelf
from openhour.measures.course import Course
from openhour.records.queries.course import EpisodeCourse, Models, Scored
from openhour.records.queries.expected import band_of, course_of, says_until
from openhour.records.shelf import shelf
from openhour.ui import charts

AHEAD = 3
"""So many visits to come the band is drawn for."""


@dataclass(frozen=True, slots=True)
class Picture:
    """source: whose patients the band was made of, and how sure it is; empty where there is no band."""

    title: str
    figure: Markup
    source: str


def picture_of(course: EpisodeCourse, models: Models, slug: str, *, wide: bool = False) -> Picture | None:
    """None where the measure has no score yet, or the shelf doesn't hold it."""
    forms = course.of(slug)
    instrument = _instrument(forms[-1].instrument_key) if forms else None
    if instrument is None:
        return None
    usual = course_of(instrument, models, on=forms[-1].day)
    until = says_until(instrument, models, on=forms[-1].day)
    likely = _likely(course, usual, forms, until)
    rule = instrument.change
    figure = charts.score_course(
        [charts.CoursePoint(one.day, one.total) for one in course.scored if one.instrument == slug],
        instrument.short,
        [(band.at_least, band.label) for band in instrument.bands],
        maximum=instrument.scoring.maximum,
        minimum=instrument.scoring.minimum,
        reliable_points=rule.reliable_points if rule.confirmed else None,
        better=rule.better,
        caseness=rule.caseness_at if rule.confirmed else None,
        likely=likely,
        width=600 if wide else 440,
        height=260 if wide else 200,
    )
    return Picture(instrument.short, figure, _source(usual) if usual and likely else "")


def _likely(
    course: EpisodeCourse, usual: Course | None, forms: tuple[Scored, ...], until: int
) -> list[charts.LikelyPoint]:
    """On the days of the scores, and on those of the next visits."""
    days = {one.day: one.session for one in forms}
    coming = [day for day in course.to_come if day > forms[-1].day][:AHEAD]
    days |= {day: len(course.held) + place for place, day in enumerate(coming, start=1)}
    days = {day: session for day, session in days.items() if session <= until}
    band = band_of(usual, forms, list(days.values())) if usual else None
    return [] if band is None else _points(list(days), band.low80, band.mean, band.high80)


def _points(days: list[date], lows: Any, means: Any, highs: Any) -> list[charts.LikelyPoint]:
    rows = zip(days, lows, means, highs, strict=True)
    return [charts.LikelyPoint(day, float(low), float(mean), float(high)) for day, low, mean, high in rows]


def _source(usual: Course) -> str:
    whose = f"{usual.source}, {usual.patients:,} patients" if usual.patients else usual.source
    unsure = "" if usual.confirmed else " No source confirmed it, so it is shown only, and raises no signal."
    return f"Shaded: where four of five who began alike score by then. From: {whose} ({usual.key}).{unsure}"


def _instrument(key: str) -> Instrument | None:
    try:
        return shelf().instrument_pinned(key)
    except NotOnShelf:
        return None
