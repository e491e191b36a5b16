"""Open a course of treatment, and say why a patient comes."""

from __future__ import annotations

import uuid

import pytest

from openhour.guard.policy import NotAllowed
from openhour.records.models import Episode, Therapist
from openhour.workflows.intake.change_episode import change_episode, episode_mark
from openhour.workflows.intake.open_episode import open_episode
from tests.cast import NOW, TODAY, Cast
from tests.workflows.charts import codes_of, entry, nobody_but


def open_it(cast: Cast, who: str = "dee", **more) -> Episode:
    asked = {"therapist_id": cast.carla.pk, "procedure": "psychotherapy-60", "at": NOW} | more
    return Episode.objects.get(pk=open_episode(cast.actor(who), cast.ana.pk, **asked))


def test_the_front_desk_assigns_a_therapist_and_keeps_what_was_told(cast):
    episode = open_it(cast, reason=" Can’t sleep.\r\nSince May. ", indications=["stress", "stress", "grief"])
    assert (episode.therapist, episode.state, episode.opened_on) == (cast.carla, "open", TODAY)
    assert (episode.reason, episode.indications) == ("Can’t sleep.\nSince May.", ["stress", "grief"])
    assert episode.procedure_key == "psychotherapy-60@1.0.0"


def test_the_trail_has_one_entry_without_the_reason(cast):
    episode = open_it(cast, reason="Can’t sleep.")
    found = entry("episode.opened")
    assert (found.subject_id, found.patient_id) == (str(episode.pk), str(cast.ana.pk))
    assert "sleep" not in found.detail


def test_one_open_course_with_a_therapist(cast):
    assert codes_of(lambda: open_it(cast, therapist_id=cast.ben.pk)) == ["episode.open-already"]
    Episode.objects.filter(pk=cast.ana_episode.pk).update(state="closed", closed_on=TODAY)
    assert open_it(cast, therapist_id=cast.ben.pk).state == "open"


def test_a_therapist_opens_with_themselves_only(cast):
    assert codes_of(lambda: open_it(cast, "ben")) == ["therapist.other"]
    Episode.objects.filter(pk=cast.ana_episode.pk).update(state="closed", closed_on=TODAY)
    assert open_it(cast, "ben", therapist_id=cast.ben.pk).therapist == cast.ben


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({"therapist_id": None}, ["therapist.missing"]),
        ({"therapist_id": 987654321}, ["therapist.missing"]),
        ({"procedure": "no-such"}, ["procedure.unknown"]),
        ({"indications": ["no-such"]}, ["indications.unknown"]),
        ({"reason": "x" * 2001}, ["reason.too-long"]),
        ({"reason": "\x00"}, ["reason.unreadable"]),
        ({"therapist_id": None, "procedure": "", "reason": "\x00"}, ["therapist.missing", "procedure.unknown"]),
    ],
)
def test_each_reason_refuses(cast, asked, codes):
    assert codes_of(lambda: open_it(cast, **asked)) == codes
    assert Episode.objects.count() == 2


def test_a_therapist_who_is_switched_off_gets_nobody(cast):
    Therapist.objects.filter(pk=cast.carla.pk).update(active=False)
    assert codes_of(lambda: open_it(cast)) == ["therapist.missing"]


def test_a_profession_that_the_procedure_does_not_name_is_refused(cast):
    Therapist.objects.filter(pk=cast.carla.pk).update(profession="carpenter")
    assert codes_of(lambda: open_it(cast)) == ["personnel.profession"]


def test_nobody_else_opens(cast):
    nobody_but({"dee", "ben"}, lambda who: open_it(cast, who))
    with pytest.raises(NotAllowed):
        open_episode(cast.actor("dee"), uuid.uuid4(), therapist_id=cast.ben.pk, procedure="psychotherapy-60", at=NOW)


def change(cast: Cast, who: str = "ben", **more) -> Episode:
    mark = episode_mark(cast.ana_episode.reason, cast.ana_episode.indications)
    asked = {"reason": "Low, and tired.", "indications": ["depression", "stress"], "mark": mark, "at": NOW} | more
    change_episode(cast.actor(who), cast.ana_episode.pk, **asked)
    return Episode.objects.get(pk=cast.ana_episode.pk)


def test_the_therapist_says_why_they_come(cast):
    episode = change(cast)
    assert (episode.reason, episode.indications) == ("Low, and tired.", ["depression", "stress"])
    assert "tired" not in entry("episode.changed").detail


def test_the_front_desk_may_not_say_it_later(cast):
    nobody_but({"ben"}, lambda who: change(cast, who))


def test_the_second_tab_is_told(cast):
    change(cast)
    assert codes_of(lambda: change(cast, reason="Other words.")) == ["episode.changed-meanwhile"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"indications": ["no-such"]}, "indications.unknown"),
        ({"reason": "x" * 2001}, "reason.too-long"),
        ({"reason": "a\ud800"}, "reason.unreadable"),
    ],
)
def test_what_can_not_be_kept_is_refused(cast, asked, code):
    assert codes_of(lambda: change(cast, **asked)) == [code]


def test_what_has_ended_stays_as_it_is(cast):
    Episode.objects.filter(pk=cast.ana_episode.pk).update(state="closed", closed_on=TODAY)
    assert codes_of(lambda: change(cast)) == ["episode.closed"]
