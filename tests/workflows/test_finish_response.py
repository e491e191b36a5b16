"""Finish a form: sent as it is, scored where it can be, and never filled with zeros."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Alert, Answer
from openhour.workflows.safety.finish_response import finish_response
from tests.cast import NOW
from tests.workflows.answers import BEFORE, by_link, form_of, give
from tests.workflows.hours import trail_of


@pytest.fixture
def ana(cast):
    return by_link(cast)


@pytest.fixture
def form(cast, ana):
    return form_of(cast)


def test_a_whole_form_has_its_score(cast, ana, form):
    for item in range(1, 10):
        give(ana, form.pk, str(item), 1 if item < 9 else 0)
    finish_response(ana, form.pk, at=BEFORE + timedelta(minutes=4))
    form.refresh_from_db()
    assert (form.state, form.total, form.band, form.gap) == ("complete", 8, "mild", "")
    assert form.completed_at == BEFORE + timedelta(minutes=4)
    assert trail_of("response.finished") == 1


def test_an_incomplete_form_has_none_and_says_why(cast, ana, form):
    give(ana, form.pk, "1", 0)
    finish_response(ana, form.pk, at=BEFORE)
    form.refresh_from_db()
    assert (form.state, form.total, form.band, form.gap) == ("complete", None, "", "score.incomplete")


def test_without_any_answer_it_is_refused(cast, ana, form):
    with pytest.raises(Refused, match=r"response\.empty"):
        finish_response(ana, form.pk, at=BEFORE)
    give(ana, form.pk, "1", 1)
    give(ana, form.pk, "1", None)
    with pytest.raises(Refused, match=r"response\.empty"):
        finish_response(ana, form.pk, at=BEFORE)


def test_twice_changes_nothing(cast, ana, form):
    give(ana, form.pk, "1", 0)
    finish_response(ana, form.pk, at=BEFORE)
    finish_response(ana, form.pk, at=NOW)
    form.refresh_from_db()
    assert form.completed_at == BEFORE
    assert trail_of("response.finished") == 1


def test_the_alert_stays_as_it_was(cast, ana, form):
    give(ana, form.pk, "9", 2)
    give(ana, form.pk, "9", 0)
    finish_response(ana, form.pk, at=NOW)
    assert (Alert.objects.get().state, Alert.objects.get().value) == ("open", 2)
    assert Answer.objects.count() == 2


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga", "sam"])
def test_nobody_else_finishes_it(cast, form, who):
    with pytest.raises(NotAllowed):
        finish_response(cast.actor(who), form.pk, at=NOW)


def test_a_link_that_ended_finishes_nothing(cast, ana, form):
    give(ana, form.pk, "1", 1)
    with pytest.raises(NotAllowed):
        finish_response(ana, form.pk, at=NOW + timedelta(days=2))


def test_the_therapist_finishes_what_was_filled_in_on_paper(cast, form):
    give(cast.actor("ben"), form.pk, "1", 1)
    finish_response(cast.actor("ben"), form.pk, at=NOW)
    form.refresh_from_db()
    assert form.state == "complete"
