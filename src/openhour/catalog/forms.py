"""Note formats, homework forms, consents and payers: the smaller definitions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from openhour.catalog.pin import Pin
from openhour.kernel import Money


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a note. facts: names of facts shown above it, filled in from the session
    (`times`, `place`, `people`, `scores`, `homework`); prompts: what a therapist may ask themselves."""

    slug: str
    title: str
    required: bool
    facts: tuple[str, ...]
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoteFormat:
    """DAP, SOAP, BIRP, GIRP. carries: which section holds which judgement that a payer asks for
    (pairs such as `("intervention", "data")`, `("response", "assessment")`)."""

    pin: Pin
    title: str
    short: str
    sections: tuple[Section, ...]
    carries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a homework form. kind: `text`, `long-text`, `scale`, `time`, `date`.
    minimum and maximum are for `scale`."""

    slug: str
    title: str
    kind: str
    hint: str
    minimum: int | None
    maximum: int | None


@dataclass(frozen=True, slots=True)
class HomeworkForm:
    """A form a patient fills between sessions. rows: how many entries are offered at first."""

    pin: Pin
    title: str
    purpose: str
    instructions: str
    rows: int
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """A paragraph of a consent. fill: which part of the procedure stands below it
    (`risks`, `benefits`, `alternatives`, `summary`, `time`, `cadence`, `experience`) or empty."""

    slug: str
    title: str
    text: str
    fill: str


@dataclass(frozen=True, slots=True)
class ConsentForm:
    """renew_after_days: days until it must be given again; None = until withdrawn."""

    pin: Pin
    title: str
    procedures: tuple[str, ...]
    renew_after_days: int | None
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Fee:
    """What one unit of a code costs from a day on, until the next entry for the code."""

    code: str
    amount: Money
    since: date
    source: str


@dataclass(frozen=True, slots=True)
class PayerEdit:
    """A check that this payer asks for: a kind registered in `billing.edits`, with its parameters."""

    kind: str
    parameters: tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class Payer:
    """kind: `self-pay` or `insurer`. payer_id: NM109 in loop 2010BB; filing_indicator: SBR09 (`CI`, `MB`, ...);
    receiver_id: the interchange receiver; filing_days: days from the service until a claim is late, None = no limit known."""

    pin: Pin
    title: str
    kind: str
    payer_id: str
    filing_indicator: str
    receiver_id: str
    receiver_name: str
    address: tuple[str, str, str, str]
    filing_days: int | None
    fees: tuple[Fee, ...]
    edits: tuple[PayerEdit, ...]

    def fee_for(self, code: str, *, on: date) -> Money | None:
        """The fee in force on the day, or None where the payer lists none."""
        known = [fee for fee in self.fees if fee.code == code and fee.since <= on]
        return max(known, key=lambda fee: fee.since).amount if known else None
