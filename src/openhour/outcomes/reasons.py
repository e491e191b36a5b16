"""Why a row has no score, in words, with the names of its columns; written once for each pattern of gaps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openhour.catalog.instrument import Instrument
from openhour.measures import ScoreColumns
from openhour.measures.answers import Asked, columns_of, readings_of


def reasons_of(
    instrument: Instrument, columns: Sequence[str], answers: Sequence[NDArray[np.float64]], scores: ScoreColumns
) -> NDArray[Any]:
    """Why each row has no score, empty where it has one; shape (n,).

    answers: one array of shape (n,) for each column, as given to `score_columns`."""
    reasons = np.full(len(scores.totals), "", object)
    rows = np.flatnonzero(~scores.scored)
    asked: list[Asked] = [(item, column[rows], None) for item, column in columns_of(instrument, answers)]
    scored = [
        (name, reading) for name, (item, reading) in zip(columns, readings_of(asked), strict=True) if item.scored
    ]
    states = np.stack([reading.missing + 2 * reading.outside.astype(np.int8) for _, reading in scored], axis=1)
    patterns, place = np.unique(states, axis=0, return_inverse=True)
    words = np.array([_words([name for name, _ in scored], pattern) for pattern in patterns], object)
    if len(rows):
        reasons[rows] = words[place.reshape(-1)]
    return reasons


def _words(names: Sequence[str], pattern: NDArray[np.int8]) -> str:
    missing = [name for name, state in zip(names, pattern, strict=True) if state == 1]
    outside = [name for name, state in zip(names, pattern, strict=True) if state == 2]
    parts = [("not answered", missing), ("outside the choices", outside)]
    return "; ".join(f"{words}: {', '.join(which)}" for words, which in parts if which)
