"""One form with its answers: who reads it, who may complete it, and how far the score has moved."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from openhour.guard.policy import NotAllowed
from openhour.records.models import Answer, Response
from openhour.records.queries.response import response_of
from tests.cast import NOW, TODAY
from tests.guard import access_records as rows
from tests.records.reading import entry_of, named_in, queries_of, those_who_may
from tests.workflows.hours import answer

pytestmark = pytest.mark.django_db


def test_a_form_opens_for_who_treats_and_who_supervises(cast):
    form = rows.response(cast, "ana")
    assert those_who_may(cast, lambda actor: response_of(actor, form.pk, at=NOW)) == {"ben", "sam"}


@pytest.mark.parametrize(("who", "may"), [("ben", True), ("sam", False)])
def test_only_the_therapist_may_complete_it(cast, who, may):
    assert response_of(cast.actor(who), rows.response(cast, "ana").pk, at=NOW).may_write is may


def test_a_form_that_was_withdrawn_is_refused_like_one_that_never_was(cast):
    form = rows.response(cast, "ana")
    Response.objects.update(state="withdrawn")
    for wanted in (form.pk, uuid4()):
        with pytest.raises(NotAllowed):
            response_of(cast.actor("ben"), wanted, at=NOW)


def test_reading_it_leaves_one_entry_about_its_patient(cast):
    form = rows.response(cast, "ana")
    entry = entry_of(lambda: response_of(cast.actor("ben"), form.pk, at=NOW))
    assert (entry.action, entry.kind, named_in(entry)) == ("chart.read", "response", {str(cast.ana.pk)})


def test_the_form_before_is_the_last_finished_one_of_the_same_measure_and_treatment(cast):
    answer(cast.ana_episode, "phq-9", (2,) * 9, date(2026, 2, 9))  # 18
    answer(cast.ana_episode, "phq-9", (1,) * 9, date(2026, 2, 16))  # 9
    answer(cast.ana_episode, "gad-7", (3,) * 7, date(2026, 2, 23))
    answer(cast.cleo_episode, "phq-9", (3,) * 9, date(2026, 2, 23))
    answer(cast.ana_episode, "phq-9", (0,) * 9, date(2026, 3, 9))
    half = answer(cast.ana_episode, "phq-9", (3,) * 9, date(2026, 2, 24))
    Response.objects.filter(pk=half.pk).update(state="open", total=None)
    now = answer(cast.ana_episode, "phq-9", (1, 1, 1, 1, 1, 0, 0, 0, 0), TODAY)
    found = response_of(cast.actor("ben"), now.pk, at=NOW)
    assert (found.total, found.band, found.previous_total) == (5, "mild", 9)


def test_the_first_form_has_none_before(cast):
    now = answer(cast.ana_episode, "phq-9", (1,) * 9, TODAY)
    assert response_of(cast.actor("ben"), now.pk, at=NOW).previous_total is None


def test_it_tells_how_often_an_answer_changed_and_which_were_entered_by_staff(cast):
    form = rows.response(cast, "ana")
    other = rows.response(cast, "cleo")
    given = (("1", 1, "link:x"), ("1", 2, f"user:{cast.ben_user.pk}"), ("2", 1, "user:1"), ("2", 0, "link:x"))
    for minute, (item, value, by) in enumerate(given):
        Answer.objects.create(response=form, item=item, value=value, by=by, made_at=NOW + timedelta(minutes=minute))
    Answer.objects.create(response=other, item="3", value=3, by="user:1", made_at=NOW)
    found = response_of(cast.actor("ben"), form.pk, at=NOW)
    assert found.changes == {"1": 2, "2": 2}
    assert found.entered == {"1"}


def test_the_alert_that_it_raised_is_named_and_no_others(cast):
    ours, _ = rows.alert(cast, "ana"), rows.alert(cast, "cleo")
    found = response_of(cast.actor("ben"), ours.response_id, at=NOW)
    assert found.alert_ids == (ours.pk,)
    assert (found.visit_id, found.zone.key) == (cast.ana_visit.pk, "America/Chicago")


def test_more_answers_take_no_more_queries(cast):
    form = rows.response(cast, "ana")
    one = queries_of(lambda: response_of(cast.actor("ben"), form.pk, at=NOW))
    for minute in range(30):
        Answer.objects.create(response=form, item="1", value=1, by="link:x", made_at=NOW + timedelta(minutes=minute))
    assert queries_of(lambda: response_of(cast.actor("ben"), form.pk, at=NOW)) == one <= 6
