"""How answers become a score: the kinds that a definition may name, each with its own typed terms.

Read by `measures`, which holds one function for each kind, and by the reader of the shelf, which refuses the others.
A new instrument is a data file; a new kind is a dataclass here, a line in `catalog.kinds` and a function in `measures`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A value that no source confirmed: shown as such, and the cause of no alert, signal or judgement.

    place: where it stands in the file (`change.reliable_points`); value: as written there, empty where it is many.
    """

    place: str
    value: str


@dataclass(frozen=True, slots=True)
class When:
    """An answer: to `item`, as coded, at least `at_least`."""

    item: str
    at_least: int


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a triage, reached when any of the answers is given; the lowest level names none.

    positive: whether a person on this level counts as a case.
    """

    label: str
    any_of: tuple[When, ...]
    positive: bool


@dataclass(frozen=True, slots=True)
class Sum:
    """The points of the items, added."""


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of the items answered, times `times` (1: the mean itself), halves rounded up to a whole number."""

    times: int


@dataclass(frozen=True, slots=True)
class Weighted:
    """The points of each scored item times its weight, added. weights: in the order of the scored items."""

    weights: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Subscales:
    """No total: each subscale is the sum of its items."""


@dataclass(frozen=True, slots=True)
class HighestOf:
    """No total: each domain (a subscale) is the highest of its items."""


@dataclass(frozen=True, slots=True)
class Triage:
    """No total: a level, in rising order; the highest one reached counts."""

    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Personal:
    """One rating whose wording is the patient's own and lives with the patient; the rating is the total."""


ScoringTerms: TypeAlias = Sum | Mean | Weighted | Subscales | HighestOf | Triage | Personal

WITHOUT_TOTAL = ("subscales", "highest-of", "triage")
"""Kinds that give no total by design; a complete form of theirs is no failure."""


@dataclass(frozen=True, slots=True)
class Scoring:
    """kind: a name in `catalog.kinds.SCORING`; terms: its own terms.

    minimum, maximum: the range of the total with every item applicable; 0 and 0 where the kind gives none.
    missing_at_most: how many scored items may be missing; 0 = incomplete is no score.
    gaps: what stands for the missing ones: `mean` (of the answered items, halves rounded up) or `zero`.
    """

    kind: str
    minimum: int
    maximum: int
    missing_at_most: int
    source: str
    gaps: str = "mean"
    terms: ScoringTerms = Sum()

    @property
    def gives_total(self) -> bool:
        """False where subscales or a level are all there is."""
        return self.kind not in WITHOUT_TOTAL


@dataclass(frozen=True, slots=True)
class Subscale:
    """A part of the form with a score of its own. items: their ids. kind: `sum` or `highest`.
    caseness_at: at or beyond which the part counts as a case, on the side that is worse; None where no source gives one.
    confirmed False: something about it, such as which items belong to it, no source confirmed."""

    slug: str
    title: str
    items: tuple[str, ...]
    kind: str
    caseness_at: int | None
    source: str
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Count:
    """How many of the items must be symptoms (answered at their `symptom_at` or above). at_most None = no upper limit."""

    items: tuple[str, ...]
    at_least: int
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class CountRule:
    """Something that holds when all its counts do: a provisional diagnosis by clusters, an algorithm of symptoms.
    confirmed False: shown as such, and never more than a hint."""

    slug: str
    title: str
    counts: tuple[Count, ...]
    source: str
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class BandsFor:
    """Bands and case cut-off that hold where a fact about the person has this value (`sex` = `female`)."""

    fact: str
    value: str
    bands: tuple[tuple[int, str], ...]
    caseness_at: int
    source: str


@dataclass(frozen=True, slots=True)
class Then:
    """The longer form that a short one leads to, when its total reaches `at_least` (`at_most` where higher is better)."""

    instrument: str
    at_least: int
    source: str
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Schedule:
    """Hints for how often a form makes sense. every_days, every_sessions: not sooner; from_session: not before."""

    every_days: int | None = None
    every_sessions: int | None = None
    from_session: int | None = None
