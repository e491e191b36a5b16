"""Read which values of a file no source confirmed, and take them out of what decides anything.

`unconfirmed = ["change.reliable_points", "band", "item.1.loinc"]` names places of the file: a key, a key of a table, or
a row by its id, slug or label with a key of it. Each must be there, so that a mark can't outlive its value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openhour.catalog.reading.table import Table
from openhour.catalog.reading.wording import printable
from openhour.catalog.scoring_terms import Unconfirmed

_NAMES = ("id", "slug", "label", "item")


def read_unconfirmed(table: Table) -> tuple[Unconfirmed, ...]:
    """Every place marked, with what stands there; flags and change rules say `confirmed = false` themselves."""
    marked = []
    for number, place in enumerate(table.texts("unconfirmed", needed=False), start=1):
        found = list(_at(table, place.split(".")))
        if place and not found:
            table.refuse("no-such-place", "Nothing in this file stands at that place.", f"unconfirmed[{number}]")
        marked += [Unconfirmed(place, _shown(value)) for value in found[:1]]
    return tuple(marked)


def _at(table: Table, steps: list[str]) -> Iterator[Any]:
    value = table.raw(steps[0])
    for step in steps[1:]:
        value = _within(value, step)
    if value is not None:
        yield value


def _within(value: Any, step: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, list):
        rows = (row for row in value if isinstance(row, Mapping))
        return next((row for row in rows if step in (row.get(name) for name in _NAMES)), None)
    return None


def _shown(value: Any) -> str:
    return printable(str(value), 120) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
