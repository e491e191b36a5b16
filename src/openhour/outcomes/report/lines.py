"""From counts to the lines of a report: numbers of people, shares with their interval, effects, and what is hidden.

Called by `report`. All numbers of people of one table go through `hidden` together, the whole and its groups, so that a
hidden one can't be computed from its neighbours; shares, means and effects are shown only where their numbers are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from openhour.catalog.instrument import Instrument
from openhour.kernel import Finding, Refused
from openhour.measures.change import CLASSES, PointsRule, class_counts, points_rule
from openhour.measures.talking_therapies import Counts, Scored, counted, judge, threshold_of
from openhour.outcomes.effects import effect_of
from openhour.outcomes.report.counted import NHS_PAIR, GroupCounts, MeasureCounts
from openhour.outcomes.report.hidden import Sum, hidden
from openhour.outcomes.report.values import Line
from openhour.outcomes.survival import Curve, time_to_improvement
from openhour.outcomes.wilson import share_of

Measures = Mapping[str, Instrument]
Groups = Mapping[str, GroupCounts]
"""Label -> counts; the whole stands under "" where there is a breakdown, and alone where there is none."""

CLASS_WORDS = {
    "recovered": "Recovered: reliably better, and out of the clinical range",
    "improved": "Improved: reliably better",
    "unchanged": "No reliable change",
    "deteriorated": "Deteriorated: reliably worse",
    "harmed": "Harmed: reliably worse, and into the clinical range",
}


MISSING = frozenset({"unpaired", "end-unknown", "without-measure"})
"""What is missing from the records: shown however small, see `hidden`."""


@dataclass(slots=True)
class Block:
    """One table of numbers of people, the whole and its groups. cells: (group, what) -> n. free: whats that may be small."""

    cells: dict[tuple[str, str], int] = field(default_factory=dict)
    sums: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    free: frozenset[str] = MISSING

    def add(self, group: str, numbers: Mapping[str, int]) -> None:
        """The numbers of one group."""
        self.cells |= {(group, what): n for what, n in numbers.items()}

    def away(self, smallest: int) -> frozenset[tuple[str, str]]:
        """Which of them may not be shown."""
        groups = list(dict.fromkeys(group for group, _ in self.cells))
        kinds = list(dict.fromkeys(what for _, what in self.cells))
        cells = {f"{group}\x1f{what}": n for (group, what), n in self.cells.items()}
        sums = [
            Sum(f"{group}\x1f{whole}", tuple(f"{group}\x1f{part}" for part in parts))
            for group in groups
            for whole, parts in self.sums
        ]
        if len(groups) > 1:
            sums += [Sum(f"\x1f{what}", tuple(f"{group}\x1f{what}" for group in groups if group)) for what in kinds]
        free = {name for name in cells if name.rpartition("\x1f")[2] in self.free}
        found = (name.rpartition("\x1f") for name in hidden(cells, sums, smallest, free))
        return frozenset((group, what) for group, _, what in found)


@dataclass(frozen=True, slots=True)
class Shown:
    """The cells of a block that may be shown, as lines."""

    block: Block
    away: frozenset[tuple[str, str]]
    section: str
    measure: str = ""

    def open(self, group: str, *whats: str) -> bool:
        """True where all of them may be shown."""
        return not any((group, what) in self.away for what in whats)

    def count(self, group: str, what: str, words: str) -> Line:
        """How many."""
        away = (group, what) in self.away
        n = None if away else self.block.cells[group, what]
        return Line(group, self.section, self.measure, what, words, n=n, hidden=away)

    def share(self, group: str, what: str, words: str, of: str) -> Line:
        """How many of how many, with Wilson's interval."""
        away, whole = not self.open(group, what, of), self.block.cells[group, of]
        shown = None if away else share_of(self.block.cells[group, what], whole)
        head = (group, self.section, self.measure, what, words)
        if away or shown is None:
            why = "" if away else "nobody to count"
            n, base = ((None if (group, one) in self.away else self.block.cells[group, one]) for one in (what, of))
            return Line(*head, n=None if away else n, of=base, hidden=away, why=why)
        return Line(*head, n=shown.held, of=shown.of, share=shown.share, low=shown.low, high=shown.high)


def intake_lines(groups: Groups, smallest: int) -> Iterator[Line]:
    """People: referred, began, ended, how it ended, and whether what they felt was measured at both ends."""
    block = Block(sums=[("ended", ("planned", "unplanned", "end-unknown")), ("ended", ("paired", "unpaired"))])
    for group, counts in groups.items():
        got = {what: counts.intake.get(what, 0) for what in ("referred", "began", "ended", "planned", "unplanned")}
        unknown = got["ended"] - got["planned"] - got["unplanned"]
        block.add(
            group,
            {**got, "end-unknown": unknown, "paired": counts.any_pair, "unpaired": got["ended"] - counts.any_pair},
        )
    away = block.away(smallest)
    intake, measured = Shown(block, away, "intake"), Shown(block, away, "measured")
    for group in groups:
        yield intake.count(group, "referred", "Referred")
        yield intake.count(group, "began", "Began: first session attended")
        yield intake.count(group, "ended", "Ended")
        yield intake.share(group, "planned", "Ended as planned by both", "ended")
        yield intake.share(group, "unplanned", "Ended by one alone", "ended")
        yield intake.share(group, "end-unknown", "Ended for another reason, or it isn't recorded", "ended")
        yield measured.share(group, "paired", "Measured first and last (of ended)", "ended")
        yield measured.share(group, "unpaired", "Not measured twice: missing from all results", "ended")


def attendance_lines(groups: Groups, smallest: int) -> Iterator[Line]:
    """Sessions: attended, missed, called off, and with a complete measure."""
    block = Block(
        sums=[("booked", ("attended", "missed", "cancelled")), ("attended", ("with-measure", "without-measure"))]
    )
    for group, counts in groups.items():
        states = {
            state: sum(n for (one, _), n in counts.contacts.items() if one == state)
            for state in ("attended", "missed", "cancelled")
        }
        measured = counts.contacts.get(("attended", 1), 0)
        more = {"with-measure": measured, "without-measure": states["attended"] - measured}
        block.add(group, {"booked": sum(states.values()), **states, **more})
    away = block.away(smallest)
    shown, measured_lines = Shown(block, away, "attendance"), Shown(block, away, "measured")
    for group in groups:
        yield shown.count(group, "booked", "Sessions booked")
        yield shown.share(group, "attended", "Attended", "booked")
        yield shown.share(group, "missed", "Missed", "booked")
        yield shown.share(group, "cancelled", "Called off", "booked")
        yield measured_lines.share(group, "with-measure", "Attended sessions with a complete measure", "attended")


def change_lines(groups: Groups, measure: Instrument, smallest: int) -> Iterator[Line]:
    """One measure: who has a pair, classes of change, recovery, and the size of the effect."""
    slug, rule = measure.pin.slug, points_rule(measure)
    block = Block(sums=[("asked", ("paired", "unpaired"))])
    if rule is not None:
        block.sums += [
            ("paired", CLASSES),
            ("better", ("recovered", "improved")),
            ("worse", ("deteriorated", "harmed")),
        ]
        if rule.caseness_at is not None:
            block.sums += [
                ("paired", ("case", "no-case")),
                ("case", ("out-of-range", "still-case")),
                ("out-of-range", ("recovered", "out-by-chance")),
            ]
    kept = {group: counts.measures.get(slug, _NOTHING) for group, counts in groups.items()}
    for group, counts in kept.items():
        block.add(group, _change_numbers(counts, rule))
    shown = Shown(block, block.away(smallest), "change", measure.short)
    for group, counts in kept.items():
        yield shown.share(group, "paired", "First and last score", "asked")
        yield shown.share(group, "unpaired", "Missing: asked, not measured twice", "asked")
        if rule is None:
            words = "No source confirms how many points are reliable."
            yield Line(group, "change", measure.short, "classes", "Classes of change", why=words)
        else:
            for what in CLASSES:
                yield shown.share(group, what, CLASS_WORDS[what], "paired")
            yield shown.share(group, "better", "Reliable improvement (the first two)", "paired")
            yield shown.share(group, "worse", "Reliable deterioration (the last two)", "paired")
            if rule.caseness_at is not None:
                yield shown.count(group, "case", f"In the clinical range at first ({_edge(measure)})")
                yield shown.share(group, "out-of-range", "Recovery: in it at first, out of it at last", "case")
                recovered = shown.share(group, "recovered", "Reliable recovery: that, and reliably better", "case")
                yield _renamed(recovered, "reliable-recovery")
        yield from _sizes(group, counts, measure, shown.open(group, "paired"), smallest)


_NOTHING = MeasureCounts.together([])


def _edge(measure: Instrument) -> str:
    side = "or more" if measure.change.better == "lower" else "or less"
    return f"{measure.change.caseness_at} {side}"


def _renamed(line: Line, what: str) -> Line:
    return replace(line, what=what)


def _change_numbers(counts: MeasureCounts, rule: object) -> dict[str, int]:
    pairs = counts.pairs
    numbers = {"asked": pairs.n + counts.unpaired, "paired": pairs.n, "unpaired": counts.unpaired}
    if not isinstance(rule, PointsRule):
        return numbers
    classes = class_counts(pairs, rule)
    numbers |= classes
    numbers |= {
        "better": classes["recovered"] + classes["improved"],
        "worse": classes["deteriorated"] + classes["harmed"],
    }
    if rule.caseness_at is None:
        return numbers
    sign = -1 if rule.better == "lower" else 1
    first, last = sign * pairs.pre <= sign * rule.caseness_at, sign * pairs.post <= sign * rule.caseness_at
    case, out = int(pairs.patients[first].sum()), int(pairs.patients[first & ~last].sum())
    return numbers | {
        "case": case,
        "no-case": pairs.n - case,
        "out-of-range": out,
        "still-case": case - out,
        "out-by-chance": out - classes["recovered"],
    }


def _sizes(group: str, counts: MeasureCounts, measure: Instrument, is_open: bool, smallest: int) -> Iterator[Line]:
    """Means and effect; of few people neither, because a mean of few tells of each."""
    pairs, name = counts.pairs, measure.short
    away = not is_open or 0 < pairs.n < max(smallest, 1)
    for what, words, scores in (
        ("first-mean", "First scores, mean", pairs.pre),
        ("last-mean", "Last scores, mean", pairs.post),
    ):
        value = None if away or not pairs.n else pairs.mean(scores)
        why = "" if away or pairs.n else "nobody to count"
        yield Line(group, "change", name, what, words, value=value, unit="points", hidden=away, why=why)
    head = (group, "change", name, "effect", "Effect size (deviations of first scores, Hedges)")
    if away:
        yield Line(*head, hidden=True)
        return
    try:
        effect = effect_of(pairs, better=measure.change.better)
    except Refused as refusal:
        yield Line(*head, why=refusal.findings[0].sentence)
        return
    yield Line(*head, value=effect.value, low=effect.low, high=effect.high, unit="SD")


def time_lines(groups: Groups, measure: Instrument, smallest: int) -> Iterator[Line]:
    """Weeks from the first score to the first reliable improvement, of those who began in the period."""
    if points_rule(measure) is None:
        return
    slug, block = measure.pin.slug, Block(sums=[("followed", ("improved-ever", "not-yet"))])
    kept = {group: counts.measures.get(slug, _NOTHING) for group, counts in groups.items()}
    for group, counts in kept.items():
        followed = int(counts.patients.sum())
        ever = int(counts.patients[counts.improved == 1].sum())
        block.add(group, {"followed": followed, "improved-ever": ever, "not-yet": followed - ever})
    shown = Shown(block, block.away(smallest), "time", measure.short)
    for group, counts in kept.items():
        yield shown.share(
            group, "improved-ever", "Reliably better at some time (of those with two scores or more)", "followed"
        )
        head = (group, "time", measure.short, "median-weeks", "Half were reliably better after")
        if not shown.open(group, "followed", "improved-ever", "not-yet"):
            yield Line(*head, hidden=True)
            continue
        curve = curve_of(counts)
        if curve is None or curve.median is None:
            why = "nobody to count" if curve is None else "fewer than half were"
            yield Line(*head, unit="weeks", why=why)
        else:
            yield Line(*head, value=curve.median, low=curve.median_low, high=curve.median_high, unit="weeks")


def curve_of(counts: MeasureCounts) -> Curve | None:
    """The Kaplan-Meier curve; None of nobody. Who improved on the day of the first score can't have: a week is the least."""
    if not counts.patients.sum():
        return None
    weeks, improved = (np.repeat(column, counts.patients) for column in (counts.weeks, counts.improved))
    return time_to_improvement(weeks, improved == 1)


RULE_WORDS: Sequence[tuple[str, str, str]] = (
    ("case", "At caseness on one of the two at first", "finished"),
    ("recovered", "Recovery: at caseness at first, below it on both at last", "case"),
    ("reliably-recovered", "Reliable recovery", "case"),
    ("reliably-improved", "Reliable improvement", "finished"),
    ("reliably-worse", "Reliable deterioration", "finished"),
    ("no-change", "No reliable change", "finished"),
)


def rule_lines(groups: Groups, measures: Measures, smallest: int) -> Iterator[Line]:
    """PHQ-9 and GAD-7 judged together, where both are paired."""
    if not any(len(counts.both) for counts in groups.values()):
        return
    pair = [threshold_of(measures[slug]) for slug in NHS_PAIR]
    block = Block(
        sums=[
            ("finished", ("case", "no-case")),
            ("case", ("recovered", "not-recovered")),
            ("recovered", ("reliably-recovered", "recovered-by-chance")),
            ("finished", ("reliably-improved", "reliably-worse", "no-change")),
        ]
    )
    for group, counts in groups.items():
        table = np.repeat(counts.both[:, :4], counts.both[:, 4].astype(np.int64), axis=0)
        sides = [Scored(one, table[:, place], table[:, place + 1]) for one, place in zip(pair, (0, 2), strict=True)]
        block.add(group, _rule_numbers(counted(judge(*sides))))
    shown = Shown(block, block.away(smallest), "rules", "PHQ-9 and GAD-7")
    for group in groups:
        yield shown.count(group, "finished", "Courses of two sessions or more, both measures paired")
        for what, words, of in RULE_WORDS:
            yield shown.share(group, what, words, of)


def _rule_numbers(found: Counts) -> dict[str, int]:
    return {
        "finished": found.finished,
        "case": found.at_caseness,
        "no-case": found.finished - found.at_caseness,
        "recovered": found.recovered,
        "not-recovered": found.at_caseness - found.recovered,
        "reliably-recovered": found.reliably_recovered,
        "recovered-by-chance": found.recovered - found.reliably_recovered,
        "reliably-improved": found.reliably_improved,
        "reliably-worse": found.reliably_deteriorated,
        "no-change": found.no_reliable_change,
    }


def variance_notes(whole: GroupCounts, measures: Measures, place: str) -> Iterator[Finding]:
    """Measures whose first scores don't vary: their effect can't be computed, everything else can."""
    for slug, counts in whole.measures.items():
        if counts.pairs.n > 1 and not counts.pairs.sd(counts.pairs.pre) > 0:
            words = f"All first scores of {measures[slug].short} are the same, so there is no effect size."
            yield Finding("report.no-variance", words, f"{place}, column score")
