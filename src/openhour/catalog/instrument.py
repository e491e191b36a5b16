"""An instrument: items, choices, how answers become a score, what a score means, and when it means danger.

Cut-offs stand here and nowhere else, each with its source; `confirmed` False marks a value that no source confirmed:
it is shown as such and drives no alert.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from openhour.catalog.licences import SITE_LOADS_WORDS
from openhour.catalog.pin import Pin
from openhour.catalog.scoring_terms import (
    BandsFor,
    CountRule,
    Schedule,
    Scoring,
    Subscale,
    Then,
    Triage,
    Unconfirmed,
)

__all__ = ["Band", "ChangeRule", "Choice", "Condition", "Example", "Flag", "Instrument", "Item", "Scoring"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer. score: what is kept and counted; loinc: the LOINC answer code (`LA6568-5`) or empty.
    applies False: “not applicable”, an answer that takes the item out of the total and lowers the possible maximum."""

    score: int
    text: str
    loinc: str
    applies: bool = True


@dataclass(frozen=True, slots=True)
class Condition:
    """An item is asked when any of these items is answered with at least `at_least`, as coded."""

    any_of: tuple[str, ...]
    at_least: int


@dataclass(frozen=True, slots=True)
class Item:
    """One question. id: its number as text (`"9"`); scored False for questions outside the total.

    reversed: it counts highest plus lowest minus the answer. adds False: a gate, which must be answered and adds
    nothing. asked_if: None = always asked; an item that isn't asked counts nothing and isn't missing.
    symptom_at: answered so or above it is a symptom in the instrument's rules; None = in none.
    """

    id: str
    text: str
    loinc: str
    scored: bool
    choices: tuple[Choice, ...]
    reversed: bool = False
    adds: bool = True
    asked_if: Condition | None = None
    symptom_at: int | None = None

    @property
    def values(self) -> tuple[int, ...]:
        """What may be answered and counts, in rising order; without “not applicable”."""
        return tuple(sorted(choice.score for choice in self.choices if choice.applies))

    @property
    def lowest(self) -> int:
        """The fewest points it can give."""
        return self.values[0] if self.adds else 0

    @property
    def highest(self) -> int:
        """The most points it can give."""
        return self.values[-1] if self.adds else 0

    def points(self, answer: int) -> int:
        """What an answer out of `values` counts."""
        if not self.adds:
            return 0
        return self.values[0] + self.values[-1] - answer if self.reversed else answer


@dataclass(frozen=True, slots=True)
class Band:
    """Scores from `at_least` up to the next band."""

    at_least: int
    label: str


@dataclass(frozen=True, slots=True)
class Flag:
    """An answer that must be seen by a person at once. raises: the kind of alert (`suicide-risk`).
    at_least, at_most: of the answer as coded, both included; at_most None = no upper limit."""

    item: str
    at_least: int
    raises: str
    source: str
    confirmed: bool
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """better: `lower` or `higher`. reliable_points: smallest change in raw points that is reliable.
    caseness_at: score at or beyond which a person counts as a case. None where no source gives one.

    Only what a source confirmed stands in these; the rest stands in `unconfirmed`. strict_points: a stricter reliable
    change; important_points: the smallest change that matters to patients; remission_at: at or beyond which (on the
    better side) a person is in remission; response_percent: the fall of the score that counts as response.
    """

    better: str
    reliable_points: int | None
    caseness_at: int | None
    source: str
    confirmed: bool
    strict_points: int | None = None
    important_points: int | None = None
    remission_at: int | None = None
    response_percent: int | None = None
    unconfirmed: tuple[Unconfirmed, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """Answers with the result they must give; worked out when the file is read, and run by one generic test.

    answers: to the scored items, in their order; None = not answered. total None = there must be no total.
    facts: about the person, where bands depend on them. subscales, rules: only those that the example names.
    """

    answers: tuple[int | None, ...]
    total: int | None
    band: str | None
    flags: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    possible: int | None = None
    subscales: tuple[tuple[str, int], ...] = ()
    rules: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Instrument:
    """minutes: about how long it takes. why: what the patient is told the answers are for.
    data_columns: column names of known public data sets, item by item (`DPQ010`...), empty where none.

    tier: `A` (words ship), `B` and `C` (a site loads the words it is licensed for), `own` (words of the file's author).
    respondent: `patient`, `parent` or `clinician`. validated False is told wherever a score of the form is shown.
    wording: which site wording its words come from, empty where they are the definition's own.
    unconfirmed: every value of the file that no source confirmed.
    """

    pin: Pin
    title: str
    short: str
    why: str
    licence: str
    source: str
    loinc_panel: str
    loinc_total: str
    minutes: int
    stem: str
    items: tuple[Item, ...]
    scoring: Scoring
    bands: tuple[Band, ...]
    flags: tuple[Flag, ...]
    change: ChangeRule
    data_columns: tuple[str, ...]
    examples: tuple[Example, ...]
    tier: str = "own"
    respondent: str = "patient"
    validated: bool = True
    subscales: tuple[Subscale, ...] = ()
    rules: tuple[CountRule, ...] = ()
    bands_for: tuple[BandsFor, ...] = ()
    leads_to: Then | None = None
    schedule: Schedule = field(default_factory=Schedule)
    wording: str = ""
    notice: str = ""
    unconfirmed: tuple[Unconfirmed, ...] = ()

    def item(self, item_id: str) -> Item:
        """The item of that id. Raises KeyError where there is none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    @property
    def scored_items(self) -> tuple[Item, ...]:
        """The items that count in the total or must be answered for it (gates), in order."""
        return tuple(item for item in self.items if item.scored)

    @property
    def kind(self) -> str:
        """How it is scored: `sum`, `triage`, ... (see `catalog.kinds.SCORING`)."""
        return self.scoring.kind

    @property
    def personal(self) -> bool:
        """True where the question's words are the patient's own and live with the patient."""
        return self.scoring.kind == "personal"

    @property
    def needs_wording(self) -> bool:
        """True where a site must load words before the form can be asked, and none are loaded."""
        return self.tier in SITE_LOADS_WORDS and not self.wording

    @property
    def band_labels(self) -> tuple[str, ...]:
        """The labels that a band's place counts through: bands, levels of a triage, or the bands of a fact."""
        if isinstance(self.scoring.terms, Triage):
            return tuple(level.label for level in self.scoring.terms.levels)
        if self.bands_for:
            return tuple(label for _, label in self.bands_for[0].bands)
        return tuple(band.label for band in self.bands)

    @property
    def bands_confirmed(self) -> bool:
        """False where no source confirmed the bands or levels: they are shown as unconfirmed."""
        return not any(one.place.split(".")[0] in ("band", "level", "bands_for") for one in self.unconfirmed)

    @property
    def needs_fact(self) -> str:
        """The fact about the person without which there is no band (`sex`); empty where there is none."""
        return self.bands_for[0].fact if self.bands_for else ""
