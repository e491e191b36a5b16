"""A stretch of time with a start and an end, both aware of their zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Interval:
    """Half-open: an interval that ends at 10:00 does not overlap one that begins at 10:00. Both ends are kept in UTC:
    two times of one zone compare by the wall clock, which is wrong in the hour when the clocks change.

    Raises ValueError where either end knows no time zone or the end isn't after the start.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("an interval needs times that know their zone")
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))
        if self.end <= self.start:
            raise ValueError("an interval ends after it starts")

    @property
    def minutes(self) -> int:
        """Whole minutes that have passed, seconds dropped: 52 min 59 s are 52 minutes."""
        return int((self.end - self.start).total_seconds() // 60)

    def overlaps(self, other: Interval) -> bool:
        """True where the two share any moment."""
        return self.start < other.end and other.start < self.end
