"""The examples that a definition file carries are worked out here and compared, so a file proves itself when it is read.

The reckoning is kept apart from `measures` on purpose: that room computes millions of rows in columns, and the same
examples are run through it in its own tests. Two ways to one number are the check.
"""

from __future__ import annotations

from openhour.catalog.instrument import Example, Instrument
from openhour.catalog.reading.table import Table


def check_examples(table: Table, instrument: Instrument) -> None:
    """Refuse each example whose answers don't give what it says."""
    for place, example in enumerate(instrument.examples, start=1):
        if reason := _difference(instrument, example):
            table.refuse("example-fails", reason, f"example[{place}]")


def _difference(instrument: Instrument, example: Example) -> str:
    items = instrument.scored_items
    if len(example.answers) != len(items):
        return f"The example has {len(example.answers)} answers, but {len(items)} items count."
    for item, answer in zip(items, example.answers, strict=True):
        if answer is not None and answer not in {choice.score for choice in item.choices}:
            return f"Item {item.id} has no answer that counts {answer}."
    total = _total(instrument, example.answers)
    band = None if total is None else _band(instrument, total)
    flags = _flags(instrument, example.answers)
    if (total, band, set(flags)) != (example.total, example.band, set(example.flags)):
        return f"The answers give total {_or_none(total)}, band {_or_none(band)}, flags {', '.join(flags) or 'none'}."
    return ""


def _total(instrument: Instrument, answers: tuple[int | None, ...]) -> int | None:
    """The sum; with allowed gaps, the mean of the answers times the items, halves up."""
    given = [answer for answer in answers if answer is not None]
    if len(answers) - len(given) > instrument.scoring.missing_at_most or not given:
        return None
    return (2 * sum(given) * len(answers) + len(given)) // (2 * len(given))


def _band(instrument: Instrument, total: int) -> str | None:
    reached = [band.label for band in instrument.bands if band.at_least <= total]
    return reached[-1] if reached else None


def _flags(instrument: Instrument, answers: tuple[int | None, ...]) -> tuple[str, ...]:
    by_item = dict(zip((item.id for item in instrument.scored_items), answers, strict=True))
    raised = (flag for flag in instrument.flags if (by_item.get(flag.item) or 0) >= flag.at_least)
    return tuple(dict.fromkeys(flag.raises for flag in raised))


def _or_none(value: int | str | None) -> str:
    return "none" if value is None else str(value)
