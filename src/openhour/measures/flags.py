"""Answers that a person must see at once, such as thoughts of being better off dead.

Called on every single answer as it is saved, long before a form is finished, and again with the whole form:
a flag never waits for a total. A flag whose cut-off no source confirmed raises nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from openhour.catalog.instrument import Flag, Instrument
from openhour.measures.answers import Column, Mask, applies, as_number, columns_of


@dataclass(frozen=True, slots=True)
class FlagRaised:
    """item: the id of the question; value: the answer given; raises: the kind of alert (`suicide-risk`)."""

    item: str
    value: int
    raises: str


def flags_of(instrument: Instrument, item_id: str, value: int | None) -> tuple[FlagRaised, ...]:
    """What one answer raises, when it is saved alone. No answer, or none of the choices, raises nothing.

    Raises KeyError where the instrument has no such item.
    """
    item = instrument.item(item_id)
    cell = np.array([as_number(value)])
    return tuple(
        FlagRaised(item.id, value, flag.raises)
        for flag in _standing(instrument)
        if flag.item == item.id and value is not None and _fires(instrument, flag, cell)[0]
    )


def flags_of_form(instrument: Instrument, answers: Mapping[str, int | None]) -> tuple[FlagRaised, ...]:
    """What all answers given so far raise, in the order of the questions; complete or not."""
    return tuple(
        raised for item in instrument.items for raised in flags_of(instrument, item.id, answers.get(item.id))
    )


def flag_columns(instrument: Instrument, answers: Column | Sequence[Column]) -> tuple[tuple[Flag, Mask], ...]:
    """For each flag whose item is among the columns, where it is raised: masks of shape (n,).

    answers: as in `score_columns`.
    """
    by_item = {item.id: column for item, column in columns_of(instrument, answers)}
    return tuple(
        (flag, _fires(instrument, flag, by_item[flag.item])) for flag in _standing(instrument) if flag.item in by_item
    )


def _standing(instrument: Instrument) -> tuple[Flag, ...]:
    return tuple(flag for flag in instrument.flags if flag.confirmed)


def _fires(instrument: Instrument, flag: Flag, column: Column) -> Mask:
    """NaN compares as False, so a missing answer fires nothing; nor does “not applicable”."""
    fires: Mask = (column >= flag.at_least) & applies(instrument.item(flag.item), column)
    return fires if flag.at_most is None else fires & (column <= flag.at_most)
