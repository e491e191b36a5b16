"""From what a patient's form sent to answers: which questions were answered, and with what.

A field is `q<item>`; `w<item>` is what stood there when the page was made, so that a page which lay open on one phone
never sends old answers over newer ones of another.
"""

from __future__ import annotations

from collections.abc import Mapping

from openhour.catalog import Instrument
from openhour.records.queries.link import Asked

_NO_CHOICE = -1
"""No instrument has it, so the verb refuses it beside the question."""


def value_of(text: str) -> int:
    """The number that was sent; one that every question refuses for what is none."""
    word = text.strip()
    digits = word.removeprefix("-")
    return int(word) if digits.isascii() and digits.isdigit() and len(digits) < 6 else _NO_CHOICE


def given(instrument: Instrument, sent: Mapping[str, str]) -> dict[str, int]:
    """Item id to value, for each question to which something was sent."""
    fields = ((item.id, sent.get(f"q{item.id}", "")) for item in instrument.items)
    return {item: value_of(text) for item, text in fields if text.strip()}


def changed(form: Asked, sent: Mapping[str, str]) -> dict[str, int]:
    """What of `given` differs from what the page showed."""
    return {item: value for item, value in given(form.instrument, sent).items() if value != _shown(form, sent, item)}


def _shown(form: Asked, sent: Mapping[str, str], item: str) -> int | None:
    before = sent.get(f"w{item}")
    if before is None:
        return form.answers.get(item)
    return value_of(before) if before.strip() else None
