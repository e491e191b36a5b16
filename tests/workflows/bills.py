"""What the tests of money share: signed hours that wait to be claimed, and what stands in the tables after."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from openhour.records.shelf import shelf
from tests.cast import NOW

if TYPE_CHECKING:
    from openhour.records.models import Charge
    from tests.cast import Cast

SENT = NOW + timedelta(days=1)
"""When the biller sits down: the day after Ana's hour."""
MEMBER = "MEM123456"
PROCEDURES = {"90837": "psychotherapy-60", "90834": "psychotherapy-45", "90832": "psychotherapy-30"}


def insure(cast: Cast) -> None:
    """Member ids as the example payer gives them; the cast's own are too short, which an edit sees."""
    from openhour.records.models import Coverage

    for place, row in enumerate(Coverage.objects.order_by("patient__number")):
        Coverage.objects.filter(pk=row.pk).update(member_id=f"MEM12345{6 + place}")


def hour(
    cast: Cast,
    who: str = "ana",
    *,
    days: int = 0,
    held: int = 55,
    code: str = "90837",
    payer: str = "example-payer",
    at_hour: int = 0,
    **other: object,
) -> Charge:
    """A held and charged hour of `who`, so many days before Ana's visit. Whatever is given besides wins."""
    from openhour.records.models import Charge, Session, Visit

    episode = getattr(cast, f"{who}_episode")
    starts = NOW - timedelta(days=days + 1) + timedelta(hours=at_hour)
    visit = Visit.objects.create(
        episode=episode,
        patient=episode.patient,
        therapist=episode.therapist,
        site=cast.site,
        procedure="psychotherapy-60",
        starts_at=starts,
        ends_at=starts + timedelta(minutes=60),
        state="held",
        made_at=starts,
    )
    session = Session.objects.create(
        visit=visit,
        patient=episode.patient,
        episode=episode,
        therapist=episode.therapist,
        started_at=starts,
        stopped_at=starts + timedelta(minutes=held),
        risk="Words about risk that no biller reads.",
        agenda=[{"id": "1", "text": "Words of an agenda.", "done": False}],
        people="Words about people.",
        made_at=starts,
    )
    day = starts.astimezone(cast.site.tz).date()
    insured = payer != "self-pay"
    usual = {
        "session": session,
        "patient": episode.patient,
        "therapist": episode.therapist,
        "coverage": episode.patient.coverages.get() if insured else None,
        "payer": payer,
        "payer_key": key_of(payer, day),
        "procedure_key": shelf().procedure(PROCEDURES.get(code, "psychotherapy-60"), on=day).pin.key,
        "code": code,
        "minutes": held,
        "served_on": day,
        "place_of_service": "11",
        "diagnoses": ["F32.1"],
        "amount_cents": 18000,
        "made_at": starts + timedelta(hours=1),
    }
    return Charge.objects.create(**(usual | other))


def key_of(payer: str, day: date) -> str:
    return shelf().payer(payer, on=day).pin.key if payer in {one.pin.slug for one in shelf().payers} else payer


def states() -> list[str]:
    """Of all charges, sorted."""
    from openhour.records.models import Charge

    return sorted(Charge.objects.values_list("state", flat=True))


def nothing_written() -> bool:
    """No batch, claim or superbill, no number taken, and every hour waits."""
    from openhour.records.models import Claim, ClaimBatch, ClaimLine, Counter, Superbill

    tables = (ClaimBatch, Claim, ClaimLine, Superbill)
    empty = not any(table.objects.exists() for table in tables)
    return empty and set(states()) <= {"ready"} and not Counter.objects.filter(value__gt=0).exists()
