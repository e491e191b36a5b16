"""What an edit is, and what a check may look at besides the claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from openhour.billing.claims import Claim
from openhour.catalog.forms import Payer
from openhour.catalog.procedure import Procedure
from openhour.kernel import Finding

ServiceKey = tuple[str, str, str, date]
"""Patient key, NPI of the therapist, code, day: what no two claims may share."""


@dataclass(frozen=True, slots=True)
class Edit:
    """holds: True keeps the claim out of the batch; False is told to the biller and lets it pass."""

    finding: Finding
    holds: bool = True


class DiagnosisCheck(Protocol):
    """Nothing for a code that could be billed on the day, else why not."""

    def __call__(self, code: str, *, on: date) -> Finding | None: ...


@dataclass(frozen=True, slots=True)
class EditContext:
    """on: the day on which the claim would be sent. procedures: by pin key (`psychotherapy-60@1.0.0`).
    claimed: services that stand in claims already sent and not rejected."""

    on: date
    payer: Payer
    procedures: Mapping[str, Procedure]
    diagnosis_finding: DiagnosisCheck
    claimed: frozenset[ServiceKey] = field(default_factory=frozenset)


Check = Callable[[Claim, EditContext], tuple[Edit, ...]]


def hold(code: str, sentence: str, place: str) -> Edit:
    """An edit that keeps the claim back."""
    return Edit(Finding(code, sentence, place))


def warn(code: str, sentence: str, place: str) -> Edit:
    """An edit that is told and lets the claim pass."""
    return Edit(Finding(code, sentence, place), holds=False)
