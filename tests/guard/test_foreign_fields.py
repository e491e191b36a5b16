"""A foreign id in a FIELD of one's own form: refused like one that doesn't exist, nothing of the foreign record shown,
nothing written. The ids in addresses are walked by `test_access`; these are the ones that forms carry."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from openhour.records.models import (
    Assignment,
    Charge,
    ClaimBatch,
    Episode,
    Objective,
    Patient,
    Session,
    Superbill,
    Visit,
)
from tests.cast import NOW, TODAY
from tests.guard import access_records
from tests.web.schedule_desk import stop_clock
from tests.workflows.hours import agree_plan, minutes

pytestmark = pytest.mark.django_db
SECRET = "Cleo's own objective, which nobody else reads"


@pytest.fixture(autouse=True)
def _ten_in_the_morning(monkeypatch):
    stop_clock(monkeypatch, minutes(5))


@pytest.fixture
def ben(sign_in):
    return sign_in("ben")


@pytest.fixture
def theirs(cast):
    """An objective of Cleo's plan, in force."""
    objective = agree_plan(cast.cleo_episode)
    Objective.objects.filter(pk=objective.pk).update(text=SECRET)
    return objective


def room(cast, route="note-save"):
    return reverse(route, args=[cast.ana_visit.pk])


def shows_nothing(answer, *statuses):
    assert answer.status_code in statuses
    for words in ("Quince", "Cleo", "P-1002", SECRET):
        assert words not in answer.content.decode()


def ids_of(theirs):
    """The foreign one, and one that never was: both are answered alike."""
    return str(theirs), str(uuid.uuid4())


# The hour


def test_an_objective_of_another_s_plan_can_t_be_worked_on(cast, ben, theirs):
    agree_plan(cast.ana_episode)
    bodies = set()
    for thread in ids_of(theirs.thread):
        sent = {"objectives": thread, "fields": "objectives", "revision": json.dumps({"objectives": []})}
        answer = ben.post(room(cast), sent, headers={"accept": "application/json"})
        shows_nothing(answer, 422)
        bodies.add(answer.content)
    assert len(bodies) == 1
    assert not any(row.objectives for row in Session.objects.all())


def test_a_response_can_t_be_laid_under_another_s_objective(cast, ben, theirs):
    from openhour.workflows.hour.typed import base_of

    name = f"responses.{theirs.thread}"
    sent = {name: "Words of Ben", "fields": name, "revision": json.dumps({name: base_of("")})}
    shows_nothing(ben.post(room(cast), sent, headers={"accept": "application/json"}), 422)
    assert not any(row.set_aside for row in Session.objects.all())


def test_homework_of_another_can_t_be_reviewed_in_this_hour(cast, ben):
    from openhour.workflows.hour.typed import base_of

    given = access_records.make("assignment", cast, "cleo")
    number = given["assignment_id"] if isinstance(given, dict) else given
    for one in ids_of(number):
        sent = {f"review.{one}": "Words of Ben", f"completion.{one}": "all"}
        sent |= {"revision": json.dumps({f"review.{one}": base_of(""), f"completion.{one}": base_of("")})}
        shows_nothing(ben.post(room(cast), sent), 404)
    assert set(Assignment.objects.values_list("review", "completion")) == {("", "")}


def test_homework_can_t_hang_on_another_s_objective(cast, ben, theirs):
    before = Assignment.objects.count()
    for thread in ids_of(theirs.thread):
        sent = {"form": "thought-record", "objective": thread, "due_on": (TODAY + timedelta(days=7)).isoformat()}
        shows_nothing(ben.post(room(cast, "homework-assign"), sent), 422)
    assert Assignment.objects.count() == before


# The plan


def test_an_objective_s_thread_from_another_plan_is_not_taken_over(cast, ben, theirs):
    """A line of two patients' scores would run together; the plan gets a thread of its own."""
    sent = {
        "goals-0-text": "Feel better",
        "goals-0-purpose": "",
        "goals-0-objectives-0-text": "Sleeps through",
        "goals-0-objectives-0-thread": str(theirs.thread),
        "goals-0-objectives-0-state": "active",
        "revision": "0",
        "step": "save",
    }
    answer = ben.post(reverse("plan-edit", args=[cast.ana_episode.pk]), sent, follow=True)
    shows_nothing(answer, 200, 422)
    mine = Objective.objects.filter(goal__plan__episode=cast.ana_episode)
    assert mine.exists()
    assert theirs.thread not in set(mine.values_list("thread", flat=True))


# Courses of treatment and visits


def test_ben_opens_no_course_of_treatment_for_carla(cast, ben):
    before = Episode.objects.count()
    for therapist in (str(cast.carla.pk), "999999", "-1", "x"):
        sent = {"therapist": therapist, "procedure": "psychotherapy-60", "reason": "Sleep"}
        shows_nothing(ben.post(reverse("episode-open", args=[cast.ana.pk]), sent), 422)
    assert Episode.objects.count() == before


def test_ben_books_nothing_in_carla_s_course_of_treatment(cast, ben):
    before = Visit.objects.count()
    hour = {"day": "2026-03-09", "time": "14:00", "room": str(cast.room.pk), "procedure": "psychotherapy-60"}
    bodies = set()
    for episode in ids_of(cast.cleo_episode.pk):
        answer = ben.post(reverse("visit-book"), {"episode": episode, "repeat": "once", **hour})
        shows_nothing(answer, 404)
        bodies.add(answer.content)
    assert len(bodies) == 1
    assert Visit.objects.count() == before


def test_a_room_that_is_none_is_refused(cast, ben):
    hour = {"day": "2026-03-09", "time": "14:00", "repeat": "once", "procedure": "psychotherapy-60"}
    for number in ("999999", "-1", "x", str(uuid.uuid4())):
        sent = {"episode": str(cast.ana_episode.pk), **hour, "room": number}
        assert ben.post(reverse("visit-book"), sent).status_code in (409, 422)
        move = {"day": "2026-03-09", "time": "14:00", "room": number, "reason": "Asked for it"}
        assert ben.post(reverse("visit-move", args=[cast.ana_visit.pk]), move).status_code in (409, 422)


def test_the_calendar_of_another_therapist_shows_ben_no_patient(cast, ben):
    for route, name in (("schedule-week", "who"), ("schedule-day", "who")):
        shows_nothing(ben.get(reverse(route), {name: str(cast.carla.pk)}), 200)
    shows_nothing(ben.post(reverse("visit-book"), {"words": "", "therapist": str(cast.carla.pk)}), 200)


def test_a_taken_hour_doesn_t_say_who_took_it(cast, ben):
    """Carla's patient sits in the room; Ben learns that it is taken."""
    hour = cast.cleo_visit.starts_at.astimezone(cast.site.tz)
    sent = {"episode": str(cast.ana_episode.pk), "repeat": "once", "procedure": "psychotherapy-60"}
    sent |= {"day": hour.date().isoformat(), "time": f"{hour:%H:%M}", "room": str(cast.cleo_visit.room_id)}
    shows_nothing(ben.post(reverse("visit-book"), sent), 409, 422)


# Consents and diagnoses


@pytest.mark.parametrize("form", ["no-such-form", "", "informed-consent@9.9.9", "../../etc"])
def test_a_consent_to_another_form_is_not_taken(cast, ben, form):
    from openhour.records.models import Consent

    sent = {"form": form, "signer": "Ana Almond", "signer_is": "patient", "method": "in-person", "digest": "0" * 64}
    answer = ben.post(reverse("consent-take", args=[cast.ana_episode.pk]), {**sent, "signed_on": TODAY.isoformat()})
    assert answer.status_code in (200, 409, 422)
    assert not Consent.objects.exists()


# Money: Eli bills for everybody, and still mixes no two patients


def test_no_hour_of_another_payer_or_none_gets_into_a_batch(cast, sign_in):
    mine = access_records.make("charge", cast, "ana")
    Patient.objects.filter(pk=cast.cleo.pk).update(last_name="Quince")
    eli = sign_in("eli")
    for charge in (str(uuid.uuid4()), "x", str(mine)):
        answer = eli.post(reverse("batch-write"), {"payer": "no-such-payer", "charge": charge})
        assert answer.status_code in (404, 409, 422)
    assert not ClaimBatch.objects.exists()


def test_one_superbill_is_of_one_patient(cast, sign_in):
    charges = [access_records.make("charge", cast, who) for who in ("ana", "cleo")]
    Charge.objects.update(payer="self-pay")
    answer = sign_in("eli").post(reverse("superbill-make"), {"charge": [str(one) for one in charges], "paid": ""})
    assert answer.status_code in (404, 409, 422)
    assert not Superbill.objects.exists()


# Who isn't there at all


@pytest.mark.parametrize("who", ["dee", "eli", "olga", "sam", "carla"])
def test_nobody_else_saves_into_ana_s_hour(cast, sign_in, who):
    sent = {"sections.data": "Words", "fields": "sections.data", "revision": json.dumps({"sections.data": "x"})}
    answer = sign_in(who).post(room(cast), sent, headers={"accept": "application/json"})
    assert answer.status_code == 404
    assert not Session.objects.exists()
    assert NOW.date() == TODAY
