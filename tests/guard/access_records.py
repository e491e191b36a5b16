"""Rows for the access tests, one maker a kind: what the id in an address names. Made by the models directly, so that a
verb that refuses too much can't hide a view that shows too much.

`make(kind, cast, who)` gives the id for `who` = "ana" (Ben's patient) or "cleo" (Carla's), or a mapping where an address
needs more than an id. MAKERS lists the kinds that a row of the access table may name.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from openhour.records.models import (
    Alert,
    Assignment,
    Charge,
    Claim,
    ClaimBatch,
    ClaimLine,
    Consent,
    Coverage,
    Diagnosis,
    Episode,
    Goal,
    Note,
    Objective,
    Patient,
    PatientLink,
    Plan,
    Response,
    Session,
    Signal,
    Superbill,
    Therapist,
    Visit,
)
from openhour.records.queries.note_content import canonical, content_of, digest_of
from openhour.records.queries.session import hour_for_signing
from openhour.records.shelf import shelf
from tests.cast import NOW, TODAY, Cast

DIGEST = "0" * 64
# Kinds that are in the chart of no one patient.
NOBODYS = frozenset({"batch"})


def patient(cast: Cast, who: str) -> Patient:
    return getattr(cast, who)


def episode(cast: Cast, who: str) -> Episode:
    return getattr(cast, f"{who}_episode")


def visit(cast: Cast, who: str) -> Visit:
    return getattr(cast, f"{who}_visit")


def therapist(cast: Cast, who: str) -> Therapist:
    return episode(cast, who).therapist


def session(cast: Cast, who: str) -> Session:
    """Held for 55 minutes."""
    held, _ = Session.objects.get_or_create(
        visit=visit(cast, who),
        defaults={
            "patient": patient(cast, who),
            "episode": episode(cast, who),
            "therapist": therapist(cast, who),
            "started_at": NOW,
            "stopped_at": NOW + timedelta(minutes=55),
            "made_at": NOW,
        },
    )
    return held


def note(cast: Cast, who: str) -> Note:
    """A draft, in DAP."""
    layout = shelf().note("dap", on=TODAY)
    draft, _ = Note.objects.get_or_create(
        session=session(cast, who),
        defaults={
            "patient": patient(cast, who),
            "author": therapist(cast, who),
            "layout": layout.pin.slug,
            "layout_key": layout.pin.key,
            "sections": {"data": {"text": f"{patient(cast, who).first_name} spoke of sleep.", "revision": 1}},
            "saved_at": NOW,
            "made_at": NOW,
        },
    )
    return draft


def signed_note(cast: Cast, who: str) -> Note:
    """Signed an hour later, its content frozen as signing freezes it; whether it may be signed is not asked."""
    found = note(cast, who)
    if found.state == "signed":
        return found
    content = content_of(hour_for_signing(visit(cast, who).pk))
    signed_at = NOW + timedelta(hours=1)
    signature = {
        "name": therapist(cast, who).signature,
        "credential": therapist(cast, who).credential,
        "npi": therapist(cast, who).npi,
        "licence_state": "IL",
        "licence_number": "IL-1",
        "signed_at": signed_at.isoformat(timespec="seconds"),
    }
    found.content = canonical({**content, "note": str(found.pk), "signature": signature})
    found.digest = digest_of(found.content)
    found.signature, found.signed_at, found.state = therapist(cast, who).signature, signed_at, "signed"
    found.save()
    return found


def response(cast: Cast, who: str) -> Response:
    """PHQ-9 in the middle, item 9 answered with 1."""
    phq = shelf().instrument("phq-9", on=TODAY)
    asked, _ = Response.objects.get_or_create(
        patient=patient(cast, who),
        instrument=phq.pin.slug,
        due_on=TODAY,
        defaults={
            "episode": episode(cast, who),
            "visit": visit(cast, who),
            "instrument_key": phq.pin.key,
            "instrument_digest": phq.pin.digest,
            "answers": {phq.items[0].id: 1, phq.items[8].id: 1},
            "started_at": NOW,
            "saved_at": NOW,
            "made_at": NOW - timedelta(days=1),
        },
    )
    return asked


def alert(cast: Cast, who: str) -> Alert:
    asked = response(cast, who)
    raised, _ = Alert.objects.get_or_create(
        response=asked,
        item="9",
        kind="suicide-risk",
        defaults={
            "patient": asked.patient,
            "episode": asked.episode,
            "owner": therapist(cast, who),
            "value": 1,
            "due_at": NOW + timedelta(hours=24),
            "made_at": NOW,
        },
    )
    return raised


def signal(cast: Cast, who: str) -> Signal:
    """Waits for the therapist since today."""
    raised, _ = Signal.objects.get_or_create(
        episode=episode(cast, who),
        instrument="phq-9",
        kind="not-on-track",
        defaults={
            "patient": patient(cast, who),
            "owner": therapist(cast, who),
            "instrument_key": shelf().instrument("phq-9", on=TODAY).pin.key,
            "seen_at": NOW,
            "sentence": "PHQ-9 is worse than expected (synthetic).",
            "due_at": NOW + timedelta(days=7),
            "made_at": NOW,
        },
    )
    return raised


def assignment(cast: Cast, who: str) -> Assignment:
    form = shelf().homework_form("thought-record", on=TODAY)
    given, _ = Assignment.objects.get_or_create(
        session=session(cast, who),
        form=form.pin.slug,
        defaults={
            "patient": patient(cast, who),
            "episode": episode(cast, who),
            "form_key": form.pin.key,
            "title": form.title,
            "made_at": NOW,
        },
    )
    return given


def plan(cast: Cast, who: str) -> Plan:
    """Active, with one goal and one objective."""
    agreed, made = Plan.objects.get_or_create(
        episode=episode(cast, who), version=1, defaults={"state": "active", "agreed_on": TODAY, "made_at": NOW}
    )
    if made:
        goal = Goal.objects.create(plan=agreed, rank=1, text="Synthetic goal.", made_at=NOW)
        Objective.objects.create(goal=goal, rank=1, thread=uuid.uuid4(), text="Synthetic step.", made_at=NOW)
    return agreed


def objective(cast: Cast, who: str) -> Objective:
    return Objective.objects.get(goal__plan=plan(cast, who))


def objective_thread(cast: Cast, who: str) -> uuid.UUID:
    """What stays the same of an objective through the versions of a plan; levels and ratings hang on it."""
    return objective(cast, who).thread


def diagnosis(cast: Cast, who: str) -> Diagnosis:
    found, _ = Diagnosis.objects.get_or_create(
        episode=episode(cast, who),
        code="F32.1",
        defaults={
            "title": "Synthetic title",
            "rank": 1,
            "since": TODAY,
            "by": therapist(cast, who),
            "made_at": NOW,
        },
    )
    return found


def coverage(cast: Cast, who: str) -> Coverage:
    return Coverage.objects.get(patient=patient(cast, who))


def consent(cast: Cast, who: str) -> Consent:
    form = shelf().consents[0]
    signed, _ = Consent.objects.get_or_create(
        episode=episode(cast, who),
        defaults={
            "patient": patient(cast, who),
            "form_key": form.pin.key,
            "form_digest": form.pin.digest,
            "procedure_key": episode(cast, who).procedure_key,
            "words": "Synthetic words of a consent.",
            "signer": "Synthetic Signer",
            "signed_on": TODAY,
            "digest": DIGEST,
            "made_at": NOW,
        },
    )
    return signed


def link(cast: Cast, who: str) -> PatientLink:
    found, _ = PatientLink.objects.get_or_create(
        visit=visit(cast, who),
        defaults={"patient": patient(cast, who), "expires_at": NOW + timedelta(days=3650), "made_at": NOW},
    )
    return found


def charge(cast: Cast, who: str) -> Charge:
    """Ready to be claimed: the note is signed."""
    signed_note(cast, who)
    made, _ = Charge.objects.get_or_create(
        session=session(cast, who),
        defaults={
            "patient": patient(cast, who),
            "therapist": therapist(cast, who),
            "coverage": coverage(cast, who),
            "payer": "example-payer",
            "payer_key": shelf().payer("example-payer", on=TODAY).pin.key,
            "procedure_key": episode(cast, who).procedure_key,
            "code": "90837",
            "minutes": 55,
            "served_on": TODAY,
            "place_of_service": "11",
            "diagnoses": [diagnosis(cast, who).code],
            "amount_cents": 18000,
            "made_at": NOW,
        },
    )
    return made


def batch(cast: Cast, who: str) -> ClaimBatch:
    """One file that holds the claims of both patients."""
    written, _ = ClaimBatch.objects.get_or_create(
        control=1,
        defaults={
            "payer": "example-payer",
            "file_name": "000000001.837",
            "content": "ISA*synthetic~",
            "digest": hashlib.sha256(b"ISA*synthetic~").hexdigest(),
            "claim_count": 1,
            "total_cents": 18000,
            "made_at": NOW,
        },
    )
    return written


def claim(cast: Cast, who: str) -> Claim:
    written, made = Claim.objects.get_or_create(
        number=f"C-{patient(cast, who).number}",
        defaults={
            "batch": batch(cast, who),
            "patient": patient(cast, who),
            "coverage": coverage(cast, who),
            "total_cents": 18000,
            "made_at": NOW,
        },
    )
    if made:
        ClaimLine.objects.create(claim=written, charge=charge(cast, who), made_at=NOW)
        Charge.objects.filter(pk=charge(cast, who).pk).update(state="claimed")
    return written


def superbill(cast: Cast, who: str) -> Superbill:
    made, new = Superbill.objects.get_or_create(
        number=f"S-{patient(cast, who).number}",
        defaults={
            "patient": patient(cast, who),
            "total_cents": 18000,
            "file": b"%PDF-1.7 synthetic",
            "digest": hashlib.sha256(b"%PDF-1.7 synthetic").hexdigest(),
            "made_at": NOW,
        },
    )
    if new:
        made.charges.add(charge(cast, who))
    return made


MAKERS: dict[str, Callable[[Cast, str], Any]] = {
    maker.__name__.replace("_", "-"): maker
    for maker in (
        patient,
        episode,
        visit,
        session,
        note,
        signed_note,
        response,
        alert,
        signal,
        assignment,
        plan,
        objective,
        objective_thread,
        diagnosis,
        coverage,
        consent,
        link,
        charge,
        batch,
        claim,
        superbill,
    )
}


def make(kind: str, cast: Cast, who: str) -> Any:
    """The id of `who`'s row of that kind, made where it isn't there yet."""
    made = MAKERS[kind](cast, who)
    return made.pk if hasattr(made, "pk") else made


def missing(kind: str, cast: Cast) -> Any:
    """An id that no row has, of the same type."""
    return uuid.uuid4() if isinstance(make(kind, cast, "ana"), uuid.UUID) else 987654321
