"""What the patient wants to talk about: kept as it is typed, never overwritten silently."""

from __future__ import annotations

from datetime import timedelta

import pytest

from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Topic
from openhour.workflows.hour.typed import base_of
from openhour.workflows.safety.save_topic import TOPIC_AT_MOST, save_topic
from tests.cast import NOW
from tests.workflows.answers import BEFORE, by_link
from tests.workflows.hours import trail_of

EMPTY = base_of("")


@pytest.fixture
def ana(cast):
    return by_link(cast)


def test_the_words_are_kept_with_the_visit(cast, ana):
    base = save_topic(ana, "My sister.\r\nAnd sleep.", base=EMPTY, at=BEFORE)
    topic = Topic.objects.get()
    assert (topic.visit, topic.patient, topic.text) == (cast.ana_visit, cast.ana, "My sister.\nAnd sleep.")
    assert base == base_of(topic.text)
    save_topic(ana, "Sleep.", base=base, at=BEFORE + timedelta(minutes=1))
    topic.refresh_from_db()
    assert (topic.text, topic.saved_at) == ("Sleep.", BEFORE + timedelta(minutes=1))


def test_words_that_began_from_older_ones_are_not_laid_over_newer_ones(cast, ana):
    save_topic(ana, "On the phone.", base=EMPTY, at=BEFORE)
    with pytest.raises(Refused, match=r"topic\.changed-meanwhile"):
        save_topic(ana, "On the tablet.", base=EMPTY, at=BEFORE)
    assert Topic.objects.get().text == "On the phone."


def test_the_same_words_again_change_nothing(cast, ana):
    save_topic(ana, "Sleep.", base=EMPTY, at=BEFORE)
    save_topic(ana, "Sleep.", base=EMPTY, at=NOW)
    assert Topic.objects.get().saved_at == BEFORE
    assert trail_of("topic.saved") == 1


@pytest.mark.parametrize("text", ["x" * (TOPIC_AT_MOST + 1), "a\0b", "\ud800"])
def test_what_can_t_be_kept_is_refused_beside_the_field(cast, ana, text):
    with pytest.raises(Refused) as refusal:
        save_topic(ana, text, base=EMPTY, at=BEFORE)
    assert {finding.place for finding in refusal.value.findings} == {"topic"}
    assert not Topic.objects.exists()


def test_the_trail_counts_and_never_quotes(cast, ana):
    save_topic(ana, "My sister", base=EMPTY, at=BEFORE)
    entry = TrailEntry.objects.get(action="topic.saved")
    assert "sister" not in entry.detail
    assert entry.patient_id == str(cast.ana.pk)


@pytest.mark.parametrize("who", ["ben", "dee", "olga"])
def test_nobody_on_the_staff_writes_the_patient_s_words(cast, who):
    with pytest.raises(NotAllowed):
        save_topic(cast.actor(who), "Sleep.", base=EMPTY, at=BEFORE)


def test_a_link_that_ended_keeps_nothing(cast, ana):
    with pytest.raises(NotAllowed):
        save_topic(ana, "Sleep.", base=EMPTY, at=NOW + timedelta(days=1))
    assert not Topic.objects.exists()
