"""What an engine gave back, as plain numbers by group: the last place where an engine is known, the first where rules are.

Called by `report`. Groups are labels of the site, indication or quarter that was asked for; a report without a breakdown
has the one group "". Everything is additive, so the whole is the sum of its groups.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openhour.measures.pairs import Pairs
from openhour.outcomes.case_mix import Sums
from openhour.outcomes.report.checks import Fault, faults
from openhour.outcomes.report.columns import ReportAsked
from openhour.outcomes.report.definition import FEATURES, Definition, MeasureTerms, patients
from openhour.outcomes.report.engine import Engine
from openhour.outcomes.report.reading import RowFacts, quarter_label

NHS_PAIR = ("phq-9", "gad-7")


@dataclass(frozen=True, slots=True)
class MeasureCounts:
    """One measure in one group. pairs: of ended episodes; unpaired: ended episodes that were asked and have no pair.
    weeks, improved, patients: until the first reliable improvement (1) or the last score (0); shapes (k,)."""

    pairs: Pairs
    unpaired: int = 0
    weeks: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    improved: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    patients: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    @classmethod
    def together(cls, parts: list[MeasureCounts]) -> MeasureCounts:
        """The sum of several groups."""
        none = np.zeros(0, np.int64)
        return cls(
            Pairs.together([part.pairs for part in parts]),
            sum(part.unpaired for part in parts),
            *(
                np.concatenate([none, *(getattr(part, name) for part in parts)])
                for name in ("weeks", "improved", "patients")
            ),
        )


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """intake: referred, began, ended, planned, unplanned. contacts: (state, measured) -> how many. any_pair: ended
    episodes with a pair of any measure. both: of PHQ-9 and GAD-7, rows of first, last, first, last and patients; (k, 5)."""

    intake: Mapping[str, int]
    contacts: Mapping[tuple[str, int], int]
    any_pair: int
    measures: Mapping[str, MeasureCounts]
    both: NDArray[np.float64]

    @classmethod
    def together(cls, parts: list[GroupCounts]) -> GroupCounts:
        """The sum of several groups."""
        intake, contacts = defaultdict[str, int](int), defaultdict[tuple[str, int], int](int)
        for part in parts:
            for what, n in part.intake.items():
                intake[what] += n
            for key, n in part.contacts.items():
                contacts[key] += n
        slugs = sorted({slug for part in parts for slug in part.measures})
        return cls(
            intake,
            contacts,
            sum(part.any_pair for part in parts),
            {
                slug: MeasureCounts.together([part.measures[slug] for part in parts if slug in part.measures])
                for slug in slugs
            },
            np.concatenate([np.zeros((0, 5)), *(part.both for part in parts)]),
        )


@dataclass(frozen=True, slots=True)
class TherapistCounts:
    """One therapist and measure: closed cases with both scores, how many are reliably better, and sums for the model."""

    therapist: str
    n: int
    reliable: int
    sums: Sums


@dataclass(frozen=True, slots=True)
class Counted:
    """groups: label -> counts, in the order in which they are shown. therapists: by slug, in order of their code."""

    groups: Mapping[str, GroupCounts]
    therapists: Mapping[str, tuple[TherapistCounts, ...]]
    patients: int = 0

    @property
    def whole(self) -> GroupCounts:
        """All groups together."""
        return GroupCounts.together(list(self.groups.values()))


def count(
    engine: Engine, rows: Any, facts: RowFacts, asked: ReportAsked, terms: Mapping[str, MeasureTerms]
) -> Counted:
    """Count rows that were checked. rows: an Ibis table of `reading.SCHEMA`."""
    return _counted(
        Definition(rows, asked, terms, "ended" in facts.columns, engine.keep, engine.named), engine, facts
    )


def count_therapists(
    engine: Engine, rows: Any, facts: RowFacts, asked: ReportAsked, terms: Mapping[str, MeasureTerms]
) -> Mapping[str, tuple[TherapistCounts, ...]]:
    """The sums of therapists alone."""
    definition = Definition(rows, asked, terms, "ended" in facts.columns, engine.keep, engine.named)
    return _therapists(definition, definition.held(), engine)


def wrong_between(engine: Engine, rows: Any) -> Iterator[Fault]:
    """The faults of all rows, whatever is asked for: a doubtful row is doubtful in every report."""
    return faults(engine.named(Definition(rows, ReportAsked(), {}).filtered()), engine.ask)


def _counted(definition: Definition, engine: Engine, facts: RowFacts) -> Counted:
    held, ask = definition.held(), engine.ask
    intake, contacts, any_pair = defaultdict[str, dict[str, int]](dict), defaultdict[str, dict[Any, int]](dict), {}
    for row in ask(definition.intake(held)):
        intake[_text(row["grouping"])][row["what"]] = row["n"]
    for row in ask(definition.attendance(held)):
        contacts[_text(row["grouping"])][row["state"], row["measured"]] = row["n"]
    for row in ask(definition.any_pair(held)):
        any_pair[_text(row["grouping"])] = row["n"]
    measures = _measures(definition, held, engine)
    both = _both(definition, held, engine) if set(NHS_PAIR) <= set(facts.instruments) else {}
    labels = sorted({*intake, *contacts, *any_pair, *measures, *both})
    shown = _labels(labels, definition.asked.by)
    alike = defaultdict[str, list[GroupCounts]](list)  # a site may be called "not known", and is so then
    for label, words in shown.items():
        numbers = intake[label], contacts[label], any_pair.get(label, 0), measures.get(label, {})
        alike[words].append(GroupCounts(*numbers, both.get(label, np.zeros((0, 5)))))
    groups = {words: parts[0] if len(parts) == 1 else GroupCounts.together(parts) for words, parts in alike.items()}
    (people,) = ask(patients(held.rows))
    return Counted(groups, _therapists(definition, held, engine), int(people["n"]))


def _measures(definition: Definition, held: Any, engine: Engine) -> dict[str, dict[str, MeasureCounts]]:
    pairs, unpaired = defaultdict[tuple[str, str], list[Any]](list), defaultdict[tuple[str, str], int](int)
    for row in engine.ask(definition.pairs(held)):
        key = (_text(row["grouping"]), row["instrument"])
        if row["paired"]:
            pairs[key].append((row["first"], row["last"], row["n"]))
        else:
            unpaired[key] += row["n"]
    waits = defaultdict[tuple[str, str], list[Any]](list)
    for row in engine.ask(definition.improvement(held)):
        waits[_text(row["grouping"]), row["instrument"]].append((row["weeks"], row["improved"], row["n"]))
    found = defaultdict[str, dict[str, MeasureCounts]](dict)
    for group, slug in sorted({*pairs, *unpaired, *waits}):
        weeks = np.array(sorted(waits[group, slug]), np.int64).reshape(-1, 3)
        found[group][slug] = MeasureCounts(_pairs(pairs[group, slug]), unpaired[group, slug], *weeks.T)
    return found


def _pairs(rows: list[tuple[float, float, int]]) -> Pairs:
    table = np.array(sorted(rows), np.float64).reshape(-1, 3)
    return Pairs.together([Pairs(table[:, 0], table[:, 1], table[:, 2].astype(np.int64))])


def _both(definition: Definition, held: Any, engine: Engine) -> dict[str, NDArray[np.float64]]:
    rows = defaultdict[str, list[Any]](list)
    for row in engine.ask(definition.together(held, *NHS_PAIR)):
        rows[_text(row["grouping"])].append([row[name] for name in ("a_pre", "a_post", "b_pre", "b_post", "n")])
    return {group: np.array(sorted(found), np.float64) for group, found in rows.items()}


def _therapists(definition: Definition, held: Any, engine: Engine) -> dict[str, tuple[TherapistCounts, ...]]:
    found = defaultdict[str, list[TherapistCounts]](list)
    rows = sorted(engine.ask(definition.by_therapist(held)), key=lambda row: (row["instrument"], row["therapist"]))
    aged = defaultdict[str, bool](lambda: True)
    for row in rows:
        aged[row["instrument"]] &= row["aged"] == row["n"]
    for row in rows:
        names = FEATURES if aged[row["instrument"]] else FEATURES[:-1]
        found[row["instrument"]].append(
            TherapistCounts(row["therapist"], row["n"], int(row["reliable"] or 0), _sums(row, names))
        )
    return {slug: tuple(therapists) for slug, therapists in found.items()}


def _sums(row: Mapping[str, Any], names: tuple[str, ...]) -> Sums:
    places = {name: place for place, name in enumerate(names)}
    xx = np.zeros((len(names), len(names)))
    for one in names:
        for two in names[places[one] :]:
            xx[places[one], places[two]] = xx[places[two], places[one]] = row[f"{one}__{two}"]
    return Sums(int(row["n"]), xx, np.array([row[f"y_{name}"] for name in names]), float(row["yy"]))


def _labels(found: list[str], by: str) -> dict[str, str]:
    """Quarters in words; an empty site or indication is "not known", and stands last."""
    if by == "period":
        return {label: quarter_label(int(label)) if label else "not known" for label in found}
    if not by:
        return dict.fromkeys(found, "")
    return {label: label or "not known" for label in sorted(found, key=lambda one: (not one, one.casefold(), one))}


def _text(value: Any) -> str:
    return "" if value is None else str(value)
