"""A site's own words for an instrument whose words don't ship, with the licence under which it may show them.

Read from the folder `wordings/` of the site's shelf. A form is offered only while its licence is in force; forms that were
answered keep their words for good, because a chart must stay readable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from openhour.catalog.instrument import Choice, Instrument, Item
from openhour.catalog.licences import SITE_LOADS_WORDS
from openhour.catalog.pin import Pin
from openhour.kernel import Finding


@dataclass(frozen=True, slots=True)
class SiteLicence:
    """The right to show the words. holder: who gave it; kind: what it is called; document: where the paper lies.
    since, until: first and last day, both included; until None = without an end. notice: what must stand with the form."""

    holder: str
    kind: str
    since: date
    until: date | None
    document: str
    notice: str

    def in_force(self, on: date) -> bool:
        """True from its first to its last day."""
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one instrument in one language. instrument: the key they fit (`core-10@1.0.0`).

    items: id to words; choices: id to the words of each answer by its score."""

    pin: Pin
    instrument: str
    language: str
    title: str
    stem: str
    items: Mapping[str, str]
    choices: Mapping[str, Mapping[int, str]]
    licence: SiteLicence

    @property
    def mark(self) -> str:
        """Names these very words, to be kept with what was answered: `en-3f9a61c07b2d`."""
        return f"{self.language}-{self.pin.digest[:12]}"


def why_not_offered(instrument: Instrument, wording: Wording | None, on: date) -> Finding | None:
    """Why the form can't be asked on the day, or None where it can."""
    if instrument.personal:
        return Finding("instrument.personal", f"{instrument.short} needs words chosen with the patient.")
    if instrument.tier not in SITE_LOADS_WORDS:
        return None
    if wording is None:
        sentence = f"No words are loaded for {instrument.short}: its licence doesn't let Openhour bring them."
        return Finding("instrument.no-wording", sentence)
    if wording.instrument != instrument.pin.key:
        return Finding("instrument.other-wording", f"The words loaded are those of {wording.instrument}.")
    return _not_in_force(instrument, wording.licence, on)


def _not_in_force(instrument: Instrument, licence: SiteLicence, on: date) -> Finding | None:
    if licence.in_force(on):
        return None
    if on < licence.since:
        sentence = f"The licence for {instrument.short} begins on {licence.since.isoformat()}."
        return Finding("instrument.licence-not-begun", sentence)
    return Finding("instrument.licence-ended", f"The licence for {instrument.short} ended on {licence.until}.")


def offered(instrument: Instrument, wording: Wording | None, on: date) -> bool:
    """True where the form may be asked on the day: free words, or the site's own under a licence in force."""
    return why_not_offered(instrument, wording, on) is None


def worded(instrument: Instrument, wording: Wording) -> Instrument:
    """The instrument with the site's words in it; its pin and everything that is scored stay as they are."""
    return replace(
        instrument,
        title=wording.title or instrument.title,
        stem=wording.stem,
        items=tuple(_worded_item(item, wording) for item in instrument.items),
        wording=wording.mark,
        notice=wording.licence.notice,
    )


def _worded_item(item: Item, wording: Wording) -> Item:
    words = wording.choices[item.id]
    choices: tuple[Choice, ...] = tuple(replace(choice, text=words[choice.score]) for choice in item.choices)
    return replace(item, text=wording.items[item.id], choices=choices)
