"""What changed since last time, question by question: shown in the session room beside the curve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from openhour.catalog.instrument import Instrument, Item
from openhour.measures.answers import applies, as_number


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One question, twice. before, after: None where not answered with one of the choices.
    change: after minus before, as answered. direction, by what the answer counts: `better`, `worse`, `same`, or `unknown` without both answers."""

    item: str
    before: int | None
    after: int | None
    change: int | None
    direction: str


def item_changes(
    instrument: Instrument, before: Mapping[str, int | None], after: Mapping[str, int | None]
) -> tuple[ItemChange, ...]:
    """Every question of the instrument in order, unscored ones too."""
    return tuple(
        _change(instrument, item, _usable(item, before.get(item.id)), _usable(item, after.get(item.id)))
        for item in instrument.items
    )


def _usable(item: Item, answer: int | None) -> int | None:
    return answer if applies(item, np.array([as_number(answer)]))[0] else None


def _change(instrument: Instrument, item: Item, before: int | None, after: int | None) -> ItemChange:
    if before is None or after is None:
        return ItemChange(item.id, before, after, None, "unknown")
    change = after - before
    gained = -change if (instrument.change.better == "lower") is not item.reversed else change
    direction = "better" if gained > 0 else "worse" if gained < 0 else "same"
    return ItemChange(item.id, before, after, change, direction)
