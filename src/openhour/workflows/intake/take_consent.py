"""Take a consent: the words as they were shown, who signed them, how, and what the patient said of them.

What was signed before stays. Refuses words that are no longer those of the shelf, a signature without a name or from a
day to come, an answer left empty where the patient was asked, and a course of treatment that has ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from openhour.catalog import ConsentForm, NotOnShelf, Procedure
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.kernel.writable import tidied, writable_gaps
from openhour.records.models import Consent, Episode
from openhour.records.queries.practice_day import practice_day
from openhour.records.shelf import shelf
from openhour.workflows.intake.consent_words import digest_of, words_of
from openhour.workflows.intake.episodes import closed_gaps, episode_to_write

SIGNERS = (("patient", "The patient"), ("guardian", "A parent or guardian"))
METHODS = (("in-person", "Here, in person"), ("paper", "On paper, kept in the practice"))
UNDERSTOOD_AT_MOST = 2000

_OTHER_WORDS = Finding(
    "consent.other-words",
    "The text has changed since this page was opened. Go through it together once more; it stands here as it is now.",
)


@dataclass(frozen=True, slots=True)
class Signature:
    """understood: what the patient says it means to them, in their own words. digest: of the words on the page."""

    signer: str
    signer_is: str
    method: str
    understood: str
    signed_on: date | None
    digest: str


@transaction.atomic
def take_consent(actor: Actor, episode_id: UUID, form_slug: str, signed: Signature, *, at: datetime) -> UUID:
    """The id of the consent. Raises NotAllowed, or Refused with the fields of `Signature` and `form` as places."""
    episode = episode_to_write(actor, episode_id, "consent.take")
    today = practice_day(at)
    procedure = procedure_of(episode)
    form = _form(form_slug, procedure, today)
    words = words_of(form, procedure)
    gaps = [] if signed.digest == digest_of(words) else [_OTHER_WORDS]
    gaps += [*closed_gaps(episode), *_signature_gaps(signed, on=today)]
    if gaps or signed.signed_on is None:
        raise Refused(gaps)
    consent = Consent.objects.create(
        patient_id=episode.patient_id,
        episode=episode,
        form_key=form.pin.key,
        form_digest=form.pin.digest,
        procedure_key=procedure.pin.key,
        words=words,
        signer=tidied(signed.signer),
        signer_is=signed.signer_is,
        method=signed.method,
        understood=tidied(signed.understood, one_line=False),
        signed_on=signed.signed_on,
        digest=digest_of(words),
        made_at=at,
    )
    trail.write(actor, "consent.taken", episode, at=at, consent=consent.pk, form=form.pin.key, digest=consent.digest)
    return consent.pk


def procedure_of(episode: Episode) -> Procedure:
    """The very version that the course of treatment was opened with."""
    return shelf().pinned("procedure", episode.procedure_key)  # type: ignore[return-value]


def forms_for(procedure: str, *, on: date) -> tuple[ConsentForm, ...]:
    """The consents that a procedure asks for, in the version of the day."""
    slugs = dict.fromkeys(form.pin.slug for form in shelf().consents if procedure in form.procedures)
    return tuple(form for slug in slugs for form in _in_force(slug, on))


def _in_force(slug: str, on: date) -> Iterator[ConsentForm]:
    try:
        yield shelf().consent(slug, on=on)
    except NotOnShelf:
        return


def _form(slug: str, procedure: Procedure, on: date) -> ConsentForm:
    for form in forms_for(procedure.pin.slug, on=on):
        if form.pin.slug == slug:
            return form
    raise Refused(Finding("consent.unknown-form", "This treatment asks for no such consent.", "form"))


def _signature_gaps(signed: Signature, *, on: date) -> Iterator[Finding]:
    yield from writable_gaps(signed.signer, "signer", 120, asked="Write the name of whoever signs.")
    if signed.signer_is not in dict(SIGNERS):
        yield Finding("signer_is.unknown", "Say who signs.", "signer_is")
    if signed.method not in dict(METHODS):
        yield Finding("method.unknown", "Say how it was signed.", "method")
    asked = "Ask what it means to the patient, and write down the answer."
    yield from writable_gaps(signed.understood, "understood", UNDERSTOOD_AT_MOST, asked=asked, one_line=False)
    if signed.signed_on is None:
        yield Finding("signed_on.missing", "Give the day of the signature.", "signed_on")
    elif signed.signed_on > on:
        yield Finding("signed_on.ahead", "This day is still to come.", "signed_on")
