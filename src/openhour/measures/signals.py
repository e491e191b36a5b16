"""Signals: what in the course of a treatment should make somebody stop and think, said in one sentence each.

Called after each score and each night by the verbs that keep signals, by the monitors of a procedure (`care.monitors`) and
by the simulation. A signal is no alert and no verdict: it says what was seen, against what, and how sure that is. None
rests on a single score, none is repeated while one of its kind stands open, and none rests on a number that no source
confirmed unless the rule says so. Refuses nothing: forms that can't be (`situation_findings` names them) are passed over.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from openhour.kernel import Finding
from openhour.measures import marks
from openhour.measures.change import DETERIORATED, HARMED, IMPROVED, RECOVERED, PointsRule
from openhour.measures.course import Course, predictors_of
from openhour.measures.signal_values import (
    DROPOUT_RISK,
    KINDS,
    LONG_WITHOUT_GAIN,
    MEASURES_MISSING,
    NO_GAIN,
    NOT_ON_TRACK,
    RELIABLY_WORSE,
    STRENGTHS,
    Evidence,
    Reading,
    Seen,
    SignalRule,
    Situation,
)
from openhour.measures.signal_words import (
    said_dropout,
    said_long,
    said_missing,
    said_no_gain,
    said_off_track,
    said_worse,
)

__all__ = [
    "DROPOUT_RISK",
    "KINDS",
    "LONG_WITHOUT_GAIN",
    "MEASURES_MISSING",
    "NOT_ON_TRACK",
    "NO_GAIN",
    "RELIABLY_WORSE",
    "STRENGTHS",
    "Evidence",
    "Reading",
    "Seen",
    "SignalRule",
    "Situation",
    "change_since",
    "clears_of",
    "signals_of",
    "signals_of_all",
    "situation_findings",
]

Look = Callable[[Situation, Course | None, SignalRule], Seen | None]


def signals_of(situation: Situation, course: Course | None, rule: SignalRule) -> tuple[Seen, ...]:
    """What the newest score, session or gap calls for and doesn't stand open yet, in the order of KINDS.

    course: the expected course of the instrument, None = the practice has none. The order of readings doesn't matter. Who
    is reliably worse isn't told also that there is no gain."""
    looks = (look(situation, course, rule) for kind, look in _LOOKS.items() if kind not in situation.open_kinds)
    seen = tuple(one for one in looks if one is not None)
    is_worse = RELIABLY_WORSE in situation.open_kinds or any(one.kind == RELIABLY_WORSE for one in seen)
    return tuple(one for one in seen if not (is_worse and one.kind == NO_GAIN))


def signals_of_all(each: Iterable[tuple[Situation, Course | None, SignalRule]]) -> tuple[Seen, ...]:
    """The signals of one treatment over all its instruments: no talk of a long stretch without gain where one instrument
    shows a gain, and one word only about visits."""
    asked = tuple(each)
    found = [seen for situation, course, rule in asked for seen in signals_of(situation, course, rule)]
    gained = any(_long_change(situation, rule) == "better" for situation, _, rule in asked)
    kept: list[Seen] = []
    for seen in found:
        said = any(one.kind == seen.kind and one.instrument == seen.instrument for one in kept)
        if not said and not (gained and seen.kind == LONG_WITHOUT_GAIN):
            kept.append(seen)
    return tuple(sorted(kept, key=lambda seen: KINDS.index(seen.kind)))


def clears_of(situation: Situation, course: Course | None, rule: SignalRule) -> tuple[str, ...]:
    """The open kinds that need nobody's thought any more: two scores in a row without the sign, a form, a visit."""
    return tuple(kind for kind in KINDS if kind in situation.open_kinds and _cleared(kind, situation, course, rule))


def situation_findings(situation: Situation) -> tuple[Finding, ...]:
    """What is wrong with the readings, each with its place (`reading 3`, in the order given)."""
    found, days = list[Finding](), dict[tuple[int, date], int]()
    for place, one in enumerate(situation.readings, start=1):
        where = f"reading {place}"
        if not _possible(situation, one):
            words = f"The score can't be: {situation.short} goes from {situation.lowest:g} to {situation.highest:g}."
            found.append(Finding("signals.impossible-score", words, where))
        if one.session < 0:
            found.append(Finding("signals.session", "Sessions are counted from 0, which is before the first.", where))
        if (one.session, one.on) in days:
            words = f"The same session and day stand already in reading {days[one.session, one.on]}."
            found.append(Finding("signals.duplicate", words, where))
        days.setdefault((one.session, one.on), place)
        if any(0 <= other.session < one.session and other.on > one.on for other in situation.readings):
            words = "Its session is a later one than that of a form with a later day."
            found.append(Finding("signals.out-of-order", words, where))
    return tuple(found)


def change_since(scores: Sequence[tuple[date, float]], begin: date, points: PointsRule | None) -> str | None:
    """`better`, `worse` or `no reliable change` of the newest score against the one with which a stretch began: the last
    up to `begin`, else the first there is. None without points, without two scores, or where none is newer than `begin`.
    scores: days and points, oldest first."""
    if points is None or len(scores) < 2 or scores[-1][0] <= begin:
        return None
    return _changed(points, _begun_with(scores, begin)[1], scores[-1][1])


def _begun_with(scores: Sequence[tuple[date, float]], begin: date) -> tuple[date, float]:
    return next((one for one in reversed(scores) if one[0] <= begin), scores[0])


def _changed(points: PointsRule, before: float, after: float) -> str:
    _, found = points.judge(np.array([before]), np.array([after]))
    words = {RECOVERED: "better", IMPROVED: "better", DETERIORATED: "worse", HARMED: "worse"}
    return words.get(int(found[0]), "no reliable change")


def _possible(situation: Situation, reading: Reading) -> bool:
    score = reading.score
    return score is None or (math.isfinite(score) and situation.lowest <= score <= situation.highest)


def _judged(situation: Situation) -> tuple[Reading, ...]:
    """The intake score, then the last one of each session, in the order of sessions and days; shape of one treatment."""
    counts = [one for one in situation.readings if one.counts and one.session >= 0 and _possible(situation, one)]
    if not counts:
        return ()
    ordered = sorted(counts, key=lambda one: (one.session, one.on, one.score or 0.0))
    latest = {one.session: one for one in ordered[1:]}
    return (ordered[0], *latest.values())


def _score(reading: Reading) -> float:
    return float(reading.score or 0.0)


def _off(situation: Situation, course: Course | None, rule: SignalRule) -> tuple[tuple[Reading, ...], list[bool]]:
    """The readings after intake and which of them are off track; none where there is no course to hold them against."""
    judged = _judged(situation)
    usable = course is not None and (course.confirmed or rule.unconfirmed)
    if course is None or not usable or len(judged) < 2 or judged[0].session > 1:
        return (), []
    later = judged[1:]
    predictors = predictors_of(course, _score(judged[0]), dict(situation.known))
    sessions = np.array([one.session for one in later])
    scores = np.array([[_score(one) for one in later]])
    return later, marks.off_track(course, predictors[None, :], sessions, scores)[0].tolist()


def _look_off_track(situation: Situation, course: Course | None, rule: SignalRule) -> Seen | None:
    later, off = _off(situation, course, rule)
    if course is None or not later or not off[-1] or not _newer(situation, NOT_ON_TRACK, later[-1].on):
        return None
    begun, latest = _judged(situation)[0], later[-1]
    in_a_row = next((place for place, beyond in enumerate(reversed(off)) if not beyond), len(off))
    return said_off_track(situation, course, begun, latest, in_a_row)


def _look_worse(situation: Situation, _: Course | None, rule: SignalRule) -> Seen | None:
    judged = _judged(situation)
    if rule.points is None or len(judged) < 2 or not _newer(situation, RELIABLY_WORSE, judged[-1].on):
        return None
    row = marks.worse(rule.points, np.array([_score(judged[0])]), np.array([[_score(one) for one in judged[1:]]]))[0]
    return (
        said_worse(situation, rule.points, judged[0], judged[-1], len(row) > 1 and bool(row[-2])) if row[-1] else None
    )


def _look_no_gain(situation: Situation, _: Course | None, rule: SignalRule) -> Seen | None:
    judged = _judged(situation)
    if rule.points is None or len(judged) < 2 or not _no_gain(judged[0], judged[-1], rule.points, rule.no_gain_by):
        return None
    looked = situation.looked_on(NO_GAIN)
    if looked is not None and _sessions_since(situation, looked) < rule.no_gain_by:
        return None
    return said_no_gain(situation, rule.points, judged[0], judged[-1])


def _no_gain(begun: Reading, latest: Reading, points: PointsRule, by: int) -> bool:
    intake, score = np.array([_score(begun)]), np.array([[_score(latest)]])
    return bool(marks.without_gain(points, intake, np.array([latest.session]), score, by)[0, 0])


def _long_stretch(situation: Situation, rule: SignalRule) -> date | None:
    """The day on which the stretch begins that is judged; None while there were too few sessions, or none is watched."""
    looked = situation.looked_on(LONG_WITHOUT_GAIN)
    days = [day for day in sorted(situation.attended) if looked is None or day > looked]
    if rule.without_gain is None or len(days) < rule.without_gain:
        return None
    return days[-rule.without_gain]


def _by_day(situation: Situation) -> list[tuple[date, float]]:
    return sorted((one.on, _score(one)) for one in _judged(situation))


def _long_change(situation: Situation, rule: SignalRule) -> str | None:
    begin = _long_stretch(situation, rule)
    return None if begin is None else change_since(_by_day(situation), begin, rule.points)


def _look_long(situation: Situation, _: Course | None, rule: SignalRule) -> Seen | None:
    begin, points, sessions = _long_stretch(situation, rule), rule.points, rule.without_gain
    if begin is None or points is None or sessions is None or _long_change(situation, rule) in (None, "better"):
        return None
    scores, on = _by_day(situation), max(situation.attended)
    by_day = {(one.on, _score(one)): one for one in _judged(situation)}
    return said_long(situation, points, by_day[_begun_with(scores, begin)], by_day[scores[-1]], sessions, on)


def _look_missing(situation: Situation, _: Course | None, rule: SignalRule) -> Seen | None:
    days = sorted(situation.attended)
    if rule.missing_after is None or len(days) < rule.missing_after:
        return None
    window = days[-rule.missing_after :]
    looked = situation.looked_on(MEASURES_MISSING)
    if (looked is not None and window[0] <= looked) or _formed(situation, rule, window[0]):
        return None
    begun = sum(not one.counts for one in situation.readings if _belongs(one, window[0], rule))
    finished = max(_judged(situation), key=lambda one: one.on, default=None)
    return said_missing(situation, window, begun, finished, rule.window_days)


def _formed(situation: Situation, rule: SignalRule, since: date) -> bool:
    return any(one.counts and _belongs(one, since, rule) for one in situation.readings)


def _belongs(one: Reading, since: date, rule: SignalRule) -> bool:
    return (since - one.on).days <= rule.window_days


def _look_dropout(situation: Situation, _: Course | None, rule: SignalRule) -> Seen | None:
    missed = _missed_since_seen(situation)
    if situation.next_visit is not None or len(missed) < rule.missed_visits:
        return None
    return said_dropout(situation, missed) if _newer(situation, DROPOUT_RISK, missed[-1]) else None


def _missed_since_seen(situation: Situation) -> list[date]:
    seen = max(situation.attended, default=date.min)
    return sorted(day for day in situation.missed or () if day > seen)


def _newer(situation: Situation, kind: str, on: date) -> bool:
    looked = situation.looked_on(kind)
    return looked is None or on > looked


def _sessions_since(situation: Situation, day: date) -> int:
    if situation.attended:
        return sum(one > day for one in situation.attended)
    return len({one.session for one in situation.readings if one.on > day})


def _calm(called: Sequence[bool]) -> bool:
    """Enough scores in a row, up to the newest, that don't call for the signal."""
    return len(called) >= marks.CLEARS_AFTER and not any(called[-marks.CLEARS_AFTER :])


def _cleared(kind: str, situation: Situation, course: Course | None, rule: SignalRule) -> bool:
    if kind == NOT_ON_TRACK:
        return _calm(_off(situation, course, rule)[1])
    if kind == MEASURES_MISSING:
        days = sorted(situation.attended)
        return bool(days) and _formed(situation, rule, days[-1])
    if kind == DROPOUT_RISK:
        return situation.next_visit is not None or not _missed_since_seen(situation)
    return _cleared_by_points(kind, situation, rule)


def _cleared_by_points(kind: str, situation: Situation, rule: SignalRule) -> bool:
    judged, points = _judged(situation), rule.points
    if points is None or len(judged) < 2:
        return False
    if kind == RELIABLY_WORSE:
        return _calm([_changed(points, _score(judged[0]), _score(one)) == "worse" for one in judged[1:]])
    if kind == NO_GAIN:
        return _calm([_no_gain(judged[0], one, points, 0) for one in judged[1:]])
    return _long_change(replace(situation, looked=()), rule) == "better"


_LOOKS: dict[str, Look] = {
    NOT_ON_TRACK: _look_off_track,
    RELIABLY_WORSE: _look_worse,
    NO_GAIN: _look_no_gain,
    LONG_WITHOUT_GAIN: _look_long,
    MEASURES_MISSING: _look_missing,
    DROPOUT_RISK: _look_dropout,
}
