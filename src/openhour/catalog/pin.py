"""What every definition carries: its name, its version, the day it holds from, and the digest of its file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Pin:
    """Names one definition for good. Rows store `key` and `digest`, so an old hour is shown with its own definition.

    kind: `procedure`, `instrument`, `note`, `homework`, `consent`, `payer` or `course`.
    effective: the first day on which this version is the one in force.
    digest: SHA-256 of the file's bytes, 64 hexadecimal digits; of a file that extends another, over both files.
    """

    kind: str
    slug: str
    version: str
    effective: date
    digest: str

    @property
    def key(self) -> str:
        """`psychotherapy-60@1.0.0`"""
        return f"{self.slug}@{self.version}"
