"""What is wrong or missing, as a value: a stable code, a sentence, and a place.

An expected "no" is a `Finding`; a verb gathers all of them and raises `Refused` once,
and the doors turn that into a page, a message beside a field, or an exit code.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that stands in the way.

    code: stable, dotted, for machines and tests (`note.response-missing`).
    sentence: what a clinician reads; never holds a patient's words.
    place: where it is mended: a field name, a file's key, `row 7, column DPQ010`; empty where there is none.
    """

    code: str
    sentence: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}" if self.place else self.sentence


class Refused(Exception):
    """A verb said no, with every reason at once. `findings` is never empty."""

    def __init__(self, findings: Iterable[Finding] | Finding) -> None:
        self.findings: tuple[Finding, ...] = (findings,) if isinstance(findings, Finding) else tuple(findings)
        if not self.findings:
            raise ValueError("Refused needs at least one finding")
        super().__init__("; ".join(finding.code for finding in self.findings))
