"""What a signal looks at, and what it says: the values of `measures.signals`.

Built by whoever knows the treatment (a workflow, the simulation), kept by whoever stores signals. Nothing here decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from openhour.catalog.instrument import Instrument
from openhour.measures.change import PointsRule, points_rule

NOT_ON_TRACK = "not-on-track"
RELIABLY_WORSE = "reliably-worse"
NO_GAIN = "no-gain-by-session-6"
LONG_WITHOUT_GAIN = "long-without-gain"
MEASURES_MISSING = "measures-missing"
DROPOUT_RISK = "dropout-risk"

KINDS = (NOT_ON_TRACK, RELIABLY_WORSE, NO_GAIN, LONG_WITHOUT_GAIN, MEASURES_MISSING, DROPOUT_RISK)
"""Every kind of signal, in the order in which they are shown: the first says most."""

STRENGTHS = ("soft", "clear", "strong")


@dataclass(frozen=True, slots=True)
class Reading:
    """One form. session: number of the session it belongs to, from 1 (0 = before the first). score: points, None where it
    has none. complete False: begun and not finished; only a complete one is judged."""

    on: date
    session: int
    score: float | None
    complete: bool = True

    @property
    def counts(self) -> bool:
        """True where it has a score that can be judged."""
        return self.complete and self.score is not None


@dataclass(frozen=True, slots=True)
class Situation:
    """One treatment as one instrument sees it; tuples in any order.

    instrument: slug, short: as people call it. better, lowest, highest: of the instrument. readings: all forms of it.
    attended: days of the sessions that took place. missed: days of visits that the patient missed or called off too late,
    None where the practice doesn't record that. next_visit: the next visit that is planned. open_kinds: kinds of signals
    that stand open on this instrument (or, for `dropout-risk`, on the treatment). looked: for each kind when its last
    signal was looked at again and put away. known: what else was known at intake, by name, for the expected course.
    """

    instrument: str
    short: str
    better: str
    lowest: float
    highest: float
    readings: tuple[Reading, ...]
    attended: tuple[date, ...] = ()
    missed: tuple[date, ...] | None = None
    next_visit: date | None = None
    open_kinds: frozenset[str] = frozenset()
    looked: tuple[tuple[str, date], ...] = ()
    known: tuple[tuple[str, float], ...] = ()

    @classmethod
    def of(cls, instrument: Instrument, readings: tuple[Reading, ...], **more: Any) -> Situation:
        """With the facts of the instrument."""
        scoring = instrument.scoring
        facts = (instrument.pin.slug, instrument.short, instrument.change.better, scoring.minimum, scoring.maximum)
        return cls(*facts, readings, **more)

    def looked_on(self, kind: str) -> date | None:
        """When a signal of the kind was last put away; None where there was none."""
        return max((day for one, day in self.looked if one == kind), default=None)


@dataclass(frozen=True, slots=True)
class SignalRule:
    """By what a practice raises signals.

    points: the instrument's reliable change and cut-off; None = no confirmed one, and no signal rests on it.
    no_gain_by: session from which no reliable improvement is told [project: 6]. without_gain: sessions of the procedure's
    `long-without-gain` monitor, None = it has none. missing_after: attended sessions in a row without a finished form
    [project], None where the form isn't asked at each session. window_days: a form counts for a session up to so many days before it. missed_visits: missed in a row, with
    no new visit planned [project]. unconfirmed: True lets a course or a number that no source confirmed raise signals.
    """

    points: PointsRule | None
    no_gain_by: int = 6
    without_gain: int | None = None
    missing_after: int | None = 3
    window_days: int = 3
    missed_visits: int = 1
    unconfirmed: bool = False

    @classmethod
    def of(cls, instrument: Instrument, *, without_gain: int | None = None, **more: Any) -> SignalRule:
        """With the instrument's confirmed points. without_gain: of the procedure's monitor."""
        return cls(points_rule(instrument), without_gain=without_gain, **more)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reading behind a signal. limit: the score it was held against, None where it is the score held against."""

    on: date
    session: int
    score: float
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A signal: what was seen, against what, how sure that is; sentences for a clinician, without names.

    instrument: slug, empty for `dropout-risk`. strength: one of STRENGTHS. on: day of the newest thing it is about.
    clears_when: in words. model: key of the expected course, empty where none was used.
    """

    kind: str
    instrument: str
    on: date
    sentence: str
    against: str
    sureness: str
    strength: str
    clears_when: str
    evidence: tuple[Evidence, ...] = ()
    model: str = ""
    numbers: tuple[tuple[str, float], ...] = ()

    def facts(self) -> dict[str, Any]:
        """The evidence as a JSON object: `readings` and, by name, other numbers."""
        rows = [
            {"on": one.on.isoformat(), "session": one.session, "score": one.score, "limit": one.limit}
            for one in self.evidence
        ]
        return {"readings": rows, "numbers": dict(self.numbers), "strength": self.strength, "model": self.model}
