"""How near the goals feel, on the phone: the patient's own numbers, added and never changed."""

from __future__ import annotations

import pytest

from openhour.guard.models import TrailEntry
from openhour.records.models import GoalRating, Objective, PatientLink
from tests.cast import TODAY
from tests.workflows.hours import agree_plan


@pytest.fixture
def objective(cast):
    return agree_plan(cast.ana_episode)


def text(page):
    return page.content.decode()


def test_before_there_is_a_plan_the_page_says_so(phone, at):
    assert "haven’t written down goals yet" in text(phone.get(at("portal-goals")))
    assert not TrailEntry.objects.filter(action="goals.read").exists()


def test_the_first_page_leads_there_and_the_goals_stand_there_without_scores(phone, at, objective):
    assert at("portal-goals") in text(phone.get(at("portal")))
    words = text(phone.get(at("portal-goals")))
    assert "Leave the house on five days a week" in words
    assert words.count('type="radio"') == 22
    assert "T 5" not in words


def test_a_number_is_kept_for_the_day_under_the_link(cast, phone, at, link, objective):
    page = phone.post(at("portal-goals"), {f"p{objective.thread}": "7"}, follow=True)
    assert "Your numbers are kept." in text(page)
    kept = GoalRating.objects.get()
    assert (kept.kind, kept.value, kept.day, kept.by) == ("personal", 7, TODAY, f"link:{link.id}")
    assert (kept.thread, kept.episode) == (objective.thread, cast.ana_episode)
    assert 'value="7" checked' in text(phone.get(at("portal-goals")))
    assert TrailEntry.objects.get(action="goals.rated").patient_id == str(cast.ana.pk)


def test_a_second_thought_is_added_and_counts(phone, at, objective):
    for value in ("7", "4"):
        phone.post(at("portal-goals"), {f"p{objective.thread}": value})
    assert sorted(GoalRating.objects.values_list("value", flat=True)) == [4, 7]
    assert 'value="4" checked' in text(phone.get(at("portal-goals")))


@pytest.mark.parametrize("value", ["11", "-1", "abc", "\0"])
def test_what_is_no_number_is_refused(phone, at, objective, value):
    page = phone.post(at("portal-goals"), {f"p{objective.thread}": value})
    assert page.status_code == 422
    assert "Give a number from 0 to 10." in text(page)
    assert not GoalRating.objects.exists()


def test_sending_nothing_is_told(phone, at, objective):
    page = phone.post(at("portal-goals"), {})
    assert page.status_code == 422
    assert "Rate at least one" in text(page)


def test_the_goals_of_somebody_else_are_out_of_reach(cast, phone, at, objective):
    foreign = agree_plan(cast.cleo_episode)
    assert phone.post(at("portal-goals"), {f"p{foreign.thread}": "7"}).status_code == 422
    Objective.objects.update(state="dropped")
    assert "haven’t written down" in text(phone.get(at("portal-goals")))
    assert not GoalRating.objects.exists()


def test_a_link_that_was_withdrawn_opens_nothing(phone, at, objective, clock):
    PatientLink.objects.update(withdrawn_at=clock.at)
    assert phone.get(at("portal-goals")).status_code == 404
    assert phone.post(at("portal-goals"), {f"p{objective.thread}": "7"}).status_code == 404
    assert not GoalRating.objects.exists()
