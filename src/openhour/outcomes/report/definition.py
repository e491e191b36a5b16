"""The report as expressions over the rows: one definition, which DuckDB runs here and Spark runs unchanged elsewhere.

Called by `engine`. Every expression gives a small table of counts or sums, so nothing about one person leaves the engine,
and every choice of a row has a total order: a contact is unique by day and session, so two engines can't differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ibis

from openhour.outcomes.report.columns import ReportAsked

DAY = 100_000
"""Above every number of a session: `day * DAY + session` sorts contacts by day, then by session."""

WEEK = 7
IDLE = ("missed", "cancelled")


@dataclass(frozen=True, slots=True)
class MeasureTerms:
    """What the expressions need of one measure. sign: -1 where lower is better, 1 where higher is. points: the smallest
    reliable change, None where no source confirms one. low, high: ends of its scale; features are counted from the middle."""

    slug: str
    sign: int
    points: int | None
    low: float
    high: float

    @property
    def middle(self) -> float:
        """Where sums are counted from, so that squares stay small."""
        return (self.low + self.high) / 2


def _as_it_is(table: Any) -> Any:
    return table


AGE = 40.0
FEATURES = ("one", "intake", "intake_squared", "age")
"""Of the case-mix model: first score and its square, counted from the middle of the scale in halves of it, and age in
decades from 40. Where no age is known, `age` is 0 everywhere and is left out of the model."""


@dataclass(frozen=True, slots=True)
class Held:
    """rows: filtered, with `slot` (the contact in its episode) and `at` (its place in time). episodes, courses, outcomes:
    see the functions of these names."""

    rows: Any
    episodes: Any
    courses: Any
    outcomes: Any


@dataclass(frozen=True, slots=True)
class Definition:
    """Expressions over a table of `reading.SCHEMA`. terms: by slug. ends_known: the rows say when episodes ended; else
    every episode counts as ended with its last contact. keep: lets the engine hold a table that several
    expressions need; named: lets it remember a table's definition only."""

    rows: Any
    asked: ReportAsked
    terms: Mapping[str, MeasureTerms]
    ends_known: bool = True
    keep: Callable[[Any], Any] = _as_it_is
    named: Callable[[Any], Any] = _as_it_is

    # --- rows to contacts, episodes and courses ---------------------------------------------------------------------

    def filtered(self) -> Any:
        """The rows of the sites and indications that were asked for, with their place in time."""
        rows = self.rows
        if self.asked.indication:
            rows = rows.filter(rows.indication == self.asked.indication)
        if self.asked.site:
            rows = rows.filter(rows.site == self.asked.site)
        in_session = rows.session.notnull() & rows.state.isin(["attended", *IDLE])
        slot = ibis.ifelse(in_session, rows.session, -(rows.day + 1_000_000))
        rows = rows.mutate(slot=slot)
        return rows.mutate(at=rows.day * DAY + ibis.ifelse(rows.slot > 0, rows.slot, 0))

    def sessions(self, rows: Any) -> Any:
        """One row a contact. measured: 1 where a score belongs to it."""
        visits = rows.filter(rows.state.isin(["attended", *IDLE]))
        return visits.group_by("episode", "slot").aggregate(
            state=visits.state.min(),
            site=visits.site.min(),
            indication=visits.indication.min(),
            day=visits.day.min(),
            quarter=visits.quarter.min(),
            measured=visits.score.notnull().cast("int64").max(),
        )

    def episodes(self, rows: Any) -> Any:
        """One row an episode. Where the rows don't say when it began or ended, its first and last contact do."""
        contact = rows.state != "referred"
        found = rows.group_by("episode").aggregate(
            patient=rows.patient.min(),
            therapist=rows.therapist.max(),  # where some rows don't say, the others do: empty sorts first
            site=ibis.coalesce(rows.site.argmin(rows["at"], where=contact), rows.site.min()),
            indication=rows.indication.max(),
            referred_on=rows.referred.min(),
            referred_in=rows.referred_quarter.min(),
            began_on=rows.began.min(),
            began_in=rows.began_quarter.min(),
            ended_on=rows.ended.max(),
            ended_in=rows.ended_quarter.max(),
            first_day=rows.day.min(where=contact),
            first_quarter=rows.quarter.min(where=contact),
            row_day=rows.day.min(),
            row_quarter=rows.quarter.min(),
            last_day=rows.day.max(where=contact),
            last_quarter=rows.quarter.max(where=contact),
            planned=rows.planned_end.max(),
            age=rows.age.min(),
            attended=(rows.state == "attended").cast("int64").max(),
            several=ibis.coalesce(
                rows["at"].min(where=rows.state == "attended") < rows["at"].max(where=rows.state == "attended"), False
            ).cast("int64"),
        )
        ended = (found.ended_on, found.ended_in) if self.ends_known else (found.last_day, found.last_quarter)
        return found.mutate(
            began_day=ibis.coalesce(found.began_on, found.first_day),
            began_quarter=ibis.coalesce(found.began_in, found.first_quarter),
            referred_day=ibis.coalesce(found.referred_on, found.began_on, found.row_day),
            referred_quarter=ibis.coalesce(found.referred_in, found.began_in, found.row_quarter),
            ended_day=ended[0],
            ended_quarter=ended[1],
        )

    def courses(self, rows: Any) -> Any:
        """One row an episode and measure that was asked for: first and last score, and how many scores there are."""
        asked = rows.filter(rows.instrument != "")
        scored = asked.score.notnull()
        return asked.group_by("episode", "instrument").aggregate(
            pre=asked.score.argmin(asked["at"], where=scored),
            post=asked.score.argmax(asked["at"], where=scored),
            first_scored=asked.day.min(where=scored),
            last_scored=asked.day.max(where=scored),
            scores=scored.cast("int64").sum(),
        )

    def held(self) -> Held:
        """The tables that the counts are made of, each made once."""
        rows = self.named(self.filtered())
        episodes, courses = self.keep(self.episodes(rows)), self.keep(self.courses(rows))
        return Held(rows, episodes, courses, self.keep(self.outcomes(episodes, courses)))

    def outcomes(self, episodes: Any, courses: Any) -> Any:
        """Courses of episodes that ended in the period, with what is known of the episode."""
        ended = episodes.filter(self._within(episodes.ended_day))
        ended = ended.mutate(grouping=self._grouping(ended, ended.ended_quarter))
        kept = ended.select("episode", "therapist", "grouping", "age", "several")
        return courses.join(kept, "episode")

    # --- tables of counts -------------------------------------------------------------------------------------------

    def intake(self, held: Held) -> Any:
        """grouping, referred, began: people whose referral, or whose first attended session, lies in the period."""
        episodes = held.episodes
        return _stacked(
            self._count(episodes, "referred", episodes.referred_day, episodes.referred_quarter, None),
            self._count(episodes, "began", episodes.began_day, episodes.began_quarter, episodes.attended == 1),
            self._count(episodes, "ended", episodes.ended_day, episodes.ended_quarter, None),
            self._count(episodes, "planned", episodes.ended_day, episodes.ended_quarter, episodes.planned == 1),
            self._count(episodes, "unplanned", episodes.ended_day, episodes.ended_quarter, episodes.planned == 0),
        )

    def attendance(self, held: Held) -> Any:
        """grouping, state, measured, n: contacts in the period."""
        sessions = self.sessions(held.rows)
        sessions = sessions.filter(self._within(sessions.day))
        sessions = sessions.mutate(grouping=self._grouping(sessions, sessions.quarter))
        return sessions.group_by("grouping", "state", "measured").aggregate(n=sessions.count())

    def pairs(self, held: Held) -> Any:
        """grouping, instrument, paired, pre, post, n: how often each pair of first and last score occurs among episodes
        that ended in the period. Unpaired courses have no scores here: they are counted, never guessed."""
        outcomes = held.outcomes
        paired = (outcomes.scores >= 2).cast("int64")
        outcomes = outcomes.mutate(paired=paired)
        both = outcomes.paired == 1
        outcomes = outcomes.mutate(first=both.ifelse(outcomes.pre, None), last=both.ifelse(outcomes.post, None))
        return outcomes.group_by("grouping", "instrument", "paired", "first", "last").aggregate(n=outcomes.count())

    def any_pair(self, held: Held) -> Any:
        """grouping, n: ended episodes with a first and a last score on at least one measure."""
        outcomes = held.outcomes
        best = outcomes.group_by("grouping", "episode").aggregate(scores=outcomes.scores.max())
        best = best.filter(best.scores >= 2)
        return best.group_by("grouping").aggregate(n=best.count())

    def together(self, held: Held, first: str, second: str) -> Any:
        """grouping, a_pre, a_post, b_pre, b_post, n: ended episodes paired on both measures, after two attended
        sessions or more: the courses that the NHS rules count."""
        outcomes = held.outcomes
        paired = outcomes.filter((outcomes.scores >= 2) & (outcomes.several == 1))
        one = paired.filter(paired.instrument == first).select("episode", "grouping", a_pre="pre", a_post="post")
        two = paired.filter(paired.instrument == second).select("episode", b_pre="pre", b_post="post")
        both = one.join(two, "episode")
        return both.group_by("grouping", "a_pre", "a_post", "b_pre", "b_post").aggregate(n=both.count())

    def improvement(self, held: Held) -> Any:
        """grouping, instrument, weeks, improved, n: weeks from the first score to the first reliable improvement, or to
        the last score where there was none; of episodes that began in the period."""
        rows, episodes = held.rows, held.episodes
        begun = episodes.filter(self._within(episodes.began_day))
        begun = begun.mutate(grouping=self._grouping(begun, begun.began_quarter)).select("episode", "grouping")
        courses = held.courses
        courses = courses.filter((courses.scores >= 2) & self._points(courses.instrument).notnull())
        courses = courses.select("episode", "instrument", "pre", "first_scored", "last_scored").join(begun, "episode")
        scored = rows.filter(rows.score.notnull()).select("episode", "instrument", "score", "day")
        after = scored.join(courses.select("episode", "instrument", "pre"), ["episode", "instrument"])
        better = (after.score - after.pre) * self._sign(after.instrument) >= self._points(after.instrument)
        gains = after.filter(better).group_by("episode", "instrument").aggregate(improved_on=after.day.min())
        told = courses.left_join(gains, ["episode", "instrument"]).mutate(
            improved=ibis._.improved_on.notnull().cast("int64"),
            days=ibis.coalesce(ibis._.improved_on, ibis._.last_scored) - ibis._.first_scored,
        )
        weeks = ((told.days + (WEEK - 1)) / WEEK).floor().cast("int64")
        told = told.mutate(weeks=ibis.greatest(weeks, told.improved))  # better on the very day: within the first week
        return told.group_by("grouping", "instrument", "weeks", "improved").aggregate(n=told.count())

    def by_therapist(self, held: Held) -> Any:
        """therapist, instrument, n, reliable: and the sums of products that the case-mix model needs, nothing else."""
        outcomes = held.outcomes
        known = outcomes.filter((outcomes.scores >= 2) & (outcomes.therapist != ""))
        half = self._case(known.instrument, lambda one: (one.high - one.low) / 2)
        middle = self._case(known.instrument, lambda one: one.middle)
        intake = (known.pre - middle) / half
        x = {"one": ibis.literal(1.0), "intake": intake, "intake_squared": intake * intake}
        x["age"] = ibis.coalesce((known.age - AGE) / 10.0, 0.0)
        told = known.mutate(**x, y=known.post - middle, aged=known.age.notnull().cast("int64"))
        gain = (told.post - told.pre) * self._sign(told.instrument)
        sums = {f"y_{one}": (told.y * told[one]).sum() for one in FEATURES}
        for place, one in enumerate(FEATURES):
            sums |= {f"{one}__{two}": (told[one] * told[two]).sum() for two in FEATURES[place:]}
        return told.group_by("therapist", "instrument").aggregate(
            n=told.count(),
            aged=told.aged.sum(),
            yy=(told.y * told.y).sum(),
            reliable=(gain >= self._points(told.instrument)).cast("int64").sum(),
            **sums,
        )

    # --- pieces -----------------------------------------------------------------------------------------------------

    def _count(self, episodes: Any, name: str, day: Any, quarter: Any, only: Any) -> Any:
        kept = self._within(day) if only is None else self._within(day) & only
        held = episodes.mutate(grouping=self._grouping(episodes, quarter), what=ibis.literal(name)).filter(kept)
        return held.group_by("grouping", "what").aggregate(n=held.count())

    def _grouping(self, table: Any, quarter: Any) -> Any:
        """What the report is broken down by, as text."""
        if self.asked.by == "period":
            return quarter.cast("string")
        return table[self.asked.by] if self.asked.by else ibis.literal("")

    def _within(self, day: Any) -> Any:
        """True where the day is known and lies in the period."""
        period, inside = self.asked.period, day.notnull()
        if period.since is not None:
            inside &= day >= _number(period.since)
        if period.until is not None:
            inside &= day <= _number(period.until)
        return inside

    def _sign(self, slug: Any) -> Any:
        return self._case(slug, lambda one: one.sign)

    def _points(self, slug: Any) -> Any:
        return self._case(slug, lambda one: one.points)

    def _case(self, slug: Any, value: Any) -> Any:
        pairs = [(one.slug, ibis.literal(float(value(one)))) for one in self.terms.values() if value(one) is not None]
        nothing = ibis.literal(None, type="float64")
        return slug.cases(*pairs, else_=nothing) if pairs else nothing


def _stacked(*tables: Any) -> Any:
    return ibis.union(*tables, distinct=False)


def _number(day: Any) -> int:
    from datetime import date

    return int((day - date(1970, 1, 1)).days)


def patients(rows: Any) -> Any:
    """n: how many different people."""
    return rows.aggregate(n=rows.patient.nunique())
