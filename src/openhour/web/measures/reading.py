"""From what a page of questions sent to answers; shared by entry and by the second pass of a paper."""

from __future__ import annotations

from collections.abc import Mapping

from openhour.care.sitting import help_range
from openhour.catalog import Instrument
from openhour.catalog.instrument import Choice

_NO_CHOICE = -1
"""No instrument has it, so the verb refuses it beside the question."""


def value_of(text: str) -> int | None:
    """The number that was sent; None for nothing, and what every question refuses for what is none."""
    word = text.strip()
    if not word:
        return None
    return int(word) if word.isascii() and word.isdigit() and len(word) < 6 else _NO_CHOICE


def given(instrument: Instrument, sent: Mapping[str, str]) -> dict[str, int | None]:
    """Item id to value, for each question that was sent, empty ones too."""
    return {item.id: value_of(sent[f"q{item.id}"]) for item in instrument.items if f"q{item.id}" in sent}


def changed(instrument: Instrument, sent: Mapping[str, str]) -> dict[str, int | None]:
    """What of `given` differs from what the page showed (`w<item>`)."""
    return {
        item: value for item, value in given(instrument, sent).items() if value != value_of(sent.get(f"w{item}", ""))
    }


def pairs(instrument: Instrument) -> dict[str, list[tuple[int, str]]]:
    """Item id to the choices, each with the digit that chooses it."""
    return {item.id: [(choice.score, _label(choice)) for choice in item.choices] for item in instrument.items}


def _label(choice: Choice) -> str:
    """What chooses the answer, and its words: a digit, or n for what doesn't apply."""
    key = str(choice.score) if choice.applies else "n"
    return key if choice.text in ("", key) else f"{key} {choice.text}"


def help_attrs(instrument: Instrument) -> dict[str, dict[str, int | None]]:
    """By item, what tells the page's script from which answer on the steps are shown, before anything is sent."""
    return {
        item: {"data-help-from": low, "data-help-to": high} for item, (low, high) in help_range(instrument).items()
    }
