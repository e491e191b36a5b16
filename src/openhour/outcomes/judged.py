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


def reason_places(pre: Scores, post: Scores) -> NDArray[np.int8]:
    """Index into REASONS, 0 where both scores are there; shape (n,)."""
    return _gaps(pre) + 2 * _gaps(post)


def _gaps(scores: Scores) -> NDArray[np.int8]:
    return np.isnan(scores).astype(np.int8) if scores.dtype.kind == "f" else np.zeros(scores.shape, np.int8)


def judged_rows(ids: Any, pre: Scores, post: Scores, rule: Rule) -> Any:
    """One record batch of SCHEMA for patients with and without both scores; arrays of shape (n,)."""
    pre, post = pre.astype(np.float64), post.astype(np.float64)
    why = reason_places(pre, post)
    both = why == 0
    index, found = rule.judge(np.where(both, pre, 0.0), np.where(both, post, 0.0))
    return pa.record_batch(
        [
            ids,
            pa.array(pre, pa.float64(), mask=np.isnan(pre)),
            pa.array(post, pa.float64(), mask=np.isnan(post)),
            pa.array(post - pre, pa.float64(), mask=~both),
            pa.array(index, pa.float64(), mask=~both),
            pa.array(np.array(CLASSES, object)[found], pa.string(), mask=~both),
            pa.array(np.array(REASONS, object)[why], pa.string()),
        ],
        schema=SCHEMA,
    )
