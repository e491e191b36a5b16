"""What nobody answered goes to the supervisor, who answers it or gives it back with a comment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openhour.guard.actor import COMMAND_LINE
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Episode, Signal, SignalAnswer, Therapist
from openhour.workflows.progress.look_at_all import look_at_all
from openhour.workflows.progress.pass_to_supervisor import pass_to_supervisor
from openhour.workflows.progress.put_away import put_away
from openhour.workflows.progress.return_signal import return_signal
from tests.cast import NOW
from tests.workflows.hours import trail_of
from tests.workflows.progress.courses import answered, go_through, hold, off_track, score

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=7)


@pytest.fixture
def signal(cast):
    return off_track(cast)


@pytest.fixture
def passed(cast, signal):
    pass_to_supervisor(cast.actor("ben"), signal.pk, at=NOW)
    return Signal.objects.get(pk=signal.pk)


def codes(refusal):
    return {finding.code for finding in refusal.value.findings}


# By the daily look


def test_a_signal_that_is_overdue_is_passed_on_and_one_that_is_not_stays(cast, signal):
    assert look_at_all(COMMAND_LINE, at=LATER - timedelta(seconds=1)).passed == 0
    looked = look_at_all(COMMAND_LINE, at=LATER)
    assert looked.passed == Signal.objects.filter(state="passed-to-supervisor").count() > 0
    signal.refresh_from_db()
    assert (signal.state, signal.passed_at) == ("passed-to-supervisor", LATER)


def test_run_twice_it_finds_nothing_to_do(cast, signal):
    look_at_all(COMMAND_LINE, at=LATER)
    again = look_at_all(COMMAND_LINE, at=LATER + timedelta(hours=1))
    assert (again.passed, again.raised, again.looked_again) == (0, 0, 0)
    assert again.courses == 2


def test_where_there_is_no_supervisor_it_stays_and_is_counted(cast, signal):
    Therapist.objects.filter(pk=cast.ben.pk).update(supervisor=None)
    looked = look_at_all(COMMAND_LINE, at=LATER)
    assert looked.passed == 0
    assert looked.unsupervised == Signal.objects.filter(state="open").count()


def test_it_raises_what_came_with_time_and_looks_again(cast, signal):
    answered(cast, signal)
    for number in (1, 2):
        score(cast.ana_episode, 14, (NOW + timedelta(weeks=number)).date())
        hold(cast.ana_episode, NOW + timedelta(weeks=number))
    go_through(cast.cleo_episode, (14, None, None, None))
    looked = look_at_all(COMMAND_LINE, at=NOW + timedelta(weeks=2, hours=2))
    assert looked.looked_again == 1
    assert looked.raised >= 1
    assert Signal.objects.filter(kind="measures-missing", owner=cast.carla).exists()


@pytest.mark.parametrize("who", ["ben", "sam", "dee", "eli"])
def test_the_daily_look_is_the_practice_s_own(cast, who):
    with pytest.raises(NotAllowed):
        look_at_all(cast.actor(who), at=NOW)


def test_the_daily_look_leaves_one_entry(cast, signal):
    look_at_all(COMMAND_LINE, at=NOW)
    assert trail_of("progress.looked") == 1


def test_what_stands_when_a_treatment_has_ended_is_put_away(cast, signal):
    answered(cast, signal)
    Episode.objects.filter(pk=cast.ana_episode.pk).update(state="closed", closed_on=NOW.date())
    look_at_all(COMMAND_LINE, at=LATER)
    assert set(Signal.objects.values_list("state", "happened_words")) == {("cleared", "The treatment ended.")}
    assert SignalAnswer.objects.count() == 1
    assert put_away(COMMAND_LINE, cast.ana_episode.pk, at=LATER) == 0


# By the therapist


def test_the_therapist_passes_it_on_at_once(cast, passed):
    assert passed.state == "passed-to-supervisor"
    pass_to_supervisor(cast.actor("ben"), passed.pk, at=LATER)
    passed.refresh_from_db()
    assert passed.passed_at == NOW
    assert trail_of("signal.passed") == 1


def test_not_without_a_supervisor_and_not_when_it_is_over(cast, signal):
    Therapist.objects.filter(pk=cast.ben.pk).update(supervisor=None)
    with pytest.raises(Refused) as refusal:
        pass_to_supervisor(cast.actor("ben"), signal.pk, at=NOW)
    assert codes(refusal) == {"signal.no-supervisor"}
    answered(cast, signal)
    with pytest.raises(Refused) as refusal:
        pass_to_supervisor(cast.actor("ben"), signal.pk, at=NOW)
    assert codes(refusal) == {"signal.answered"}


@pytest.mark.parametrize("who", ["carla", "sam", "dee", "eli"])
def test_nobody_else_passes_it_on(cast, signal, who):
    with pytest.raises(NotAllowed):
        pass_to_supervisor(cast.actor(who), signal.pk, at=NOW)


# By the supervisor


def test_the_supervisor_gives_it_back_with_a_comment_and_new_time(cast, passed):
    return_signal(cast.actor("sam"), passed.pk, words=" Look at the alliance first. ", at=LATER)
    passed.refresh_from_db()
    assert (passed.state, passed.due_at, passed.passed_at) == ("open", LATER + timedelta(days=7), None)
    said = SignalAnswer.objects.get()
    assert (said.kind, said.words, said.by, said.as_supervisor) == (
        "return",
        "Look at the alliance first.",
        cast.sam_user,
        True,
    )
    assert trail_of("signal.returned") == 1


def test_a_comment_is_needed_and_it_must_have_been_passed(cast, signal):
    with pytest.raises(Refused) as refusal:
        return_signal(cast.actor("sam"), signal.pk, words=" ", at=NOW)
    assert codes(refusal) == {"comment.missing", "signal.not-passed"}


def test_the_therapist_does_not_give_back_what_is_theirs(cast, passed):
    with pytest.raises(Refused) as refusal:
        return_signal(cast.actor("ben"), passed.pk, words="Later.", at=NOW)
    assert codes(refusal) == {"signal.own"}


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga"])
def test_nobody_else_gives_it_back(cast, passed, who):
    with pytest.raises(NotAllowed):
        return_signal(cast.actor(who), passed.pk, words="Later.", at=NOW)
    assert not SignalAnswer.objects.exists()
