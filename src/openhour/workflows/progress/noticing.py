"""What there is to notice about one course of treatment: rows turned into what `measures.signals` looks at, and back.

Called by `raise_signals` and `look_again`. Decides nothing itself: what is a signal stands in `measures.signals`, what is
asked each session in the battery, and how long is long in the definition of the hour.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from openhour.catalog import Instrument, NotOnShelf, Procedure
from openhour.measures.course import Course
from openhour.measures.signals import (
    DROPOUT_RISK,
    LONG_WITHOUT_GAIN,
    Reading,
    Seen,
    SignalRule,
    Situation,
    clears_of,
    signals_of_all,
)
from openhour.records.models import Episode, Signal
from openhour.records.models.progress import LIVE
from openhour.records.queries.course import EpisodeCourse, Models, today_at
from openhour.records.queries.due import forms_in, forms_of, instruments_on, short_forms
from openhour.records.queries.expected import course_of
from openhour.records.shelf import shelf


@dataclass(frozen=True, slots=True)
class View:
    """One treatment as one instrument sees it, and by what it is judged."""

    instrument: Instrument
    situation: Situation
    course: Course | None
    rule: SignalRule

    @property
    def asked(self) -> tuple[Situation, Course | None, SignalRule]:
        """As `signals_of_all` takes it."""
        return self.situation, self.course, self.rule


def views_of(
    episode: Any,
    course: EpisodeCourse,
    models: Models,
    signals: Iterable[Signal],
    *,
    at: datetime,
) -> tuple[View, ...]:
    """One for each instrument that was scored or is asked each session. episode: with `battery_forms`; signals: all of
    the episode, whatever their state."""
    today, held = today_at(course, at), tuple(signals)
    procedure = procedure_of(episode)
    each_session = _asked_each_session(episode, procedure, today)
    known = instruments_on(today)
    slugs = dict.fromkeys([*course.instruments, *each_session])
    return tuple(
        _view(known[slug], course, models, held, procedure, slug in each_session, today)
        for slug in slugs
        if slug in known
    )


def _view(
    instrument: Instrument,
    course: EpisodeCourse,
    models: Models,
    signals: tuple[Signal, ...],
    procedure: Procedure | None,
    each_session: bool,
    today: date,
) -> View:
    slug = instrument.pin.slug
    about = [one for one in signals if one.instrument in (slug, "")]
    ended = [(one, one.looked_at or one.cleared_at) for one in about if one.state not in LIVE]
    situation = Situation.of(
        instrument,
        _readings(course, slug),
        attended=course.sessions,
        missed=course.missed,
        next_visit=next((day for day in course.to_come if day >= today), None),
        open_kinds=frozenset(one.kind for one in about if one.state in LIVE),
        looked=tuple((one.kind, moment.astimezone(course.zone).date()) for one, moment in ended if moment),
    )
    rule = SignalRule.of(instrument, without_gain=_long(procedure, slug))
    if not each_session:
        rule = replace(rule, missing_after=None)
    return View(instrument, situation, course_of(instrument, models, on=today), rule)


def _readings(course: EpisodeCourse, slug: str) -> tuple[Reading, ...]:
    return tuple(Reading(one.day, one.session, one.total) for one in course.scored if one.instrument == slug)


def procedure_of(episode: Episode) -> Procedure | None:
    """The pinned definition; None where the shelf doesn't hold it any more."""
    try:
        return shelf().pinned("procedure", episode.procedure_key)  # type: ignore[return-value]
    except NotOnShelf:
        return None


def _asked_each_session(episode: Any, procedure: Procedure | None, today: date) -> tuple[str, ...]:
    """Slugs of the forms that are asked before every session; the short form where that is asked first."""
    if episode.battery_forms is not None:
        forms = forms_in(episode.battery_forms)
    elif procedure is not None and procedure.indications:
        known = {indication.slug for indication in procedure.indications}
        forms = forms_of(procedure, [slug for slug in episode.indications if slug in known])
    else:
        return ()
    short = short_forms(today)
    each = [one for one in forms if one.when == "session" and not one.dropped]
    return tuple(short.get(one.instrument, one.instrument) if one.short_first else one.instrument for one in each)


def _long(procedure: Procedure | None, slug: str) -> int | None:
    """Sessions after which the definition wants to know whether there was a gain on this instrument."""
    for risk in procedure.risks if procedure else ():
        wanted: dict[str, Any] = dict(risk.monitor.parameters)
        if risk.monitor.kind == LONG_WITHOUT_GAIN and slug in wanted.get("of", ()):
            return int(wanted["sessions"])
    return None


def noticed(views: Iterable[View]) -> tuple[Seen, ...]:
    """What calls for thought and doesn't stand open yet."""
    return signals_of_all(view.asked for view in views)


def cleared(views: Iterable[View]) -> frozenset[tuple[str, str]]:
    """Instrument and kind of what stands open and needs nobody's thought any more."""
    return frozenset(
        ("" if kind == DROPOUT_RISK else view.instrument.pin.slug, kind)
        for view in views
        for kind in clears_of(*view.asked)
    )


def still_seen(views: Iterable[View]) -> frozenset[tuple[str, str]]:
    """Instrument and kind of what would be noticed now if nothing had ever been."""
    fresh = [replace(view, situation=replace(view.situation, open_kinds=frozenset(), looked=())) for view in views]
    return frozenset((seen.instrument, seen.kind) for seen in noticed(fresh))
