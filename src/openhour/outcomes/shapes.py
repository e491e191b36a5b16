"""How a file of scores is laid out, and what a person asked to be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from openhour.outcomes.cells import NO_CODES, Codes


@dataclass(frozen=True, slots=True)
class Limits:
    """The lowest and the highest score that can be, in points; both count as possible."""

    lowest: float = -np.inf
    highest: float = np.inf


@dataclass(frozen=True, slots=True)
class TwoColumns:
    """One row a patient."""

    pre: str
    post: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Long:
    """One row a patient and time. first, last: which times are compared; None = each patient's first and last score."""

    id: str
    time: str
    value: str
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeAsked:
    """What a person asked for. codes: that mean no score."""

    path: Path
    shape: TwoColumns | Long
    limits: Limits = Limits()
    codes: Codes = NO_CODES
    delimiter: str = ","
    out: Path | None = None
