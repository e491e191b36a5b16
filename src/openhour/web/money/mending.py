"""Where an edit is mended: the page, if there is one and the biller may use it, else who mends it.

An edit that only names a fault sends a biller searching; this sends them to the field.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from openhour.guard.actor import Actor
from openhour.guard.policy import scope
from openhour.kernel import Finding
from openhour.records.queries.charge import HourLine

_PRICED_ANEW = frozenset(("claim.amount", "claim.payer", "claim.modifier-missing", "claim.payer-unknown"))


@dataclass(frozen=True, slots=True)
class Mend:
    """href: empty where the reader can't do it; words: what the link says, or who does it."""

    words: str
    href: str = ""


def mend_of(actor: Actor, finding: Finding, line: HourLine, *, on_its_page: bool = False) -> Mend:
    """One way to mend it. on_its_page: the reader looks at the very hour."""
    room = finding.place.partition(".")[0].partition(" ")[0]
    hour = "" if on_its_page else _page("charge", line.id)
    if finding.code in _PRICED_ANEW:
        return Mend("Price this hour anew", f"{hour}#again")
    if room == "coverage" or finding.place == "claim.authorization":
        return _coverage(actor, line)
    if room == "patient":
        return _patient(actor, line)
    if room in ("practice", "therapist", "supervisor", "site"):
        page = _page("practice") if scope(actor, "practice.write") else ""
        return Mend("Practice", page) if page else Mend("The owner mends this.")
    if room == "payer":
        return Mend("The owner mends this on the shelf.")
    if room in ("diagnoses", "diagnosis") or finding.code == "claim.pointer-missing":
        return Mend("The therapist decides this.")
    return Mend("See this hour", hour) if hour else Mend("")


def _coverage(actor: Actor, line: HourLine) -> Mend:
    if not scope(actor, "coverage.write"):
        return Mend("The front desk mends this.")
    changes = _page("coverage-change", line.coverage_id) if line.coverage_id else ""
    page = changes or _page("coverage-record", line.patient_id) or _page("patient", line.patient_id)
    return Mend("Coverage", page) if page else Mend("Change the coverage.")


def _patient(actor: Actor, line: HourLine) -> Mend:
    page = _page("patient-change", line.patient_id) if scope(actor, "patient.write") else ""
    return Mend("Patient", page) if page else Mend("The front desk mends this.")


def _page(name: str, row: UUID | None = None) -> str:
    """The address of a page that another chapter brings; empty where it isn't there."""
    try:
        return reverse(name, args=[row] if row else None)
    except NoReverseMatch:
        return ""
