"""The cast of every test: a small practice of synthetic people.

Ana is Ben's patient; Carla is another therapist and must see nothing of Ana; Cleo is Carla's patient. Dee is the
front desk, Eli the biller, Olga the owner, Sam supervises Ben.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from openhour.guard.actor import Actor
from openhour.guard.models import User
from openhour.records.models import (
    Coverage,
    Episode,
    Licence,
    Patient,
    Practice,
    Room,
    Site,
    Therapist,
    Visit,
)

PASSWORD = "correct horse battery staple"
NOW = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)  # Monday, 10:00 in Springfield
TODAY = NOW.date()


@dataclass
class Cast:
    """Rows by name; `ben.actor()` and the like give the actors."""

    practice: Practice
    site: Site
    room: Room
    other_room: Room
    ben_user: User
    carla_user: User
    dee_user: User
    eli_user: User
    olga_user: User
    sam_user: User
    ben: Therapist
    carla: Therapist
    ana: Patient
    cleo: Patient
    ana_episode: Episode
    cleo_episode: Episode
    ana_visit: Visit
    cleo_visit: Visit

    def actor(self, name: str) -> Actor:
        """`actor("ben")`"""
        user: User = getattr(self, f"{name}_user")
        return user.actor()


def _user(name: str, *roles: str) -> User:
    return User.objects.create_user(f"{name.split()[0].lower()}@example.test", PASSWORD, name=name, roles=list(roles))


def _therapist(
    user: User, npi: str, taxonomy: str, profession: str, credential: str, supervisor: User | None
) -> Therapist:
    first, last = user.name.split()
    therapist = Therapist.objects.create(
        user=user,
        name=user.name,
        first_name=first,
        last_name=last,
        credential=credential,
        profession=profession,
        npi=npi,
        taxonomy=taxonomy,
        supervisor=supervisor,
    )
    Licence.objects.create(
        therapist=therapist,
        state="IL",
        number=f"IL-{npi[:4]}",
        valid_from=date(2024, 1, 1),
        valid_to=date(2027, 12, 31),
    )
    return therapist


def _patient(number: str, first: str, last: str, born: date) -> Patient:
    return Patient.objects.create(
        number=number,
        first_name=first,
        last_name=last,
        sort_name=f"{last} {first}".casefold(),
        birth_date=born,
        sex="F",
        phone="5555550123",
        address="1 Elm St",
        city="Springfield",
        state="IL",
        zip_code="627010001",
        made_at=NOW - timedelta(days=60),
    )


def build_cast() -> Cast:
    """Write the practice into the test's database."""
    practice = Practice.objects.create(
        name="Elm Street Therapy (synthetic)",
        phone="5555550100",
        tax_id="123456789",
        npi="1234567893",
        taxonomy="261QM0801X",
        submitter_id="OPENHOUR01",
        address="100 Main St",
        city="Springfield",
        state="IL",
        zip_code="627010001",
        crisis_text="If you may hurt yourself, call or text 988 now, or 911 in an emergency.",
    )
    site = Site.objects.create(
        name="Main Street",
        place_of_service="11",
        address="100 Main St",
        city="Springfield",
        state="IL",
        zip_code="627010001",
        zone="America/Chicago",
    )
    room = Room.objects.create(site=site, name="Blue room")
    other_room = Room.objects.create(site=site, name="Garden room")
    sam_user = _user("Sam Stone", "supervisor")
    ben_user, carla_user = _user("Ben Brook", "therapist"), _user("Carla Cole", "therapist")
    ben = _therapist(ben_user, "1876543210", "103TC0700X", "psychologist", "PsyD", sam_user)
    carla = _therapist(carla_user, "1912301953", "1041C0700X", "clinical-social-worker", "LCSW", None)
    ana = _patient("P-1001", "Ana", "Almond", date(1985, 4, 12))
    cleo = _patient("P-1002", "Cleo", "Quince", date(1990, 9, 1))
    episodes = [
        Episode.objects.create(
            patient=patient,
            therapist=therapist,
            procedure="psychotherapy-60",
            procedure_key="psychotherapy-60@1.0.0",
            opened_on=date(2026, 1, 5),
            reason=reason,
            indications=["depression"],
            made_at=NOW - timedelta(days=56),
        )
        for patient, therapist, reason in ((ana, ben, "Low since the autumn."), (cleo, carla, "Worries at night."))
    ]
    for patient in (ana, cleo):
        Coverage.objects.create(
            patient=patient,
            payer="example-payer",
            member_id=f"MEM{patient.number[-4:]}",
            valid_from=date(2026, 1, 1),
            made_at=NOW - timedelta(days=56),
        )
    visits = [
        Visit.objects.create(
            episode=episode,
            patient=episode.patient,
            therapist=episode.therapist,
            site=site,
            room=where,
            procedure="psychotherapy-60",
            starts_at=NOW,
            ends_at=NOW + timedelta(hours=1),
            made_at=NOW - timedelta(days=14),
        )
        for episode, where in zip(episodes, (room, other_room), strict=True)
    ]
    return Cast(
        practice=practice,
        site=site,
        room=room,
        other_room=other_room,
        ben_user=ben_user,
        carla_user=carla_user,
        dee_user=_user("Dee Dale", "front-desk"),
        eli_user=_user("Eli East", "biller"),
        olga_user=_user("Olga Oak", "owner"),
        sam_user=sam_user,
        ben=ben,
        carla=carla,
        ana=ana,
        cleo=cleo,
        ana_episode=episodes[0],
        cleo_episode=episodes[1],
        ana_visit=visits[0],
        cleo_visit=visits[1],
    )
