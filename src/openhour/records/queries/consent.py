"""Consents: what a course of treatment still asks for, what was signed, and one as it was signed.

A consent is given to one course of treatment, with its therapist and its risks; another one asks anew. So the list of
patients, a patient's page, Today and the signature of a note all count the consents of the treatment alone.

Called by the pages that take, show and print them. Withdrawn and older ones are shown as they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Subquery

from openhour.care.consents import ConsentFacts, consent_gaps
from openhour.catalog import ConsentForm, NotOnShelf
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, may
from openhour.kernel import Finding
from openhour.records.models import Consent
from openhour.records.queries.chart import EpisodeHead, episode_row, head_of
from openhour.records.queries.json_rows import moment_of
from openhour.records.queries.practice_day import first_zone
from openhour.records.queries.scoping import within
from openhour.records.shelf import shelf


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """title: the form's name. withdrawn_on: the first day on which it no longer holds."""

    id: UUID
    key: str
    title: str
    signer: str
    signed_on: date
    withdrawn_on: date | None


@dataclass(frozen=True, slots=True)
class ConsentState:
    """One form that the procedure asks for: the finding that stands in the way, None where it holds."""

    form: ConsentForm
    gap: Finding | None

    @property
    def word(self) -> str:
        """`signed`, `missing`, `withdrawn` or `renew`."""
        if self.gap is None:
            return "signed"
        return {"consent.missing": "missing", "consent.withdrawn": "withdrawn"}.get(self.gap.code, "renew")


@dataclass(frozen=True, slots=True)
class ConsentDetail:
    """A consent as it was signed. intact: its words still give its digest is for the page to say. may_withdraw: the
    actor may, and it isn't withdrawn yet."""

    row: Consent
    patient: str
    number: str
    therapist: str
    zone: ZoneInfo
    today: date
    withdrawn_on: date | None
    may_withdraw: bool


@transaction.atomic
def consents_to_take(
    actor: Actor, episode_id: UUID, *, at: datetime
) -> tuple[EpisodeHead, tuple[ConsentState, ...], tuple[ConsentLine, ...]]:
    """The forms that are asked for with their state, and what was signed so far; one trail entry. Raises NotAllowed."""
    row = episode_row(actor, "consent.take", episode_id, at=at, page="consent")
    head = head_of(actor, row, at=at)
    return (
        head,
        states_of(head.procedure.pin.slug, row.consents_json, head.zone, on=head.today),
        lines_of(row, head.zone),
    )


def states_of(
    procedure: str, found: list[dict[str, Any]] | None, zone: ZoneInfo, *, on: date
) -> tuple[ConsentState, ...]:
    """Every form that the procedure asks for on the day. found: JSON rows of consents."""
    given = [
        ConsentFacts(one["key"], date.fromisoformat(one["signed_on"]), _local(one["withdrawn_at"], zone))
        for one in found or []
    ]
    slugs = dict.fromkeys(form.pin.slug for form in shelf().consents if procedure in form.procedures)
    forms = [form for slug in slugs for form in [_in_force(slug, on)] if form is not None]
    return tuple(ConsentState(form, next(iter(consent_gaps(form, given, on=on)), None)) for form in forms)


def lines_of(row: Any, zone: ZoneInfo) -> tuple[ConsentLine, ...]:
    """Everything that was signed in this course of treatment, the last first."""
    lines = [
        ConsentLine(
            UUID(str(one["id"])),
            one["key"],
            title_of(one["key"]),
            one["signer"],
            date.fromisoformat(one["signed_on"]),
            _local(one["withdrawn_at"], zone),
        )
        for one in row.consents_json or []
        if UUID(str(one["episode"])) == row.pk
    ]
    return tuple(sorted(lines, key=lambda line: line.signed_on, reverse=True))


@transaction.atomic
def consent_of(actor: Actor, consent_id: UUID, *, at: datetime) -> ConsentDetail:
    """One consent, with one trail entry. Raises NotAllowed."""
    rows = within(actor, "consent.read", Consent.objects.filter(pk=consent_id), therapist="episode__therapist")
    row: Any = rows.select_related("patient", "episode__therapist").annotate(zone=Subquery(first_zone())).first()
    if row is None:
        raise NotAllowed("consent.read")
    trail.write(actor, "consent.read", row.episode, at=at, consent=row.pk)
    zone = ZoneInfo(row.zone or "UTC")
    return ConsentDetail(
        row=row,
        patient=row.patient.full_name,
        number=row.patient.number,
        therapist=row.episode.therapist.signature,
        zone=zone,
        today=at.astimezone(zone).date(),
        withdrawn_on=row.withdrawn_at.astimezone(zone).date() if row.withdrawn_at else None,
        may_withdraw=row.withdrawn_at is None and may(actor, "consent.take", row.episode),
    )


def title_of(key: str) -> str:
    """The name of the very form that was signed; its key where the shelf no longer has it."""
    try:
        return shelf().pinned("consent", key).title
    except NotOnShelf:
        return key


def _in_force(slug: str, on: date) -> ConsentForm | None:
    try:
        return shelf().consent(slug, on=on)
    except NotOnShelf:
        return None


def _local(text: str | None, zone: ZoneInfo) -> date | None:
    moment = moment_of(text)
    return moment.astimezone(zone).date() if moment else None
