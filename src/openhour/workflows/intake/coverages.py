"""What pays for a patient, as it was typed, and what keeps it from being written.

Used by `record_coverage` and `change_coverage`. One coverage at a time: two that hold on one day would leave it open
which of them a claim goes to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import Q

from openhour.care.wording import day_in_words
from openhour.catalog import NotOnShelf
from openhour.kernel import Finding
from openhour.kernel.writable import mark_of, tidied, writable_gaps
from openhour.records.models import Coverage
from openhour.records.shelf import shelf
from openhour.workflows.intake.demographics import SEXES

RELATIONS = (("self", "The patient"), ("spouse", "Spouse"), ("child", "Parent"), ("other", "Somebody else"))
"""Whose insurance it is; stored as what the patient is to that person."""

_AT_MOST = {
    "member_id": 40,
    "group_number": 30,
    "authorization": 30,
    "subscriber_first_name": 35,
    "subscriber_last_name": 60,
}
_DATES = ("valid_from", "valid_to", "subscriber_birth_date")
_OF_SUBSCRIBER = ("subscriber_first_name", "subscriber_last_name", "subscriber_sex")


@dataclass(frozen=True, slots=True)
class CoverageTyped:
    """payer: slug on the shelf; relation: a slug of RELATIONS; valid_to: the last day, None while it holds.
    misread: names of dates that were given and could not be read."""

    payer: str
    valid_from: date | None
    valid_to: date | None = None
    member_id: str = ""
    group_number: str = ""
    authorization: str = ""
    relation: str = "self"
    subscriber_first_name: str = ""
    subscriber_last_name: str = ""
    subscriber_birth_date: date | None = None
    subscriber_sex: str = ""
    misread: tuple[str, ...] = ()


COLUMNS = tuple(name for name in CoverageTyped.__slots__ if name != "misread")


def tidy(typed: CoverageTyped) -> CoverageTyped:
    """Without spaces around anything. Where the patient is the subscriber, the subscriber's own fields are empty."""
    lines = {name: tidied(getattr(typed, name)) for name in (*_AT_MOST, "payer", "relation", "subscriber_sex")}
    if lines["relation"] == "self":
        lines |= dict.fromkeys(_OF_SUBSCRIBER, "")
        return replace(typed, **lines, subscriber_birth_date=None)  # type: ignore[arg-type]
    return replace(typed, **lines)  # type: ignore[arg-type]


def coverage_gaps(typed: CoverageTyped, patient_id: UUID, *, on: date, but: UUID | None = None) -> Iterator[Finding]:
    """Everything at once. on: today; but: the coverage that is being changed, which doesn't stand in its own way."""
    insured = _insured(typed.payer, typed.valid_from or on)
    if insured is None:
        yield Finding("payer.unknown", "Choose who pays from the list.", "payer")
    for name in typed.misread:
        yield Finding(f"{name}.unreadable", "Give the day as a date, such as 2026-01-31.", name)
    for name, at_most in _AT_MOST.items():
        yield from writable_gaps(getattr(typed, name), name, at_most)
    if insured and not typed.member_id:
        yield Finding("member_id.missing", "Give the member number, as on the card.", "member_id")
    yield from _subscriber_gaps(typed)
    yield from _span_gaps(typed, patient_id, but)


def _insured(payer: str, on: date) -> bool | None:
    try:
        return shelf().payer(payer, on=on).kind != "self-pay"
    except NotOnShelf:
        return None


def _subscriber_gaps(typed: CoverageTyped) -> Iterator[Finding]:
    if typed.relation not in dict(RELATIONS):
        yield Finding("relation.unknown", "Say whose insurance it is.", "relation")
    if typed.relation == "self":
        return
    if not typed.subscriber_first_name:
        yield Finding("subscriber.first-name", "Give the first name of the insured person.", "subscriber_first_name")
    if not typed.subscriber_last_name:
        yield Finding("subscriber.last-name", "Give the family name of the insured person.", "subscriber_last_name")
    if typed.subscriber_birth_date is None and "subscriber_birth_date" not in typed.misread:
        yield Finding("subscriber.birth-date", "Give the insured person’s birth date.", "subscriber_birth_date")
    if typed.subscriber_sex not in dict(SEXES):
        yield Finding("subscriber.sex", "Choose what a claim shall say.", "subscriber_sex")


def _span_gaps(typed: CoverageTyped, patient_id: UUID, but: UUID | None) -> Iterator[Finding]:
    if typed.valid_from is None:
        if "valid_from" not in typed.misread:
            yield Finding("valid_from.missing", "Give the first day.", "valid_from")
        return
    if typed.valid_to is not None and typed.valid_to < typed.valid_from:
        yield Finding("valid_to.early", "The last day lies before the first.", "valid_to")
        return
    other = _overlapping(typed, patient_id, but)
    if other is not None:
        until = f" to {day_in_words(other.valid_to)}" if other.valid_to else " on, without an end"
        sentence = f"Another coverage holds from {day_in_words(other.valid_from)}{until}. End that one first."
        yield Finding("coverage.overlap", sentence, "valid_from")


def _overlapping(typed: CoverageTyped, patient_id: UUID, but: UUID | None) -> Coverage | None:
    rows = Coverage.objects.filter(patient_id=patient_id)
    if but is not None:
        rows = rows.exclude(pk=but)
    rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=typed.valid_from))
    if typed.valid_to is not None:
        rows = rows.filter(valid_from__lte=typed.valid_to)
    return rows.order_by("valid_from").first()


def coverage_mark(row: object) -> str:
    """What a page sends back to say which words it showed. row: whatever has the columns of a coverage."""
    return mark_of(*(getattr(row, name) for name in COLUMNS))
