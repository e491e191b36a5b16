"""Homework is looked at in the hour after the one that gave it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Assignment, Session, Visit
from openhour.workflows.homework.review_homework import review_homework
from tests.cast import NOW
from tests.workflows.hours import minutes, trail_of


@pytest.fixture
def given(cast) -> Assignment:
    """A thought record from the week before."""
    start = NOW - timedelta(days=7)
    visit = Visit.objects.create(
        episode=cast.ana_episode,
        patient=cast.ana,
        therapist=cast.ben,
        site=cast.site,
        procedure="psychotherapy-60",
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        made_at=start,
    )
    session = Session.objects.create(
        visit=visit, patient=cast.ana, episode=cast.ana_episode, therapist=cast.ben, made_at=start
    )
    return Assignment.objects.create(
        patient=cast.ana,
        episode=cast.ana_episode,
        session=session,
        form="thought-record",
        form_key="thought-record@1.0.0",
        title="Thought record",
        made_at=start,
    )


def review(cast, given, completion="some", words="Two of three.", who="ben", visit=None, at=20):
    visit = visit or cast.ana_visit
    return review_homework(cast.actor(who), visit.pk, given.pk, completion, words, at=minutes(at))


def test_what_was_done_and_what_came_of_it_is_kept_with_the_hour(cast, given):
    reviewed = review(cast, given)
    assert (reviewed.state, reviewed.completion, reviewed.review) == ("reviewed", "some", "Two of three.")
    assert reviewed.reviewed_in.visit == cast.ana_visit
    assert trail_of("homework.reviewed") == 1


def test_it_may_be_said_anew_in_the_same_hour(cast, given):
    review(cast, given)
    assert review(cast, given, "all", "All three, after another look.").completion == "all"


def test_every_reason_comes_at_once(cast, given):
    with pytest.raises(Refused) as refused:
        review(cast, given, "nearly", "x" * 4001)
    assert {finding.place for finding in refused.value.findings} == {"completion", "review"}
    given.refresh_from_db()
    assert given.state == "given"


def test_what_an_earlier_hour_looked_at_stays_there(cast, given):
    Assignment.objects.update(state="reviewed", reviewed_in=given.session)
    with pytest.raises(Refused, match=r"homework\.reviewed-before"):
        review(cast, given)


def test_withdrawn_homework_is_gone(cast, given):
    Assignment.objects.update(state="withdrawn")
    with pytest.raises(NotAllowed):
        review(cast, given)


def test_homework_of_another_patient_is_not_there(cast, given):
    with pytest.raises(NotAllowed):
        review(cast, given, who="carla", visit=cast.cleo_visit)


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga", "sam"])
def test_nobody_else_reviews_it(cast, given, who):
    with pytest.raises(NotAllowed):
        review(cast, given, who=who)
    assert trail_of("homework.reviewed") == 0


def test_words_of_another_tab_are_told_and_not_overwritten(cast, given):
    from openhour.workflows.hour.save_note import Overtaken
    from openhour.workflows.hour.typed import base_of

    ben = cast.actor("ben")
    review(cast, given, words="From the first tab")
    with pytest.raises(Overtaken) as overtaken:
        review_homework(ben, cast.ana_visit.pk, given.pk, "some", "Second", at=minutes(21), base=base_of(""))
    assert overtaken.value.theirs == {"review": "From the first tab"}
    review(cast, given, words="From the first tab", at=22)  # said again: nothing to do
    assert trail_of("homework.reviewed") == 1


def test_words_may_come_before_the_verdict_and_stay_when_it_comes(cast, given):
    assert review(cast, given, None, "She brought it along.").state == "given"
    reviewed = review(cast, given, "all", None)
    assert (reviewed.state, reviewed.review) == ("reviewed", "She brought it along.")
