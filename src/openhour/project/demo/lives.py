"""The lives of the demo's patients: what each does, step after step, through the real verbs.

A life is a generator: it yields the moment of its next step and is resumed when that moment has come. `fill` runs all of
them in the order of time up to now, so the trail, the alerts and the charges come about as in a practice.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from openhour.guard.actor import Actor
from openhour.project.demo import people
from openhour.project.demo.days import starts_of
from openhour.project.demo.people import Person
from openhour.project.demo.setting_up import Stage
from openhour.project.demo.words import WORKS, Work
from openhour.records.models import Episode, Visit
from openhour.workflows.intake.consent_words import digest_of, words_of
from openhour.workflows.intake.coverages import CoverageTyped
from openhour.workflows.intake.demographics import Demographics
from openhour.workflows.intake.open_episode import open_episode
from openhour.workflows.intake.record_coverage import record_coverage
from openhour.workflows.intake.register_patient import register_patient
from openhour.workflows.intake.take_consent import Signature, forms_for, procedure_of, take_consent
from openhour.workflows.plan.add_diagnosis import add_diagnosis
from openhour.workflows.schedule.book_series import book_series
from openhour.workflows.schedule.book_visit import book_visit

Life = Generator[datetime, None, None]
EVALUATION = "diagnostic-evaluation"
_REGISTERED_BEFORE = timedelta(days=6)


@dataclass(slots=True)
class Chart:
    """What is known of a patient while their life is told. visits, starts: in the order of time."""

    stage: Stage
    person: Person
    number: int
    chance: Random
    patient: UUID
    episode: UUID
    visits: tuple[UUID, ...]
    starts: tuple[datetime, ...]
    homework: UUID | None = None
    objectives: list[UUID] = field(default_factory=list)

    @property
    def therapist(self) -> Actor:
        """Who holds their hours."""
        return self.stage.actors[self.person.therapist]

    @property
    def work(self) -> Work:
        """What they work on."""
        return WORKS[self.person.goal]

    def stage_of(self, number: int) -> float:
        """How far along the hour lies: 0 at the first, 1 at the latest that is past."""
        past = sum(start <= self.stage.now for start in self.starts)
        return min(1.0, number / max(1, past - 1))


def register(stage: Stage, person: Person, number: int) -> Generator[datetime, None, Chart]:
    """The first call: a chart, what pays, the course of treatment, an evaluation and a series."""
    walls = starts_of(person, stage.today)
    called = walls[0] - (timedelta(days=4) if person.special == "new" else _REGISTERED_BEFORE)
    at = stage.on(called.date(), 9, 5 + number * 3)
    yield at
    dee = stage.actors["dee"]
    patient = register_patient(dee, _demographics(person, number), at=at)
    if person.payer == "insured":
        typed = CoverageTyped("example-payer", called.date().replace(day=1), member_id=f"DEM{100200 + number}")
        record_coverage(dee, patient, typed, at=at)
    episode = open_episode(
        dee,
        patient,
        therapist_id=stage.therapists[person.therapist],
        procedure="psychotherapy-60",
        indications=person.indications,
        reason=person.reason,
        at=at,
    )
    visits = _book(stage, person, episode, walls, at)
    starts = tuple(Visit.objects.filter(pk__in=visits).order_by("starts_at").values_list("starts_at", flat=True))
    return Chart(stage, person, number, Random(f"demo {person.first}"), patient, episode, visits, starts)  # noqa: S311


def _book(stage: Stage, person: Person, episode: UUID, walls: tuple[datetime, ...], at: datetime) -> tuple[UUID, ...]:
    dee, room = stage.actors["dee"], stage.rooms[people.ROOM_OF[person.therapist]]
    first = book_visit(dee, episode, room_id=room, starts=walls[0], procedure=EVALUATION, at=at)
    rest = book_series(
        dee, episode, room_id=room, starts=walls[1], cadence=person.cadence, count=len(walls) - 1, at=at
    )
    return (first, *rest.visit_ids)


def _demographics(person: Person, number: int) -> Demographics:
    return Demographics(
        first_name=person.first,
        last_name=person.last,
        birth_date=person.born,
        sex=person.sex,
        pronouns=person.pronouns,
        phone=f"55555501{number + 20}",
        email=f"{person.first}.{person.last}@example.test".lower(),
        address=f"{number + 4} Orchard Lane",
        city="Springfield",
        state="IL",
        zip_code="627010001",
        emergency_contact="Synthetic contact, 5555550199",
    )


def consent_and_diagnose(chart: Chart, at: datetime) -> None:
    """At the first visit: the consent is gone through and signed, and the trouble gets a name."""
    person, day = chart.person, at.astimezone(chart.stage.zone).date()
    procedure = procedure_of(Episode.objects.get(pk=chart.episode))
    for form in forms_for(procedure.pin.slug, on=day):
        signed = Signature(
            signer=f"{person.first} {person.last}",
            signer_is="patient",
            method="in-person",
            understood="That it can get harder before it gets easier, and that I can stop whenever I want.",
            signed_on=day,
            digest=digest_of(words_of(form, procedure)),
        )
        take_consent(chart.therapist, chart.episode, form.pin.slug, signed, at=at)
    for code in person.codes:
        add_diagnosis(chart.therapist, chart.episode, code=code, since=day, at=at)
