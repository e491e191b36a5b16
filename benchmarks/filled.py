"""A practice of ten thousand patients with a year of weekly visits, written in bulk: what the pages are measured on.

Twenty-five therapists of whom Ben has 15 patients, all with a visit today; everything of his patients is there as in life
(answers, plan, signed notes, homework), of the others the rows that make tables long.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta

from openhour.care.batteries import forms_of
from openhour.measures import score
from openhour.records.models import (
    Assignment,
    Battery,
    Charge,
    Consent,
    Coverage,
    Diagnosis,
    Episode,
    Goal,
    Note,
    Objective,
    Patient,
    Plan,
    Response,
    Session,
    Therapist,
    Topic,
    Visit,
)
from openhour.records.shelf import shelf

OF_BEN = 15
_SLOTS = 16 * 4


@dataclass(frozen=True, slots=True)
class Filled:
    """visit: one of today's of Ben with a year behind it; short_visit: one with fewer rows behind it."""

    patients: int
    visit: uuid.UUID
    short_visit: uuid.UUID
    today: date


def fill(patients: int, weeks: int) -> Filled:
    """Seconds per thousand patients, not minutes: rows are written in bulk, past the verbs."""
    from django.db import transaction
    from django.utils import timezone

    from openhour.project.demo.setting_up import set_up

    with transaction.atomic():
        stage = set_up(timezone.now())
        site_day = stage.today
        ben = Therapist.objects.get(pk=stage.therapists["ben"])
        others = _therapists(max(1, patients // 400))
        mine = _people(patients, ben, others, stage.now)
        _visits(mine, weeks, site_day, stage)
        _charts(ben, stage.now, site_day)
    _settle()
    today = Visit.objects.filter(therapist=ben, starts_at__date=stage.on(site_day, 12).date(), state="booked")
    first, last = today.order_by("starts_at").first(), today.order_by("starts_at").last()
    assert first is not None
    assert last is not None
    Response.objects.filter(patient=last.patient).update(state="withdrawn")
    return Filled(patients, first.pk, last.pk, site_day)


def _settle() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@contextmanager
def fewer_visits_today(filled: object) -> Iterator[None]:
    """Only three of today's visits and half of Ben's patients, for as long as the block lasts."""
    from django.db import connection, transaction

    with transaction.atomic():
        row = Visit.objects.get(pk=filled.short_visit)  # type: ignore[attr-defined]
        today = Visit.objects.filter(therapist=row.therapist, starts_at__date=row.starts_at.date())
        away = today.exclude(pk=row.pk).order_by("starts_at").values_list("pk", flat=True)[: OF_BEN - 4]
        Visit.objects.filter(pk__in=list(away)).update(
            state="cancelled",
            starts_at=row.starts_at - timedelta(days=4000),
            ends_at=row.ends_at - timedelta(days=4000),
        )
        other = Therapist.objects.exclude(pk=row.therapist_id).first()
        patients = Visit.objects.filter(pk__in=list(away)).values_list("episode_id", flat=True)
        Episode.objects.filter(pk__in=list(patients)[:7]).update(therapist=other)
        yield
        transaction.set_rollback(True)
    connection.close()


def _therapists(count: int) -> list[Therapist]:
    from openhour.guard.models import User

    users = User.objects.bulk_create(
        User(email=f"therapist{n}@example.test", name=f"Therapist {n}", roles=["therapist"], password="!")
        for n in range(count)
    )
    return Therapist.objects.bulk_create(
        Therapist(
            user=user, name=user.name, first_name="Therapist", last_name=str(n), profession="psychologist",
            npi=f"9{n:09d}", taxonomy="103TC0700X",
        )
        for n, user in enumerate(users)
    )  # fmt: skip


def _people(count: int, ben: Therapist, others: list[Therapist], now: datetime) -> list[Episode]:
    rows = Patient.objects.bulk_create(
        (
            Patient(
                number=f"P-{n + 1001}", first_name=f"First{n}", last_name=f"Last{n * 7919 % count:05d}",
                sort_name=f"last{n * 7919 % count:05d} first{n}", birth_date=date(1950 + n % 55, 1 + n % 12, 1 + n % 28),
                phone="5555550123", address="1 Elm St", city="Springfield", state="IL", zip_code="627010001",
                made_at=now,
            )
            for n in range(count)
        ),
        batch_size=900,
    )  # fmt: skip
    Coverage.objects.bulk_create(
        (
            Coverage(
                patient=row, payer="example-payer", member_id=f"MEM{n:06d}", valid_from=date(2020, 1, 1), made_at=now
            )
            for n, row in enumerate(rows)
        ),
        batch_size=900,
    )
    return Episode.objects.bulk_create(
        (
            Episode(
                patient=row, therapist=ben if n < OF_BEN else others[n % len(others)], procedure="psychotherapy-60",
                procedure_key="psychotherapy-60@1.0.0", opened_on=now.date() - timedelta(days=370), reason="Synthetic.",
                indications=["depression", "anxiety"], made_at=now,
            )
            for n, row in enumerate(rows)
        ),
        batch_size=900,
    )  # fmt: skip


def _visits(episodes: list[Episode], weeks: int, today: date, stage: object) -> None:
    """Half-hour steps of 30-minute visits keep the therapists of the crowd free of clashes; the triggers look at each."""
    from openhour.records.models import Site

    site = Site.objects.order_by("pk").first()
    room = site.rooms.order_by("pk").first()  # type: ignore[union-attr]
    seen: dict[int, int] = {}
    made = []
    for episode in episodes:
        place = seen.get(episode.therapist_id, 0)
        seen[episode.therapist_id] = place + 1
        ben = place < OF_BEN and episode is episodes[place]
        # Ben: 15 visits of 45 minutes on the day itself; others: spread over six days, 70 a day of ten minutes each.
        length = 45 if ben else 10
        minute = 480 + (place * 45 if ben else place // 6 * 10)
        day = today if ben else today - timedelta(days=1 + place % 6)
        for week in range(weeks + 1 if ben else weeks):
            start = stage.moment(datetime.combine(day - timedelta(weeks=week), time()) + timedelta(minutes=minute))  # type: ignore[attr-defined]
            made.append(
                Visit(
                    episode_id=episode.pk, patient_id=episode.patient_id, therapist_id=episode.therapist_id, site=site,
                    room=room if ben else None, procedure="psychotherapy-60", starts_at=start,
                    ends_at=start + timedelta(minutes=length), state="booked" if ben and week == 0 else "held", made_at=start,
                )
            )  # fmt: skip
    Visit.objects.bulk_create(made, batch_size=900)


def _charts(ben: Therapist, now: datetime, today: date) -> None:
    """Everything that a page of Ben's shows."""
    episodes = list(Episode.objects.filter(therapist=ben).select_related("patient"))
    visits = list(Visit.objects.filter(therapist=ben).order_by("starts_at"))
    plans = {one.pk: _plan(one, ben, now, today) for one in episodes}
    _batteries(episodes, now)
    held = [visit for visit in visits if visit.state == "held"]
    sessions = Session.objects.bulk_create(
        Session(
            visit=visit, patient_id=visit.patient_id, episode_id=visit.episode_id, therapist=ben, started_at=visit.starts_at,
            stopped_at=visit.ends_at, interventions=["behavioral-activation"],
            objectives=[{"thread": plans[visit.episode_id], "response": "Synthetic words."}], made_at=visit.starts_at,
            sealed_at=visit.ends_at,
        )
        for visit in held
    )  # fmt: skip
    Note.objects.bulk_create(
        Note(
            session=one, patient_id=one.patient_id, author=ben, layout="dap", layout_key="dap@1.0.0", state="signed",
            sections={slug: {"text": "Synthetic words. " * 12, "revision": 1} for slug in ("data", "assessment", "plan")},
            signed_at=one.stopped_at, content="{}", digest="0" * 64, made_at=one.started_at,
        )
        for one in sessions
    )  # fmt: skip
    Charge.objects.bulk_create(
        Charge(
            session=one, patient_id=one.patient_id, therapist=ben, payer="example-payer", payer_key="example-payer@1.0.0",
            procedure_key="psychotherapy-60@1.0.0", code="90837", minutes=55, served_on=one.started_at.date(),
            place_of_service="11", diagnoses=["F33.1"], amount_cents=18000, made_at=one.started_at,
        )
        for one in sessions
    )  # fmt: skip
    _answers(visits)
    last = {one.episode_id: one for one in sessions}
    Assignment.objects.bulk_create(
        Assignment(
            patient_id=one.patient_id, episode_id=one.episode_id, session=one, form="activity-schedule",
            form_key="activity-schedule@1.0.0", title="Activity schedule", objective=plans[one.episode_id], made_at=now,
        )
        for one in last.values()
    )  # fmt: skip
    Topic.objects.bulk_create(
        Topic(visit=visit, patient_id=visit.patient_id, text="Synthetic words.", saved_at=now, made_at=now)
        for visit in visits
        if visit.state == "booked"
    )


def _batteries(episodes: list[Episode], now: datetime) -> None:
    """As a course of treatment is opened with: what its definition asks for."""
    for one in episodes:
        forms = forms_of(shelf().procedure(one.procedure, on=one.opened_on), one.indications)
        Battery.objects.create(
            episode=one, version=1, origin="definition", procedure_key=one.procedure_key, indications=one.indications,
            forms=[asdict(form) for form in forms], made_at=now,
        )  # fmt: skip


def _plan(episode: Episode, ben: Therapist, now: datetime, today: date) -> str:
    Diagnosis.objects.create(
        episode=episode,
        code="F33.1",
        title="Synthetic title",
        rank=1,
        since=today - timedelta(days=365),
        by=ben,
        made_at=now,
    )
    for form in shelf().consents:
        Consent.objects.create(
            patient=episode.patient, episode=episode, form_key=form.pin.key, form_digest=form.pin.digest,
            procedure_key=episode.procedure_key, words="{}", signer="Synthetic", signed_on=today - timedelta(days=365),
            digest="0" * 64, made_at=now,
        )  # fmt: skip
    plan = Plan.objects.create(
        episode=episode, version=1, state="active", agreed_on=today, agreed_how="Together", review_by=today + timedelta(days=80),
        made_at=now,
    )  # fmt: skip
    goal = Goal.objects.create(plan=plan, rank=1, text="Synthetic goal", made_at=now)
    threads = [uuid.uuid4() for _ in range(3)]
    Objective.objects.bulk_create(
        Objective(
            goal=goal,
            rank=rank,
            thread=thread,
            text="Synthetic objective",
            measure="phq-9",
            baseline=18,
            target=9,
            made_at=now,
        )
        for rank, thread in enumerate(threads, start=1)
    )
    return str(threads[0])


def _answers(visits: list[Visit]) -> None:
    rows = []
    for number, visit in enumerate(visits):
        for slug in ("phq-9", "gad-7"):
            instrument = shelf().instrument(slug, on=visit.starts_at.date())
            given = {item.id: (number + place) % 3 for place, item in enumerate(instrument.items)}
            if slug == "phq-9":
                given["9"] = 0
            result = score(instrument, given)
            rows.append(
                Response(
                    patient_id=visit.patient_id, episode_id=visit.episode_id, visit=visit, instrument=slug,
                    instrument_key=instrument.pin.key, instrument_digest=instrument.pin.digest, due_on=visit.starts_at.date(),
                    state="complete", answers=given, total=result.total, band=result.band or "", started_at=visit.starts_at,
                    saved_at=visit.starts_at, completed_at=visit.starts_at, made_at=visit.starts_at,
                )
            )  # fmt: skip
    Response.objects.bulk_create(rows, batch_size=900)
