"""Where in a file something is wrong, gathered while it streams by, in the numbering of a spreadsheet.

The heading is row 1. Only the first twenty places are named, the rest are counted: a wrong column is wrong everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from openhour.kernel import Finding, Refused

NAMED = 20


@dataclass(slots=True)
class Places:
    """Findings of one file. `file` is its name as given. Grows while reading; `settle` raises Refused if any."""

    file: str
    findings: list[Finding] = field(default_factory=list)
    beyond: int = 0

    def add(self, code: str, sentence: str, rows: Iterable[int], column: str = "") -> None:
        """Note one finding for each spreadsheet row."""
        for row in rows:
            if len(self.findings) >= NAMED:
                self.beyond += 1
                continue
            where = f"{self.file}, row {row}" + (f", column {column}" if column else "")
            self.findings.append(Finding(code, sentence, where))

    def settle(self) -> None:
        """Raise Refused where anything was found."""
        if not self.findings:
            return
        more = [Finding("file.more", f"{self.beyond} more places like these.", self.file)] if self.beyond else []
        raise Refused([*self.findings, *more])


def refuse(code: str, sentence: str, place: str = "") -> Refused:
    """One finding, ready to raise."""
    return Refused(Finding(code, sentence, place))
