"""A code in a named system, with our own words for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Coded:
    """system: `icd-10-cm`, `cpt`, `loinc`, `pos`; value: the code as written; title: what a person reads."""

    system: str
    value: str
    title: str = ""
