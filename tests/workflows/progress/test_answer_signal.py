"""Answering a signal: two presses are enough; what stands in the way is said all at once; nothing that was said changes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Signal, SignalAnswer
from openhour.workflows.progress.answer_signal import answer_signal
from openhour.workflows.progress.pass_to_supervisor import pass_to_supervisor
from tests.cast import NOW
from tests.workflows.at_once import at_once
from tests.workflows.hours import trail_of
from tests.workflows.progress.courses import answered, off_track

pytestmark = pytest.mark.django_db


@pytest.fixture
def signal(cast):
    return off_track(cast)


def answer(cast, signal, who="ben", **more):
    given = {"in_the_way": ["alliance"], "doing": ["talk"], "look_after": 2, "at": NOW, **more}
    return answer_signal(cast.actor(who), signal.pk, **given)


def refused(cast, signal, who="ben", **more):
    with pytest.raises(Refused) as refusal:
        answer(cast, signal, who, **more)
    assert not SignalAnswer.objects.filter(kind="answer").exists()
    return {(finding.code, finding.place) for finding in refusal.value.findings}


def test_two_choices_are_an_answer(cast, signal):
    answer(cast, signal)
    signal.refresh_from_db()
    assert (signal.state, signal.answered_at, signal.look_after) == ("answered", NOW, 2)
    given = SignalAnswer.objects.get()
    assert (given.in_the_way, given.doing, given.alternatives) == (["alliance"], ["talk"], [])
    assert (given.by, given.as_supervisor, given.words) == (cast.ben_user, False, "")


def test_an_alternative_comes_from_the_pinned_definition(cast, signal):
    answer(cast, signal, doing=[], alternatives=["group-therapy", "self-help"], words=" She asked about a group. ")
    given = SignalAnswer.objects.get()
    assert given.alternatives == ["group-therapy", "self-help"]
    assert given.procedure_key == "psychotherapy-60@1.0.0"
    assert given.words == "She asked about a group."


def test_nothing_for_now_needs_a_reason(cast, signal):
    assert refused(cast, signal, doing=["nothing"]) == {("words.missing", "words")}
    answer(cast, signal, doing=["nothing"], words="Her mother died last week.")
    signal.refresh_from_db()
    assert signal.state == "answered"


def test_every_gap_is_said_at_once(cast, signal):
    codes = refused(cast, signal, in_the_way=[], doing=[], words="a" * 401, look_after=0)
    assert codes == {
        ("signal.in-the-way", "in_the_way"),
        ("signal.doing", "doing"),
        ("words.too-long", "words"),
        ("signal.look-after", "look_after"),
    }


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"in_the_way": ["the-moon"]}, "signal.in-the-way"),
        ({"doing": ["pray"]}, "signal.doing-unknown"),
        ({"alternatives": ["leeches"]}, "signal.doing-unknown"),
        ({"doing": ["nothing", "talk"]}, "signal.doing-both"),
        ({"doing": ["nothing"], "alternatives": ["medication"], "words": "Why."}, "signal.doing-both"),
        ({"look_after": 7}, "signal.look-after"),
        ({"words": "a\x00b"}, "words.unreadable"),
        ({"words": "a\ud800b"}, "words.unreadable"),
    ],
    ids=["way", "doing", "alternative", "both", "both-alternative", "look", "nul", "surrogate"],
)
def test_what_is_not_offered_is_refused(cast, signal, more, code):
    assert code in {one for one, _ in refused(cast, signal, **more)}


@pytest.mark.parametrize("state", ["answered", "looked-again", "cleared"])
def test_one_that_waits_for_nobody_is_not_answered_again(cast, signal, state):
    Signal.objects.filter(pk=signal.pk).update(state=state, answered_at=NOW, look_after=2)
    assert refused(cast, signal) == {(f"signal.{state}", "")}


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga"])
def test_nobody_else_may(cast, signal, who):
    with pytest.raises(NotAllowed):
        answer(cast, signal, who)


def test_the_supervisor_answers_what_was_passed_to_them_and_nothing_before(cast, signal):
    assert refused(cast, signal, "sam") == {("signal.not-passed", "")}
    pass_to_supervisor(cast.actor("ben"), signal.pk, at=NOW)
    answer(cast, signal, "sam")
    assert SignalAnswer.objects.get().as_supervisor


def test_the_therapist_still_answers_what_was_passed_on(cast, signal):
    pass_to_supervisor(cast.actor("ben"), signal.pk, at=NOW)
    answer(cast, signal, at=NOW + timedelta(days=30))
    signal.refresh_from_db()
    assert signal.state == "answered"


def test_the_trail_has_one_entry_with_the_choices_and_no_words(cast, signal):
    answer(cast, signal, words="She doesn’t trust me yet.")
    entry = TrailEntry.objects.get(action="signal.answered")
    assert (entry.patient_id, entry.actor) == (str(cast.ana.pk), f"user:{cast.ben_user.pk}")
    assert "alliance" in entry.detail
    assert "trust" not in entry.detail


def test_nothing_else_changes(cast, signal):
    before = Signal.objects.exclude(pk=signal.pk).values_list("pk", "state")
    kept = list(before)
    answer(cast, signal)
    assert list(before) == kept


def test_two_answers_at_once_are_one_answer_and_one_refusal(transactional_db, cast):
    signal = off_track(cast)
    outcomes = at_once(lambda: answered(cast, signal), lambda: answered(cast, signal))
    assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "Refused"]
    assert SignalAnswer.objects.count() == 1
    assert trail_of("signal.answered") == 1
