"""The rows that `openhour change` writes: one a patient, with the class, or why there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from openhour.measures import CLASSES, Rule

Scores = NDArray[Any]
"""Floats with NaN for no score, or whole numbers without gaps; shape (n,)."""

SCHEMA = pa.schema(
    {
        "id": pa.string(),
        "pre": pa.float64(),
        "post": pa.float64(),
        "change": pa.float64(),
        "index": pa.float64(),
        "category": pa.string(),
        "reason": pa.string(),
    }
)
REASONS = ("", "no first score", "no last score", "no score")
NO_SHARE = "no percentage of a first score of 0 or below"
FEW_SCORES = "fewer than three scores"


def reason_places(pre: Scores, post: Scores) -> NDArray[np.int8]:
    """Index into REASONS, 0 where both scores are there; shape (n,)."""
    return _gaps(pre) + 2 * _gaps(post)


def _gaps(scores: Scores) -> NDArray[np.int8]:
    return np.isnan(scores).astype(np.int8) if scores.dtype.kind == "f" else np.zeros(scores.shape, np.int8)


def judged_rows(ids: Any, pre: Scores, post: Scores, rule: Rule) -> Any:
    """One record batch of SCHEMA for patients with and without both scores; arrays of shape (n,)."""
    pre, post = pre.astype(np.float64), post.astype(np.float64)
    why = reason_places(pre, post)
    first, last = np.where(why == 0, pre, 0.0), np.where(why == 0, post, 0.0)
    index, found = rule.judge(first, last)
    why[(why == 0) & ~rule.judges(first, last)] = len(REASONS)
    return rows_of(ids, pre, post, index, found, why, NO_SHARE)


def rows_of(
    ids: Any, pre: Scores, post: Scores, index: Scores, found: NDArray[np.int8], why: NDArray[np.int8], beyond: str
) -> Any:
    """One record batch of SCHEMA; arrays of shape (n,). why: place in REASONS, or behind them for the reason `beyond`;
    index and class count where it is 0."""
    judged, both = why == 0, ~(np.isnan(pre) | np.isnan(post))
    return pa.record_batch(
        [
            ids,
            pa.array(pre, pa.float64(), mask=np.isnan(pre)),
            pa.array(post, pa.float64(), mask=np.isnan(post)),
            pa.array(post - pre, pa.float64(), mask=~both),
            pa.array(index, pa.float64(), mask=~judged),
            _named(found, CLASSES, judged),
            _named(why, (*REASONS, beyond), None),
        ],
        schema=SCHEMA,
    )


def _named(places: NDArray[np.int8], names: tuple[str, ...], known: NDArray[np.bool_] | None) -> Any:
    """Text of each place, null where it isn't known. By dictionary: a Python string for each row costs ten times as much."""
    gaps = None if known is None else ~known
    indices = pa.array(places, pa.int8(), mask=gaps)
    return pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.string())).cast(pa.string())
