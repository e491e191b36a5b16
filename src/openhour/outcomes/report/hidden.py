"""Hide small numbers of people so that they can't be computed from what is shown either.

Called by `report` for every table. A number from 1 to one below the smallest that may be shown is hidden; then, as long as
a hidden number follows from the sums that the reader knows, another one is hidden with it (complementary suppression).
What follows is worked out exactly: a hidden number is known where the sums leave it no freedom. A number of nobody is
shown: it says of no person that they are in it. Numbers of what is missing from the records are free: they say of nobody
how they are, and a result without them misleads; they are hidden only where another number would follow from them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Sum:
    """A cell that is the sum of others, as every reader knows."""

    whole: str
    parts: tuple[str, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """All of them, parts first."""
        return (*self.parts, self.whole)


def hidden(
    cells: Mapping[str, int], sums: Sequence[Sum], smallest: int, free: Collection[str] = ()
) -> frozenset[str]:
    """Names of the cells that may not be shown. cells: 0 or more by name; every cell of `sums` is among them.

    smallest: from here on a number of people is shown; 1 or less hides nothing. free: cells that may be small. Raises ValueError where a sum is wrong.
    """
    for one in sums:
        if cells[one.whole] != sum(cells[part] for part in one.parts):
            raise ValueError(f"{one.whole} is not the sum of its parts")
    away = {name for name, n in cells.items() if 0 < n < smallest and name not in free}
    while more := _more(cells, sums, away, smallest):
        away |= more
    return frozenset(away)


def known(cells: Iterable[str], sums: Sequence[Sum], away: Iterable[str]) -> frozenset[str]:
    """The hidden cells that follow from the shown ones and the sums."""
    unknown = sorted(set(away))
    place = {name: number for number, name in enumerate(unknown)}
    rows = [one for one in sums if any(name in place for name in one.cells)]
    matrix = np.zeros((len(rows), len(unknown)))
    for row, one in enumerate(rows):
        for name in one.parts:
            if name in place:
                matrix[row, place[name]] += 1
        if one.whole in place:
            matrix[row, place[one.whole]] -= 1
    if not rows:
        return frozenset()
    _, singular, turned = np.linalg.svd(matrix)
    rank = int((singular > 1e-9).sum())
    free = turned[rank:]  # every direction in which the hidden numbers may move together
    moves = np.abs(free).max(axis=0) > 1e-9 if len(free) else np.zeros(len(unknown), np.bool_)
    return frozenset(name for name in unknown if not moves[place[name]])


def _more(cells: Mapping[str, int], sums: Sequence[Sum], away: set[str], smallest: int) -> set[str]:
    """What must be hidden too, in every sum the smallest cell that helps; nothing where all is safe."""
    found = set[str]()
    for one in sums:
        parts = [name for name in one.parts if name in away]
        if parts and one.whole not in away | found and sum(cells[name] for name in parts) < smallest:
            found |= _smallest(cells, one, away | found)  # a handful of people would be known to share few boxes
    if found:
        return found
    follows = known(cells, sums, away)
    for one in sums:
        if any(name in follows for name in one.cells) and not any(name in found for name in one.cells):
            found |= _smallest(cells, one, away)
    return found


def _smallest(cells: Mapping[str, int], one: Sum, away: set[str]) -> set[str]:
    shown = [name for name in one.cells if name not in away and cells[name] > 0]
    return set(sorted(shown, key=lambda name: (name == one.whole, cells[name], name))[:1])
