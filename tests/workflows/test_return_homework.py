"""A patient fills in homework behind the link, and hands it back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Assignment
from openhour.workflows.homework.return_homework import return_homework
from tests.cast import NOW
from tests.workflows.answers import BEFORE, by_link
from tests.workflows.given import thought_record
from tests.workflows.hours import trail_length, trail_of


@pytest.fixture
def given(cast) -> Assignment:
    return thought_record(cast)


@pytest.fixture
def ana(cast):
    return by_link(cast)


def write(ana, given, words, *, base=0, send=False, at=BEFORE):
    return return_homework(ana, given.pk, words, base=base, send=send, at=at)


def test_each_entry_is_kept_as_it_is_given_and_stays_open(ana, given):
    write(ana, given, {"1.situation": "The bus was late.\r\nAgain.", "1.belief-before": " 70 "})
    write(ana, given, {"2.day": "2026-03-01", "2.hour": "14:30"}, base=1)
    given.refresh_from_db()
    assert given.answers == [
        {"situation": "The bus was late.\nAgain.", "belief-before": "70"},
        {"day": "2026-03-01", "hour": "14:30"},
    ]
    assert (given.state, given.returned_at, given.revision) == ("given", None, 2)
    assert trail_of("homework.saved") == 2


def test_sending_hands_it_back_and_closes_it(ana, given):
    write(ana, given, {"1.thought": "I always miss out."}, send=True)
    given.refresh_from_db()
    assert (given.state, given.returned_at) == ("returned", BEFORE)
    with pytest.raises(Refused, match=r"homework\.sent"):
        write(ana, given, {"1.thought": "Never mind."}, base=1)
    given.refresh_from_db()
    assert given.answers == [{"thought": "I always miss out."}]
    assert trail_of("homework.returned") == 1


def test_an_answer_may_be_taken_back_and_what_isn_t_named_stays(ana, given):
    write(ana, given, {"1.thought": "One", "1.feeling": "sad", "3.thought": "Three"})
    write(ana, given, {"1.thought": "", "3.thought": " "}, base=1)
    given.refresh_from_db()
    assert given.answers == [{"feeling": "sad"}]


def test_an_empty_form_isn_t_sent(ana, given):
    with pytest.raises(Refused, match=r"homework\.empty"):
        write(ana, given, {"1.thought": "  "}, send=True)
    given.refresh_from_db()
    assert given.state == "given"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("1.day", "yesterday"),
        ("1.day", "2026-02-30"),
        ("1.hour", "25:00"),
        ("1.hour", "half past two"),
        ("1.belief-before", "101"),
        ("1.belief-before", "-1"),
        ("1.belief-before", "seventy"),
        ("1.belief-before", "٧٠"),
        ("1.feeling", "x" * 401),
        ("1.thought", "x" * 4001),
        ("1.thought", "a\0b"),
        ("1.thought", "\ud800"),
    ],
)
def test_what_a_field_can_t_hold_is_refused_beside_it_and_nothing_is_kept(ana, given, name, text):
    with pytest.raises(Refused) as refusal:
        write(ana, given, {"2.feeling": "sad", name: text})
    assert [finding.place for finding in refusal.value.findings] == [name]
    given.refresh_from_db()
    assert (given.answers, given.revision) == ([], 0)


@pytest.mark.parametrize("name", ["0.day", "41.day", "1.mother", "x.day", "1.", ".day", "1", "٣.day", "01.day"])
def test_a_place_that_the_form_doesn_t_have_is_refused(ana, given, name):
    with pytest.raises(Refused, match=r"homework\.unknown-field"):
        write(ana, given, {name: "2026-03-01"})


def test_every_reason_comes_at_once(ana, given):
    with pytest.raises(Refused) as refusal:
        write(ana, given, {"1.day": "x", "2.hour": "y", "3.belief-before": "z"})
    assert [finding.place for finding in refusal.value.findings] == ["1.day", "2.hour", "3.belief-before"]


def test_two_devices_never_overwrite_each_other_silently(ana, given):
    write(ana, given, {"1.thought": "On the phone."})
    with pytest.raises(Refused, match=r"homework\.changed-meanwhile"):
        write(ana, given, {"1.thought": "On the tablet."}, base=0)
    write(ana, given, {"1.thought": "On the phone."}, base=0)  # said again: nothing to do
    given.refresh_from_db()
    assert (given.answers, given.revision) == ([{"thought": "On the phone."}], 1)
    assert trail_of("homework.saved") == 1


def test_the_trail_counts_and_never_quotes(cast, ana, given):
    write(ana, given, {"1.thought": "My sister"}, send=True)
    entry = TrailEntry.objects.get(action="homework.returned")
    assert "sister" not in entry.detail
    assert (entry.patient_id, entry.subject_id) == (str(cast.ana.pk), str(given.pk))


def test_nothing_else_changes(cast, ana, given):
    before, length = Assignment.objects.values().get(), trail_length()
    write(ana, given, {"1.thought": "One"})
    after = Assignment.objects.values().get()
    assert {key for key in after if after[key] != before[key]} == {"answers", "revision"}
    assert trail_length() == length + 1


def test_homework_of_another_episode_isn_t_there(cast, ana, given):
    Assignment.objects.update(episode=cast.cleo_episode)
    with pytest.raises(NotAllowed):
        write(ana, given, {"1.thought": "One"})


def test_homework_of_another_patient_isn_t_there(cast, ana, given):
    Assignment.objects.update(patient=cast.cleo)
    with pytest.raises(NotAllowed):
        write(ana, given, {"1.thought": "One"})


@pytest.mark.parametrize("state", ["withdrawn"])
def test_withdrawn_homework_is_gone(ana, given, state):
    Assignment.objects.update(state=state)
    with pytest.raises(NotAllowed):
        write(ana, given, {"1.thought": "One"})


def test_what_was_looked_at_already_stays(ana, given):
    Assignment.objects.update(state="reviewed")
    with pytest.raises(Refused, match=r"homework\.sent"):
        write(ana, given, {"1.thought": "One"})


def test_a_form_that_left_the_shelf_is_told(ana, given):
    Assignment.objects.update(form_key="gone@9.9.9")
    with pytest.raises(Refused, match=r"homework\.form-gone"):
        write(ana, given, {"1.thought": "One"})


@pytest.mark.parametrize("who", ["ben", "carla", "dee", "olga"])
def test_nobody_on_the_staff_writes_the_patient_s_words(cast, given, who):
    with pytest.raises(NotAllowed):
        write(cast.actor(who), given, {"1.thought": "One"})


def test_a_link_that_ended_keeps_nothing(ana, given):
    with pytest.raises(NotAllowed):
        write(ana, given, {"1.thought": "One"}, at=NOW + timedelta(days=1))
    given.refresh_from_db()
    assert given.answers == []
