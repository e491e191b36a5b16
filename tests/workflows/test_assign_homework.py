"""Homework is given in an hour, for an objective, from the shelf; and taken back while the note is unsigned."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest

from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Assignment
from openhour.workflows.homework.assign_homework import Homework, assign_homework
from openhour.workflows.homework.withdraw_homework import withdraw_homework
from openhour.workflows.hour.sign_note import sign_note
from tests.cast import NOW, TODAY
from tests.workflows.hours import agree_plan, minutes, ready_to_sign, trail_of


def assign(cast, who="ben", at=NOW, **homework):
    return assign_homework(
        cast.actor(who), cast.ana_visit.pk, Homework(**{"form": "thought-record"} | homework), at=at
    )


def codes(refused) -> set[tuple[str, str]]:
    return {(finding.code, finding.place) for finding in refused.value.findings}


def test_a_form_of_the_shelf_is_given_for_an_objective_until_a_day(cast):
    objective = agree_plan(cast.ana_episode)
    given = assign(
        cast, objective=objective.thread, due_on=TODAY + timedelta(days=7), why="Catch the morning thoughts"
    )
    assert (given.title, given.form_key, given.state) == ("Thought record", "thought-record@1.0.0", "given")
    assert (given.objective, given.why) == (objective.thread, "Catch the morning thoughts")
    assert (given.patient, given.episode, given.session.visit) == (cast.ana, cast.ana_episode, cast.ana_visit)
    assert trail_of("homework.assigned") == 1


def test_before_a_plan_is_agreed_homework_needs_no_objective(cast):
    assert assign(cast).objective is None


def test_every_reason_comes_at_once(cast):
    agree_plan(cast.ana_episode)
    with pytest.raises(Refused) as refused:
        assign(cast, form="crossword", due_on=date(2026, 3, 1), why="x" * 401)
    assert codes(refused) == {
        ("homework.form-unknown", "form"),
        ("homework.objective-missing", "objective"),
        ("homework.due-passed", "due_on"),
        ("text.too-long", "why"),
    }
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("whose", ["foreign", "nobody"])
def test_an_objective_that_is_not_in_the_plan_is_refused(cast, whose):
    agree_plan(cast.ana_episode)
    thread = agree_plan(cast.cleo_episode).thread if whose == "foreign" else uuid.uuid4()
    with pytest.raises(Refused, match=r"homework\.objective-unknown"):
        assign(cast, objective=thread)


def test_it_may_be_taken_back_once(cast):
    given = assign(cast)
    for _ in range(2):
        assert withdraw_homework(cast.actor("ben"), cast.ana_visit.pk, given.pk, at=minutes(2)).state == "withdrawn"
    assert trail_of("homework.withdrawn") == 1


def test_what_came_back_is_not_taken_back(cast):
    given = assign(cast)
    Assignment.objects.update(state="returned")
    with pytest.raises(Refused, match=r"homework\.returned"):
        withdraw_homework(cast.actor("ben"), cast.ana_visit.pk, given.pk, at=minutes(2))


@pytest.mark.parametrize("answers", [[{"thought": "I always miss out."}], [{}, {"day": "2026-03-01"}]])
def test_what_the_patient_has_begun_is_not_taken_back(cast, answers):
    """Their words would stand nowhere any more: neither on their phone nor in the room."""
    given = assign(cast)
    Assignment.objects.update(answers=answers)
    with pytest.raises(Refused, match=r"homework\.begun"):
        withdraw_homework(cast.actor("ben"), cast.ana_visit.pk, given.pk, at=minutes(2))
    assert (Assignment.objects.get().state, trail_of("homework.withdrawn")) == ("given", 0)


def test_empty_rows_are_no_beginning(cast):
    given = assign(cast)
    Assignment.objects.update(answers=[{}, {}])
    assert withdraw_homework(cast.actor("ben"), cast.ana_visit.pk, given.pk, at=minutes(2)).state == "withdrawn"


def test_after_the_signature_nothing_is_given_or_taken_back(cast):
    objective = ready_to_sign(cast)
    given = assign(cast, at=minutes(80), objective=objective.thread)
    sign_note(cast.actor("ben"), cast.ana_visit.pk, at=minutes(90))
    with pytest.raises(Refused, match=r"note\.signed"):
        assign(cast, at=minutes(91), objective=objective.thread)
    with pytest.raises(Refused, match=r"note\.signed"):
        withdraw_homework(cast.actor("ben"), cast.ana_visit.pk, given.pk, at=minutes(92))


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga", "sam"])
def test_nobody_else_gives_it_or_takes_it_back(cast, who):
    given = assign(cast)
    with pytest.raises(NotAllowed):
        assign(cast, who)
    with pytest.raises(NotAllowed):
        withdraw_homework(cast.actor(who), cast.ana_visit.pk, given.pk, at=minutes(2))
    assert Assignment.objects.get().state == "given"


def test_homework_of_another_hour_is_not_taken_back_here(cast):
    given = assign(cast)
    with pytest.raises(NotAllowed):
        withdraw_homework(cast.actor("carla"), cast.cleo_visit.pk, given.pk, at=minutes(2))
