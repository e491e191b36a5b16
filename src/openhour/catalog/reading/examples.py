"""The examples that a definition file carries are worked out here and compared, so a file proves itself when it is read.

The reckoning is kept apart from `measures` on purpose (`reading.reckoning` says why); the same examples are run through
`measures` in its own tests.
"""

from __future__ import annotations

from openhour.catalog.instrument import Example, Instrument
from openhour.catalog.reading import reckoning
from openhour.catalog.reading.table import Table


def check_examples(table: Table, instrument: Instrument) -> None:
    """Refuse each example whose answers don't give what it says. Only where all else in the file is good: what is
    broken can't be worked out."""
    if not table.good:
        return
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
    answers = dict(zip((item.id for item in items), example.answers, strict=True))
    return _parts_differ(instrument, example, answers) or _result_differs(instrument, example, answers)


def _result_differs(instrument: Instrument, example: Example, answers: reckoning.Answers) -> str:
    total = reckoning.total(instrument, answers)
    band = reckoning.band(instrument, answers, dict(example.facts))
    flags = reckoning.flags(instrument, answers)
    if (total, band, set(flags)) != (example.total, example.band, set(example.flags)):
        return f"The answers give total {_or_none(total)}, band {_or_none(band)}, flags {', '.join(flags) or 'none'}."
    possible = reckoning.possible(instrument, answers)
    if example.possible is not None and possible != example.possible:
        return f"The highest total that these answers leave possible is {_or_none(possible)}."
    return ""


def _parts_differ(instrument: Instrument, example: Example, answers: reckoning.Answers) -> str:
    parts = {one.slug: reckoning.subscale(instrument, one, answers) for one in instrument.subscales}
    for slug, points in example.subscales:
        if parts.get(slug) != points:
            return f"The answers give {_or_none(parts.get(slug))} for the subscale {slug}."
    rules = {one.slug: reckoning.rule(instrument, one, answers) for one in instrument.rules}
    for slug, holds in example.rules:
        if rules.get(slug) is not holds:
            return f"The rule {slug} comes out as {_or_none(rules.get(slug))}."
    return ""


def _or_none(value: int | str | bool | None) -> str:
    return "none" if value is None else str(value)
