"""A consent is given to one course of treatment: the list, the patient's page, Today and the signature count alike."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openhour.records.models import Visit
from openhour.records.queries.consent import consents_to_take
from openhour.records.queries.patient import patients_found
from openhour.records.queries.patient_page import patient_page
from openhour.records.queries.session import hour_for_signing
from openhour.records.queries.today import today_of
from tests.cast import NOW
from tests.records.test_patient_queries import treated
from tests.workflows.hours import give_consent

pytestmark = pytest.mark.django_db


@pytest.fixture
def hers(cast):
    """Ana begins with Carla too, in the afternoon; her consent was given to the treatment with Ben."""
    give_consent(cast.ana_episode)
    episode = treated(cast, cast.ana, cast.carla)
    Visit.objects.create(
        episode=episode,
        patient=cast.ana,
        therapist=cast.carla,
        site=cast.site,
        procedure="psychotherapy-60",
        starts_at=NOW + timedelta(hours=3),
        ends_at=NOW + timedelta(hours=4),
        made_at=NOW,
    )
    return episode


def listed(cast, who):
    return next(line for line in patients_found(cast.actor(who), "almond", at=NOW).lines).consent


def on_the_page(cast, who):
    page = patient_page(cast.actor(who), cast.ana.pk, at=NOW)
    return {one.therapist.split()[0]: {state.word for state in one.consents} for one in page.episodes}


def lacking_today(cast, who):
    visits = {one.patient.split()[-1].strip(","): one for one in today_of(cast.actor(who), at=NOW).visits}
    (visit,) = [one for one in visits.values() if one.patient_number == "P-1001"]
    return any(finding.code == "consent.missing" for finding in visit.missing)


def test_the_list_says_that_one_treatment_lacks_it(cast, hers):
    assert (listed(cast, "dee"), listed(cast, "ben"), listed(cast, "carla")) == ("missing", "signed", "missing")


def test_the_page_says_which(cast, hers):
    assert on_the_page(cast, "dee") == {"Ben": {"signed"}, "Carla": {"missing"}}


def test_today_says_so_too(cast, hers):
    assert (lacking_today(cast, "ben"), lacking_today(cast, "carla")) == (False, True)


def test_and_so_does_the_page_on_which_it_is_taken(cast, hers):
    for episode, word in ((cast.ana_episode, "signed"), (hers, "missing")):
        _, states, _ = consents_to_take(cast.actor("dee"), episode.pk, at=NOW)
        assert {state.word for state in states} == {word}


def test_a_note_is_signed_on_the_consent_of_its_own_treatment(cast, hers):
    mine = hour_for_signing(cast.ana_visit.pk)
    other = hour_for_signing(Visit.objects.get(episode=hers).pk)
    assert [bool(one.consents) for one in (mine, other)] == [True, False]


def test_given_to_both_everything_agrees(cast, hers):
    give_consent(hers)
    assert {listed(cast, who) for who in ("dee", "ben", "carla")} == {"signed"}
    assert on_the_page(cast, "dee") == {"Ben": {"signed"}, "Carla": {"signed"}}
    assert not lacking_today(cast, "carla")
