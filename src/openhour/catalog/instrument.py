"""An instrument: items, choices, how answers become a score, what a score means, and when it means danger.

Cut-offs stand here and nowhere else, each with its source; `confirmed` False marks a value that no source confirmed:
it is shown as such and drives no alert.
"""

from __future__ import annotations

from dataclasses import dataclass

from openhour.catalog.pin import Pin


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer. score: what it counts; loinc: the LOINC answer code (`LA6568-5`) or empty."""

    score: int
    text: str
    loinc: str


@dataclass(frozen=True, slots=True)
class Item:
    """One question. id: its number as text (`"9"`); scored False for questions outside the total."""

    id: str
    text: str
    loinc: str
    scored: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """Scores from `at_least` up to the next band."""

    at_least: int
    label: str


@dataclass(frozen=True, slots=True)
class Flag:
    """An answer that must be seen by a person at once. raises: the kind of alert (`suicide-risk`)."""

    item: str
    at_least: int
    raises: str
    source: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Scoring:
    """kind: `sum`. missing_at_most: how many scored items may be missing; 0 = incomplete is no score."""

    kind: str
    minimum: int
    maximum: int
    missing_at_most: int
    source: str


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """better: `lower` or `higher`. reliable_points: smallest change in raw points that is reliable.
    caseness_at: score at or beyond which a person counts as a case. None where no source gives one."""

    better: str
    reliable_points: int | None
    caseness_at: int | None
    source: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Example:
    """Answers with the result they must give; worked out when the file is read, and run by one generic test.

    answers: to the scored items, in their order; None = not answered. total None = there must be no score.
    """

    answers: tuple[int | None, ...]
    total: int | None
    band: str | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Instrument:
    """minutes: about how long it takes. why: what the patient is told the answers are for.
    data_columns: column names of known public data sets, item by item (`DPQ010`...), empty where none."""

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

    def item(self, item_id: str) -> Item:
        """The item of that id. Raises KeyError where there is none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    @property
    def scored_items(self) -> tuple[Item, ...]:
        """The items that count in the total, in order."""
        return tuple(item for item in self.items if item.scored)
