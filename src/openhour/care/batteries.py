"""Which measures are due before a visit: the intake battery once, the session battery at each visit, others in turns.

Called when a visit is booked or checked in, and by the Today page. What a patient is asked begins with the indications
of the procedure (`care.battery_choice`) and may be changed by the therapist. Nothing is asked twice on one day, not even
by a short form and the long one that holds its questions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Literal, TypeGuard

from openhour.catalog.procedure import Battery, Procedure, Turn

FRESH_DAYS = 7
"""Answers sent in at home count for the visit when they are at most so many days old and newer than the visit before.
[local policy] Within the two weeks that PHQ-9 and GAD-7 look back on."""

PERIODIC_DAYS = 90
"""Days after which a periodic measure is asked again. [local policy] The longer end of 4-6 sessions or 90 days."""

Why = Literal["intake", "session", "periodic"]

WHENS: tuple[Why, ...] = ("session", "intake", "periodic")
"""In the order in which they are asked; where two batteries name a form, the first of these stands."""

NO_SHORT_FORMS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class BatteryForm:
    """One form of what a patient is asked. instrument: its slug.

    every_sessions, every_days: of a periodic form, whichever comes first; at least one of them. short_first: its short
    form is asked in its place, and leads to it where that is positive. dropped: not asked any more, for the reason.
    from_session: not asked before that session; None = from the first.
    """

    instrument: str
    when: Why
    every_sessions: int | None = None
    every_days: int | None = None
    short_first: bool = False
    dropped: bool = False
    reason: str = ""
    from_session: int | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """A response that was finished. instrument: its slug."""

    instrument: str
    day: date


@dataclass(frozen=True, slots=True)
class MeasureHistory:
    """What a patient has answered in this episode, and the days of the visits that were held. Any order."""

    answered: tuple[Answered, ...] = ()
    visits_held: tuple[date, ...] = ()

    def last_day(self, *instruments: str, on: date) -> date | None:
        """The last day up to `on` on which one of them was answered."""
        return max(
            (one.day for one in self.answered if one.instrument in instruments and one.day <= on), default=None
        )

    def visits_before(self, on: date) -> int:
        """Visits held before that day."""
        return sum(held < on for held in self.visits_held)

    def visits_since(self, last: date, *, on: date) -> int:
        """Visits held from the day of those answers, which were given before it, until the day before `on`."""
        return sum(last <= held < on for held in self.visits_held)


@dataclass(frozen=True, slots=True)
class DueMeasure:
    """An instrument's slug and why it is asked."""

    instrument: str
    why: Why


def due_measures(
    procedure: Procedure,
    indications: Iterable[str],
    history: MeasureHistory,
    *,
    on: date,
    on_shelf: Collection[str] | None = None,
) -> tuple[DueMeasure, ...]:
    """What the definition asks for a visit on the day, where nobody has chosen anything else.

    indications: slugs of the patient's indications; where none is known yet, the measures that every indication of
    the procedure asks for. Raises KeyError for an indication that the procedure doesn't have.
    """
    return due(forms_of(procedure, indications), history, on=on, on_shelf=on_shelf)


def due(
    forms: Iterable[BatteryForm],
    history: MeasureHistory,
    *,
    on: date,
    on_shelf: Collection[str] | None = None,
    short_of: Mapping[str, str] = NO_SHORT_FORMS,
) -> tuple[DueMeasure, ...]:
    """What to ask for a visit on the day, each instrument once, in the order of the battery.

    on_shelf: the instruments that can be asked; a battery may name one that a site must load itself. short_of: slug of a
    long form -> slug of the short one that leads to it.
    """
    found: dict[str, DueMeasure] = {}
    for form in sorted((one for one in forms if not one.dropped), key=lambda one: WHENS.index(one.when)):
        asked = _asked_as(form, on_shelf, short_of)
        if asked is not None and asked not in found and (why := _why(form, history, on, short_of)):
            found[asked] = DueMeasure(asked, why)
    doubled = {short for long, short in short_of.items() if long in found}
    return tuple(one for slug, one in found.items() if slug not in doubled)


def _asked_as(form: BatteryForm, on_shelf: Collection[str] | None, short_of: Mapping[str, str]) -> str | None:
    """The slug that is asked: the form's own, its short form, or none where the shelf can't offer it."""
    short = short_of.get(form.instrument) if form.short_first else None
    if _on(short, on_shelf):
        return short
    return form.instrument if _on(form.instrument, on_shelf) else None


def _on(slug: str | None, on_shelf: Collection[str] | None) -> TypeGuard[str]:
    return slug is not None and (on_shelf is None or slug in on_shelf)


def _why(form: BatteryForm, history: MeasureHistory, on: date, short_of: Mapping[str, str]) -> Why | None:
    """Why the form is due on the day; None where it isn't."""
    if form.from_session is not None and history.visits_before(on) + 1 < form.from_session:
        return None
    last = history.last_day(*_told_by(form, short_of, history, on), on=on)
    if last is None:
        return "session" if form.when == "session" else "intake"
    if last >= on or form.when == "intake":
        return None
    visits = history.visits_since(last, on=on)
    if form.when == "session":
        return "session" if visits or last < on - timedelta(days=FRESH_DAYS) else None
    by_sessions = form.every_sessions is not None and visits >= form.every_sessions
    by_days = form.every_days is not None and last + timedelta(days=form.every_days) <= on
    return "periodic" if by_sessions or by_days else None


def _told_by(form: BatteryForm, short_of: Mapping[str, str], history: MeasureHistory, on: date) -> tuple[str, ...]:
    """The instruments whose answers count for this form: a long one answers its short one's questions on any day, and a
    short one that was asked in its place answers for the long one; otherwise only for the same day."""
    longer = tuple(long for long, short in short_of.items() if short == form.instrument)
    if form.short_first and form.instrument in short_of:
        return (form.instrument, short_of[form.instrument])
    return (form.instrument, *longer)


def forms_of(procedure: Procedure, indications: Iterable[str]) -> tuple[BatteryForm, ...]:
    """What the definition asks for these indications, each instrument once, as often as any of them asks for it.

    No indication: what every indication asks for. Raises KeyError for one that the procedure doesn't have.
    """
    by_slug = {indication.slug: indication.battery for indication in procedure.indications}
    slugs = tuple(indications)
    chosen = [by_slug[slug] for slug in slugs] if slugs else [_shared(tuple(by_slug.values()))]
    found: dict[str, BatteryForm] = {}
    for when in WHENS:
        for battery in chosen:
            for slug in getattr(battery, when):
                found.setdefault(slug, form_for(slug, _rarest(slug, when, chosen), _soonest(slug, chosen)))
    return tuple(found.values())


def form_for(instrument: str, when: Why, turn: Turn | None = None) -> BatteryForm:
    """A form with its distance, or the usual one for its kind."""
    if when != "periodic" or turn is None:
        return BatteryForm(instrument, when, every_days=PERIODIC_DAYS if when == "periodic" else None)
    return BatteryForm(
        instrument,
        when,
        every_sessions=turn.every_sessions,
        every_days=turn.every_days,
        from_session=turn.from_session,
    )


def _soonest(slug: str, chosen: list[Battery]) -> Turn | None:
    """The shortest of the distances that the batteries ask for; None where one asks for the usual distance alone."""
    turns = [battery.turn(slug) for battery in chosen if slug in battery.periodic]
    told = [turn for turn in turns if turn is not None]
    if not told or len(told) < len(turns):
        return None
    return Turn(
        slug,
        every_sessions=min((one.every_sessions for one in told if one.every_sessions is not None), default=None),
        every_days=min((one.every_days for one in told if one.every_days is not None), default=None),
        from_session=min((one.from_session or 0) for one in told) or None,
    )


def _rarest(slug: str, when: Why, chosen: list[Battery]) -> Why:
    """Asked at intake and from time to time is asked from time to time: the first time it is due at once."""
    if when == "intake" and any(slug in battery.periodic for battery in chosen):
        return "periodic"
    return when


def _shared(batteries: tuple[Battery, ...]) -> Battery:
    """What all of them ask, in the order of the first."""
    if not batteries:
        return Battery((), (), ())
    first, *others = batteries
    return Battery(
        intake=tuple(slug for slug in first.intake if all(slug in one.intake for one in others)),
        session=tuple(slug for slug in first.session if all(slug in one.session for one in others)),
        periodic=(),
    )
