"""Open a course of treatment: one patient, one therapist, one procedure of the shelf.

The front desk assigns the therapist and may write down what the patient said on the phone; only who treats reads it.
Refuses a therapist who is switched off or of another profession than the procedure names, one who opens for somebody
else, a second open course with the same therapist, and what the shelf doesn't know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from openhour.care.credentials import personnel_gaps
from openhour.catalog import NotOnShelf, Procedure
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import Relation, scope
from openhour.kernel import Finding, Refused
from openhour.kernel.writable import tidied
from openhour.records.models import Episode, Therapist
from openhour.records.queries.practice_day import practice_day
from openhour.records.shelf import shelf
from openhour.workflows.intake.change_patient import patient_to_write
from openhour.workflows.intake.episodes import why_gaps
from openhour.workflows.intake.follow_indications import follow_indications

_TWICE = Finding("episode.open-already", "This patient is in treatment with this therapist already.", "therapist")


@transaction.atomic
def open_episode(
    actor: Actor,
    patient_id: UUID,
    *,
    therapist_id: int | None,
    procedure: str,
    indications: Iterable[str] = (),
    reason: str = "",
    at: datetime,
) -> UUID:
    """procedure, indications: slugs. Raises NotAllowed, or Refused with places `therapist`, `procedure`,
    `indications` and `reason`."""
    patient = patient_to_write(actor, patient_id)
    therapist = Therapist.objects.filter(pk=therapist_id or 0, active=True).first()
    today = practice_day(at)
    kind = _in_force(procedure, today)
    chosen = tuple(dict.fromkeys(indications))
    gaps = [*_therapist_gaps(actor, therapist, kind), *_procedure_gaps(kind)]
    gaps += why_gaps(kind, chosen, reason) if kind else ()
    if gaps or therapist is None or kind is None:
        raise Refused(gaps)
    episode = Episode(
        patient=patient,
        therapist=therapist,
        procedure=kind.pin.slug,
        procedure_key=kind.pin.key,
        opened_on=today,
        reason=tidied(reason, one_line=False),
        indications=list(chosen),
        made_at=at,
    )
    _write(episode)
    trail.write(actor, "episode.opened", episode, at=at, therapist=therapist.pk, procedure=kind.pin.key)
    follow_indications(actor, episode, at=at)
    return episode.pk


def _in_force(slug: str, on: date) -> Procedure | None:
    try:
        return shelf().procedure(slug, on=on)
    except NotOnShelf:
        return None


def _procedure_gaps(kind: Procedure | None) -> Iterator[Finding]:
    if kind is None:
        yield Finding("procedure.unknown", "Choose one of the kinds of treatment on the list.", "procedure")


def _therapist_gaps(actor: Actor, therapist: Therapist | None, kind: Procedure | None) -> Iterator[Finding]:
    if therapist is None:
        yield Finding("therapist.missing", "Choose the therapist.", "therapist")
        return
    if Relation.ANY not in scope(actor, "patient.write") and therapist.user_id != actor.user_id:
        yield Finding("therapist.other", "You open courses of treatment with yourself only.", "therapist")
    if kind is not None:
        for finding in personnel_gaps(kind, therapist.profession, therapist.taxonomy):
            yield Finding(finding.code, finding.sentence, "therapist")


def _write(episode: Episode) -> None:
    try:
        with transaction.atomic():
            episode.save(force_insert=True)
    except IntegrityError as error:
        # PostgreSQL names the constraint; SQLite names the columns of the index that is broken.
        if "one_open_episode_with_a_therapist" in str(error) or "records_episode.patient_id" in str(error):
            raise Refused(_TWICE) from None
        raise
