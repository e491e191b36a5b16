"""How signals are worded: what was seen, against what, and how sure that is, each in one plain sentence without names.

Called by `measures.signals` once it has decided. Words are for a clinician; what a number can't carry isn't said.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from openhour.measures.change import PointsRule
from openhour.measures.course import Course, expected
from openhour.measures.signal_values import (
    DROPOUT_RISK,
    LONG_WITHOUT_GAIN,
    MEASURES_MISSING,
    NO_GAIN,
    NOT_ON_TRACK,
    RELIABLY_WORSE,
    Evidence,
    Reading,
    Seen,
    Situation,
)

_TWO_CALM = "Clears after two scores in a row without this sign."


def points_in_words(score: float | None) -> str:
    """`17`, `17.5`; one decimal at most."""
    return f"{round(score or 0.0, 1):g}"


def _evidence(reading: Reading, limit: float | None = None) -> Evidence:
    return Evidence(reading.on, reading.session, float(reading.score or 0.0), limit)


def said_off_track(situation: Situation, course: Course, begun: Reading, latest: Reading, in_a_row: int) -> Seen:
    """in_a_row: how many scores up to the newest lie beyond the limit."""
    band = expected(course, float(begun.score or 0.0), [latest.session], dict(situation.known))
    limit = float((band.high80 if course.better == "lower" else band.low80)[0])
    score, began = points_in_words(latest.score), points_in_words(begun.score)
    side = "up to" if course.better == "lower" else "down to"
    usual = f"{points_in_words(float(band.mean[0]))} is expected then, and {side} {points_in_words(limit)} is usual"
    return Seen(
        kind=NOT_ON_TRACK,
        instrument=situation.instrument,
        on=latest.on,
        sentence=f"{situation.short} is {score} at session {latest.session}, worse than expected for a start at {began}.",
        against=f"{usual}: {_whose(course)}.",
        sureness=f"{_chance(in_a_row)} {_held(course)}",
        strength="soft" if not course.confirmed else "strong" if in_a_row > 1 else "clear",
        clears_when=_TWO_CALM,
        evidence=(_evidence(begun), _evidence(latest, limit)),
        model=course.key,
        numbers=(("expected", float(band.mean[0])), ("limit", limit), ("in_a_row", float(in_a_row))),
    )


def _whose(course: Course) -> str:
    since = (
        f", {course.data_from:%Y-%m} to {course.data_until:%Y-%m}" if course.data_from and course.data_until else ""
    )
    size = f"{course.patients} patients" if course.patients else "published values"
    return f"{course.source} ({size}{since}; {course.key})"


def _chance(in_a_row: int) -> str:
    if in_a_row > 1:
        return f"{in_a_row} scores in a row lie beyond the range."
    return "One score lies beyond the range: about 1 in 10 do so at any one session when nothing is amiss."


def _held(course: Course) -> str:
    if not course.confirmed:
        return "No source confirmed this expected course, so it says little."
    if course.quality is None:
        return "It was never held against patients it had not seen."
    held = course.quality.covered80
    return (
        f"Of {held.of} scores of patients it had not seen, {100 * held.share:.0f} % lay in the range meant for 80 %."
    )


def said_worse(situation: Situation, points: PointsRule, begun: Reading, latest: Reading, twice: bool) -> Seen:
    """twice: the two newest scores say so."""
    by = points_in_words(abs(float(latest.score or 0) - float(begun.score or 0)))
    from_to = f"from {points_in_words(begun.score)} at the start to {points_in_words(latest.score)}"
    again = "The score before says the same." if twice else "It rests on the newest score."
    return Seen(
        kind=RELIABLY_WORSE,
        instrument=situation.instrument,
        on=latest.on,
        sentence=f"{situation.short} went {from_to} at session {latest.session}: {by} points worse.",
        against=f"{points.points} points or more are a reliable change.",
        sureness=f"By the published figure, error of measurement alone seldom moves anybody so far. {again}",
        strength="strong" if twice else "clear",
        clears_when=_TWO_CALM,
        evidence=(_evidence(begun), _evidence(latest)),
        numbers=(("reliable_points", float(points.points)),),
    )


def said_no_gain(situation: Situation, points: PointsRule, begun: Reading, latest: Reading) -> Seen:
    """By a session by which half of those who gain have usually gained."""
    then, now = points_in_words(begun.score), points_in_words(latest.score)
    return Seen(
        kind=NO_GAIN,
        instrument=situation.instrument,
        on=latest.on,
        sentence=f"At session {latest.session} {situation.short} is {now}, not reliably better than {then} at the start, "
        "and still in the clinical range.",
        against=f"{points.points} points or more are a reliable gain; the clinical range begins at {points.caseness_at}.",
        sureness="A soft sign: some who gain late look like this. It says when to talk about the approach, no more.",
        strength="soft",
        clears_when="Clears after two scores in a row that are reliably better or out of the clinical range.",
        evidence=(_evidence(begun), _evidence(latest)),
        numbers=(("reliable_points", float(points.points)),),
    )


def said_long(situation: Situation, points: PointsRule, then: Reading, now: Reading, sessions: int, on: date) -> Seen:
    """sessions: how many the procedure's monitor names; on: the day of the last one."""
    change = f"{points_in_words(then.score)} when they began, {points_in_words(now.score)} now"
    return Seen(
        kind=LONG_WITHOUT_GAIN,
        instrument=situation.instrument,
        on=on,
        sentence=f"{sessions} sessions without a reliable gain on {situation.short}: {change}.",
        against=f"{points.points} points or more are a reliable gain.",
        sureness="A soft sign: holding steady can be the aim, and one measure doesn't see everything.",
        strength="soft",
        clears_when="Clears with a reliable gain.",
        evidence=(_evidence(then), _evidence(now)),
        numbers=(("reliable_points", float(points.points)), ("sessions", float(sessions))),
    )


def said_missing(
    situation: Situation, sessions: Sequence[date], begun: int, last: Reading | None, window_days: int
) -> Seen:
    """sessions: those without a finished form; begun: how many forms were begun and not finished; last: the last finished
    one; window_days: how early before its session a form may be filled in."""
    unfinished = f" ({begun} begun and not finished)" if begun else ""
    before = f"The last finished one is of {last.on.isoformat()}." if last else "None was ever finished."
    return Seen(
        kind=MEASURES_MISSING,
        instrument=situation.instrument,
        on=sessions[-1],
        sentence=f"No finished {situation.short} for the last {len(sessions)} sessions{unfinished}.",
        against=f"A form counts for a session from {window_days} days before it. {before}",
        sureness="Certain as far as forms were entered; without scores no other sign can be seen.",
        strength="clear",
        clears_when="Clears with the next finished form.",
        evidence=() if last is None else (_evidence(last),),
        numbers=(("sessions", float(len(sessions))), ("unfinished", float(begun))),
    )


def said_dropout(situation: Situation, missed: Sequence[date]) -> Seen:
    """missed: visits since the last session that took place, oldest first."""
    held = (
        f"The last session that took place was on {max(situation.attended).isoformat()}."
        if situation.attended
        else ""
    )
    last = "The last visit was missed" if len(missed) == 1 else f"The last {len(missed)} visits were missed"
    return Seen(
        kind=DROPOUT_RISK,
        instrument="",
        on=missed[-1],
        sentence=f"{last}, and no new one is planned.",
        against=held or "No session has taken place yet.",
        sureness="Certain as far as visits were recorded; why nobody came isn't known.",
        strength="clear" if len(missed) > 1 else "soft",
        clears_when="Clears when a visit is planned or takes place.",
        numbers=(("missed", float(len(missed))),),
    )
