"""A short form that is positive leads to the long one in the same sitting; nothing is asked twice, nothing is left out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openhour.records.models import Alert, Answer, Battery, Response
from openhour.workflows.measures.begin_form import begin_form
from openhour.workflows.measures.change_battery import change_battery
from openhour.workflows.safety.finish_response import finish_response
from openhour.workflows.safety.record_answer import record_answer
from tests.cast import NOW, TODAY
from tests.workflows.answers import BEFORE, by_link, form_of, give
from tests.workflows.charts import entry
from tests.workflows.hours import answer


@pytest.fixture
def ana(cast):
    from openhour.care.batteries import BatteryForm

    forms = [BatteryForm("phq-9", "session", short_first=True), BatteryForm("gad-7", "session")]
    change_battery(cast.actor("ben"), cast.ana_episode.pk, forms, version=0, reason="", at=BEFORE)
    return by_link(cast)


def send(actor, form, *answers, at=BEFORE + timedelta(minutes=5)):
    for item, value in answers:
        give(actor, form.pk, item, value, at=at)
    return finish_response(actor, form.pk, at=at)


def test_the_short_form_is_asked_in_the_place_of_the_long_one(cast, ana):
    assert set(Response.objects.values_list("instrument", flat=True)) == {"phq-2", "gad-7"}
    assert Battery.objects.get().forms[0]["short_first"] is True


def test_a_positive_short_form_lays_down_the_long_one_with_its_answers(cast, ana):
    short = form_of(cast, "phq-2")
    made = send(ana, short, ("1", 2), ("2", 1))
    long = form_of(cast)
    assert long.pk == made
    assert (long.state, long.answers, long.carried) == ("open", {"1": 2, "2": 1}, ["1", "2"])
    assert (long.visit_id, long.due_on, long.mode, long.total) == (cast.ana_visit.pk, TODAY, "self", None)
    assert [(row.item, row.value, row.by) for row in Answer.objects.filter(response=long).order_by("item")] == [
        ("1", 2, ana.label),
        ("2", 1, ana.label),
    ]
    assert entry("measures.led-on").patient_id == str(cast.ana.pk)


def test_a_negative_one_leads_nowhere(cast, ana):
    assert send(ana, form_of(cast, "phq-2"), ("1", 1), ("2", 1)) is None
    assert not Response.objects.filter(instrument="phq-9").exists()


def test_an_incomplete_one_leads_nowhere(cast, ana):
    assert send(ana, form_of(cast, "phq-2"), ("1", 3)) is None


def test_the_long_one_is_finished_and_scored_with_what_came_over(cast, ana):
    send(ana, form_of(cast, "phq-2"), ("1", 3), ("2", 3))
    rest = [(str(item), 1) for item in range(3, 9)] + [("9", 2)]
    long = form_of(cast)
    send(ana, long, *rest)
    long.refresh_from_db()
    assert (long.state, long.total) == ("complete", 14)
    assert Alert.objects.get().response == long


def test_the_long_one_of_the_day_is_never_laid_down_twice(cast, ana):
    answer(cast.ana_episode, "phq-9", (1,) * 9, TODAY)
    assert send(ana, form_of(cast, "phq-2"), ("1", 3), ("2", 3)) is None
    assert Response.objects.filter(instrument="phq-9").count() == 1


def test_a_long_one_that_waits_already_takes_the_answers_and_keeps_its_own(cast, ana):
    ben = cast.actor("ben")
    waiting = begin_form(ben, cast.ana_episode.pk, "phq-9", mode="clinician", answered_on=None, at=NOW)
    record_answer(ben, waiting, "1", 0, at=NOW)
    made = send(ana, form_of(cast, "phq-2"), ("1", 3), ("2", 3))
    assert made == waiting
    long = form_of(cast)
    assert (long.answers, long.carried) == ({"1": 0, "2": 3}, ["2"])


def test_in_the_room_it_leads_on_too_and_stays_the_therapist_s(cast):
    ben = cast.actor("ben")
    short = begin_form(ben, cast.ana_episode.pk, "gad-2", mode="clinician", answered_on=None, at=NOW)
    for item in ("1", "2"):
        record_answer(ben, short, item, 3, at=NOW)
    made = finish_response(ben, short, at=NOW)
    long = Response.objects.get(pk=made)
    assert (long.instrument, long.mode, long.entered_by) == ("gad-7", "clinician", cast.ben_user)


def test_another_screening_leads_on_without_carrying_anything(cast):
    ben = cast.actor("ben")
    short = begin_form(ben, cast.ana_episode.pk, "pc-ptsd-5", mode="clinician", answered_on=None, at=NOW)
    for item in ("event", "1", "2", "3"):
        record_answer(ben, short, item, 1, at=NOW)
    for item in ("4", "5"):
        record_answer(ben, short, item, 0, at=NOW)
    long = Response.objects.get(pk=finish_response(ben, short, at=NOW))
    assert (long.instrument, long.answers, long.carried) == ("pcl-5", {}, [])


def test_a_gate_that_is_closed_gives_a_score_and_asks_nothing_more(cast):
    ben = cast.actor("ben")
    short = begin_form(ben, cast.ana_episode.pk, "pc-ptsd-5", mode="clinician", answered_on=None, at=NOW)
    record_answer(ben, short, "event", 0, at=NOW)
    assert finish_response(ben, short, at=NOW) is None
    form = Response.objects.get(pk=short)
    assert (form.total, form.band, form.gap) == (0, "negative", "")


def test_a_triage_has_a_level_and_each_yes_raises_the_alert_by_itself(cast):
    ben = cast.actor("ben")
    form = begin_form(ben, cast.ana_episode.pk, "asq", mode="clinician", answered_on=None, at=NOW)
    for item in ("1", "2", "4"):
        assert not record_answer(ben, form, item, 0, at=NOW).needs_help
    assert record_answer(ben, form, "3", 1, at=NOW).needs_help
    assert record_answer(ben, form, "5", 1, at=NOW).needs_help
    finish_response(ben, form, at=NOW)
    found = Response.objects.get(pk=form)
    assert (found.total, found.band, found.gap) == (None, "positive, acute", "score.no-total")
    assert sorted(Alert.objects.values_list("item", flat=True)) == ["3", "5"]


def test_a_refusal_to_answer_is_kept_and_raises_nothing_by_itself(cast):
    ben = cast.actor("ben")
    form = begin_form(ben, cast.ana_episode.pk, "asq", mode="clinician", answered_on=None, at=NOW)
    assert not record_answer(ben, form, "1", 2, at=NOW).needs_help


@pytest.mark.parametrize(("sex", "band"), [("F", "positive"), ("M", "negative"), ("U", "")])
def test_a_cut_off_that_hangs_on_a_fact_uses_what_is_known(cast, sex, band):
    cast.ana.sex = sex
    cast.ana.save()
    ben = cast.actor("ben")
    form = begin_form(ben, cast.ana_episode.pk, "audit-c", mode="clinician", answered_on=None, at=NOW)
    for item, value in (("1", 1), ("2", 1), ("3", 1)):
        record_answer(ben, form, item, value, at=NOW)
    found = Response.objects.get(pk=form)
    assert found.total == 3
    assert bool(found.band) == bool(band)
    if band:
        assert ("positive" in found.band) == (band == "positive")


def test_a_form_of_another_therapist_is_neither_taken_up_nor_filled(cast, ana):
    from openhour.kernel import Refused
    from openhour.records.models import Episode

    other = Episode.objects.create(
        patient=cast.ana,
        therapist=cast.carla,
        procedure="psychotherapy-60",
        procedure_key="psychotherapy-60@1.0.0",
        opened_on=TODAY,
        made_at=NOW,
    )
    theirs = begin_form(cast.actor("carla"), other.pk, "phq-9", mode="clinician", answered_on=None, at=NOW)
    assert send(ana, form_of(cast, "phq-2"), ("1", 3), ("2", 3)) is None
    assert Response.objects.get(pk=theirs).answers == {}
    with pytest.raises(Refused) as refused:
        begin_form(cast.actor("ben"), cast.ana_episode.pk, "phq-9", mode="clinician", answered_on=None, at=NOW)
    assert [one.code for one in refused.value.findings] == ["form.asked-elsewhere"]
