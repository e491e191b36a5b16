"""Monitors: the kinds by which a risk in a definition is watched, each a typed parameter value and a pure function.

A definition names a kind and its parameters (`catalog.kinds.MONITORS`); this file says what the kind does. Only single
answers raise alerts (`care.alerts`); what stands here gives signals for the plan review and the supervision list.
`risk_alerts` and `due_measures` can be had from here too, since they watch the same course.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, TypeAlias

from openhour.care.alerts import AlertDue, risk_alerts
from openhour.care.batteries import Answered, DueMeasure, MeasureHistory, due_measures
from openhour.care.wording import list_in_words
from openhour.catalog.instrument import Instrument
from openhour.catalog.procedure import Monitor, Procedure
from openhour.measures import flags_of, points_rule, reliable_change
from openhour.measures.signals import change_since

__all__ = [
    "KINDS",
    "AlertDue",
    "AnswerOn",
    "Answered",
    "DueMeasure",
    "History",
    "ItemFlag",
    "LongWithoutGain",
    "MeasureHistory",
    "RatingOn",
    "ReliableWorsening",
    "ScoreOn",
    "SessionDistress",
    "Signal",
    "due_measures",
    "parameters_of",
    "risk_alerts",
    "signals",
]


@dataclass(frozen=True, slots=True)
class ScoreOn:
    """A total that could be scored, on its day. instrument: slug."""

    instrument: str
    day: date
    total: int


@dataclass(frozen=True, slots=True)
class AnswerOn:
    """One answer to one item, on its day. instrument: slug."""

    instrument: str
    item: str
    value: int
    day: date


@dataclass(frozen=True, slots=True)
class RatingOn:
    """How distressed the patient felt after a session: 0 not at all, 10 as much as can be."""

    day: date
    rating: int


@dataclass(frozen=True, slots=True)
class History:
    """The course of one episode, each tuple in order of days, oldest first."""

    scores: tuple[ScoreOn, ...] = ()
    answers: tuple[AnswerOn, ...] = ()
    sessions: tuple[date, ...] = ()
    distress: tuple[RatingOn, ...] = ()

    def of(self, instrument: str) -> tuple[ScoreOn, ...]:
        """The scores of one instrument, oldest first."""
        return tuple(score for score in self.scores if score.instrument == instrument)


@dataclass(frozen=True, slots=True)
class Signal:
    """Something to look at, not an alert. risk: the slug of the risk whose monitor speaks; on: the day of the newest
    thing it is about; sentence: for a clinician, without names; confirmed: whether a source gives the threshold, to be
    shown as a local choice where none does."""

    kind: str
    risk: str
    on: date
    sentence: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class ItemFlag:
    """The latest answer to a flagged item reaches the flag. raises: the flag's kind (`suicide-risk`)."""

    of: tuple[str, ...]
    raises: str


@dataclass(frozen=True, slots=True)
class ReliableWorsening:
    """The latest score is reliably worse than `baseline` (the first), `previous` or `best` one before it."""

    of: tuple[str, ...]
    against: str


@dataclass(frozen=True, slots=True)
class LongWithoutGain:
    """So many sessions, and on no instrument is the latest score reliably better than the one they began with."""

    of: tuple[str, ...]
    sessions: int


@dataclass(frozen=True, slots=True)
class SessionDistress:
    """The latest rating after a session, 0 to 10, is at least so high."""

    at_least: int


Parameters: TypeAlias = ItemFlag | ReliableWorsening | LongWithoutGain | SessionDistress
Instruments: TypeAlias = Mapping[str, Instrument]
Found: TypeAlias = tuple[date, str]


def parameters_of(monitor: Monitor) -> Parameters:
    """The typed parameters. The shelf has checked them; raises ValueError where a monitor came another way."""
    if monitor.kind not in KINDS:
        raise ValueError(f"unknown kind of monitor: {monitor.kind!r}")
    parameters, _ = KINDS[monitor.kind]
    given = dict(monitor.parameters)
    if set(given) != {field.name for field in fields(parameters)}:
        raise ValueError(f"{monitor.kind} doesn't take the parameters {sorted(given)}")
    typed: Parameters = parameters(**given)
    return typed


def signals(procedure: Procedure, history: History, instruments: Instruments) -> tuple[Signal, ...]:
    """What the monitors of the procedure's risks say about the course, in the order of the risks.

    instruments: by slug; a monitor of one that isn't there is silent. Changes that no confirmed rule judges give no signal.
    """
    return tuple(
        Signal(risk.monitor.kind, risk.slug, on, sentence, risk.monitor.confirmed)
        for risk in procedure.risks
        for on, sentence in KINDS[risk.monitor.kind][1](parameters_of(risk.monitor), history, instruments)
    )


def _item_flag(parameters: ItemFlag, history: History, instruments: Instruments) -> tuple[Found, ...]:
    latest = {(one.instrument, one.item): one for one in history.answers}
    return tuple(
        (answer.day, f"{instrument.short}, item {raised.item}: the latest answer is {raised.value}.")
        for instrument in _known(parameters.of, instruments)
        for (slug, item), answer in latest.items()
        if slug == instrument.pin.slug
        for raised in flags_of(instrument, item, answer.value)
        if raised.raises == parameters.raises
    )


_AGAINST_WORDS = {"baseline": "at the start", "previous": "the time before", "best": "at its best"}


def _reliable_worsening(
    parameters: ReliableWorsening, history: History, instruments: Instruments
) -> tuple[Found, ...]:
    found = []
    for instrument in _known(parameters.of, instruments):
        *earlier, latest = history.of(instrument.pin.slug) or (None,)
        if latest is None or not earlier:
            continue
        then = _held_against(parameters.against, instrument, earlier)
        if reliable_change(instrument, then.total, latest.total) == "worse":
            points, words = abs(latest.total - then.total), _AGAINST_WORDS[parameters.against]
            found.append((latest.day, f"{instrument.short} is {points} points worse than {words}."))
    return tuple(found)


def _long_without_gain(parameters: LongWithoutGain, history: History, instruments: Instruments) -> tuple[Found, ...]:
    if len(history.sessions) < parameters.sessions:
        return ()
    begin = history.sessions[-parameters.sessions]
    judged = {
        instrument.short: change_since(_totals(history, instrument), begin, points_rule(instrument))
        for instrument in _known(parameters.of, instruments)
    }
    known = {short: change for short, change in judged.items() if change is not None}
    if not known or "better" in known.values():
        return ()
    sentence = f"{parameters.sessions} sessions without a reliable gain on {list_in_words(list(known))}."
    return ((history.sessions[-1], sentence),)


def _session_distress(parameters: SessionDistress, history: History, _: Instruments) -> tuple[Found, ...]:
    if not history.distress or history.distress[-1].rating < parameters.at_least:
        return ()
    latest = history.distress[-1]
    return ((latest.day, f"After the last session the patient rated their distress {latest.rating} of 10."),)


def _known(slugs: tuple[str, ...], instruments: Instruments) -> tuple[Instrument, ...]:
    return tuple(instruments[slug] for slug in slugs if slug in instruments)


def _held_against(against: str, instrument: Instrument, earlier: list[ScoreOn]) -> ScoreOn:
    if against == "baseline":
        return earlier[0]
    if against == "previous":
        return earlier[-1]
    if against == "best":
        return max(earlier, key=lambda score: score.total if instrument.change.better == "higher" else -score.total)
    raise ValueError(f"a score can't be held against {against!r}")


def _totals(history: History, instrument: Instrument) -> list[tuple[date, float]]:
    return [(score.day, float(score.total)) for score in history.of(instrument.pin.slug)]


# Each function takes the parameters of its own kind; the pairing below is what makes the Any harmless.
KINDS: dict[str, tuple[type[Any], Callable[[Any, History, Instruments], tuple[Found, ...]]]] = {
    "item-flag": (ItemFlag, _item_flag),
    "reliable-worsening": (ReliableWorsening, _reliable_worsening),
    "long-without-gain": (LongWithoutGain, _long_without_gain),
    "session-distress": (SessionDistress, _session_distress),
}
"""Every kind that a definition may name, with its parameters and what it does."""
