"""The battery follows indications and diagnoses, and what the therapist chose stays."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from openhour.care.batteries import BatteryForm
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Battery, Episode, Response
from openhour.workflows.intake.change_episode import change_episode, episode_mark
from openhour.workflows.intake.follow_indications import follow_indications
from openhour.workflows.measures.change_battery import change_battery
from openhour.workflows.plan.add_diagnosis import add_diagnosis
from openhour.workflows.plan.end_diagnosis import end_diagnosis
from openhour.workflows.safety.request_measures import request_measures
from tests.cast import NOW, TODAY
from tests.workflows.charts import codes_of, entry, nobody_but, places_of
from tests.workflows.hours import trail_of

PHQ = BatteryForm("phq-9", "session")
GAD = BatteryForm("gad-7", "intake")


def say_why(cast, *indications, at=NOW):
    episode = Episode.objects.get(pk=cast.ana_episode.pk)
    mark = episode_mark(episode.reason, episode.indications)
    change_episode(cast.actor("ben"), episode.pk, reason=episode.reason, indications=indications, mark=mark, at=at)


def change(cast, *forms, who="ben", version=0, reason="", at=NOW):
    return change_battery(cast.actor(who), cast.ana_episode.pk, forms, version=version, reason=reason, at=at)


def instruments(battery):
    return {form["instrument"] for form in battery.forms}


def in_force():
    return Battery.objects.get(state="active")


def test_recording_an_indication_chooses_its_battery(cast):
    say_why(cast, "anxiety")
    found = in_force()
    assert (found.version, found.origin, found.indications) == (1, "definition", ["anxiety"])
    assert found.procedure_key == cast.ana_episode.procedure_key
    assert "gad-7" in instruments(found)
    assert entry("battery.chosen").patient_id == str(cast.ana.pk)


def test_a_diagnosis_chooses_by_its_family_and_ending_it_takes_it_back(cast):
    Episode.objects.update(indications=[])
    made = add_diagnosis(cast.actor("ben"), cast.ana_episode.pk, code="F41.1", since=TODAY, at=NOW)
    assert in_force().indications == ["anxiety"]
    add_diagnosis(cast.actor("ben"), cast.ana_episode.pk, code="F32.1", since=TODAY, at=NOW)
    assert in_force().indications == ["depression", "anxiety"]
    end_diagnosis(cast.actor("ben"), made, until=TODAY, at=NOW)
    assert in_force().indications == ["depression"]
    assert [row.version for row in Battery.objects.order_by("version")] == [1, 2, 3]


def test_a_diagnosis_without_an_indication_chooses_nothing(cast):
    Episode.objects.update(indications=[])
    add_diagnosis(cast.actor("ben"), cast.ana_episode.pk, code="F51.01", since=TODAY, at=NOW)
    assert not Battery.objects.exists()


def test_the_same_indications_again_write_no_version(cast):
    follow_indications(cast.actor("ben"), cast.ana_episode, at=NOW)
    with transaction.atomic():
        assert follow_indications(cast.actor("ben"), cast.ana_episode, at=NOW) is None
    assert Battery.objects.count() == 1


def test_a_changed_battery_is_what_is_asked(cast):
    change(cast, PHQ, BatteryForm("gad-7", "session", dropped=True, reason="Too long for her"))
    request_measures(cast.actor("dee"), cast.ana_visit.pk, at=NOW)
    assert list(Response.objects.values_list("instrument", flat=True)) == ["phq-9"]
    assert entry("battery.changed").detail.count("Too long") == 0


def test_what_was_chosen_by_hand_stays_when_an_indication_is_added(cast):
    dropped = BatteryForm("gad-7", "session", dropped=True, reason="Too long for her")
    change(cast, PHQ, dropped)
    say_why(cast, "depression", "anxiety")
    forms = in_force().forms
    assert in_force().origin == "therapist"
    assert forms[1]["dropped"] is True
    assert forms[0]["instrument"] == "phq-9"


def test_the_version_before_is_kept_and_there_is_one_in_force(cast):
    change(cast, PHQ, reason="First")
    change(cast, PHQ, GAD, version=1, reason="Second")
    assert [(row.version, row.state, row.reason) for row in Battery.objects.order_by("version")] == [
        (1, "superseded", "First"),
        (2, "active", "Second"),
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        Battery.objects.update(state="active")


def test_no_version_is_ever_deleted(cast):
    change(cast, PHQ)
    with pytest.raises(IntegrityError), transaction.atomic():
        Battery.objects.all().delete()


def test_sending_the_same_writes_nothing(cast):
    change(cast, PHQ)
    assert change(cast, PHQ, version=1) is None
    assert Battery.objects.count() == 1
    assert trail_of("battery.changed") == 1


def test_every_reason_is_told_at_once(cast):
    bad = (BatteryForm("nothing", "session"), BatteryForm("phq-9", "periodic"))
    assert codes_of(lambda: change(cast, *bad, version=7, reason="x" * 401)) == [
        "battery.changed-meanwhile",
        "battery.unknown",
        "battery.every",
        "reason.too-long",
    ]
    assert places_of(lambda: change(cast, *bad)) == ["form-1", "form-2"]


def test_words_that_cannot_be_kept_are_refused_beside_their_form(cast):
    odd = BatteryForm("phq-9", "session", dropped=True, reason="a\0b")
    assert places_of(lambda: change(cast, GAD, odd)) == ["form-2"]


def test_where_treatment_has_ended_nothing_is_changed(cast):
    Episode.objects.update(state="closed", closed_on=TODAY)
    assert codes_of(lambda: change(cast, PHQ)) == ["episode.closed"]


def test_only_who_treats_may_change_it(cast):
    nobody_but({"ben"}, lambda who: change(cast, PHQ, who=who))
    with pytest.raises(NotAllowed):
        change_battery(cast.actor("ben"), uuid4(), [PHQ], version=0, reason="", at=NOW)
    assert not Battery.objects.exists()


def test_a_form_that_was_begun_stays_when_it_is_dropped(cast):
    request_measures(cast.actor("dee"), cast.ana_visit.pk, at=NOW)
    Response.objects.filter(instrument="gad-7").update(answers={"1": 2})
    change(
        cast,
        BatteryForm("phq-9", "session", dropped=True, reason="x"),
        BatteryForm("gad-7", "session", dropped=True, reason="x"),
    )
    states = dict(Response.objects.values_list("instrument", "state"))
    assert {slug: states[slug] for slug in ("phq-9", "gad-7")} == {"phq-9": "withdrawn", "gad-7": "open"}


def test_two_pages_at_once_give_one_change(cast):
    change(cast, PHQ)
    change(cast, GAD, version=1, at=NOW + timedelta(seconds=1))
    with pytest.raises(Refused):
        change(cast, PHQ, GAD, version=1)
    assert Battery.objects.count() == 2
