"""Goals in the patient's own terms: five agreed levels, ratings, and the T score."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from openhour.records.models import Episode, GoalRating, GoalScale, Objective
from tests.cast import NOW, TODAY
from tests.web.charts import body_of, one_entry, queries_of, typed_in
from tests.web.schedule_desk import stop_clock
from tests.workflows.hours import agree_plan

WORDS = {
    "level--2": "Stays in bed all week",
    "level--1": "Goes out once a week",
    "level-0": "Goes out on three days",
    "level-1": "Goes out on five days",
    "level-2": "Goes out every day",
    "weight": "2",
    "version": "0",
}


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    stop_clock(monkeypatch)


@pytest.fixture
def objective(cast):
    return agree_plan(cast.ana_episode)


@pytest.fixture
def ben(sign_in):
    return sign_in("ben")


def at(cast):
    return reverse("goals", args=[cast.ana_episode.pk])


def levels_at(cast, objective):
    return reverse("goal-levels", args=[cast.ana_episode.pk, objective.thread])


def set_levels(client, cast, objective, **more):
    return client.post(levels_at(cast, objective), {**WORDS, **more})


def rate(client, cast, on=TODAY, **values):
    return client.post(at(cast), {**values, "on": on.isoformat()})


def test_the_levels_are_kept_and_stand_there(cast, ben, objective):
    assert set_levels(ben, cast, objective)["Location"] == at(cast)
    scale = GoalScale.objects.get()
    assert (scale.thread, scale.version, scale.weight, scale.by) == (objective.thread, 1, 2, cast.ben_user)
    assert scale.levels[0] == "Stays in bed all week"
    assert "−2 Stays in bed all week" in body_of(ben.get(at(cast)))


def test_a_change_is_a_new_version_and_the_same_again_is_none(cast, ben, objective):
    set_levels(ben, cast, objective)
    set_levels(ben, cast, objective, version="1")
    set_levels(ben, cast, objective, version="1", **{"level-0": "Goes out on four days"})
    assert [(one.version, one.state) for one in GoalScale.objects.order_by("version")] == [
        (1, "superseded"),
        (2, "active"),
    ]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"level-1": " "}, "Say what this level looks like."),
        ({"level-1": "Goes out every day"}, "Two levels say the same."),
        ({"level-1": "x" * 201}, "201 characters are too many"),
        ({"level-1": "a\0b"}, "can’t be kept"),
        ({"weight": "0"}, "Give a weight from 1 to 10."),
        ({"weight": "many"}, "Give a weight from 1 to 10."),
    ],
    ids=["empty", "same", "long", "nul", "weight", "no-number"],
)
def test_levels_are_refused_and_what_was_typed_stays(cast, ben, objective, typed, sentence):
    page = set_levels(ben, cast, objective, **typed)
    assert page.status_code == 422
    assert sentence in body_of(page)
    assert typed_in(page, "level--2") == "Stays in bed all week"
    assert not GoalScale.objects.exists()


def test_an_older_page_is_a_conflict(cast, ben, objective):
    set_levels(ben, cast, objective)
    assert set_levels(ben, cast, objective).status_code == 409


def test_ratings_of_a_day_give_the_t_score_of_the_reference(cast, ben, objective):
    other = Objective.objects.exclude(pk=objective.pk).get()
    set_levels(ben, cast, objective, weight="1")
    set_levels(ben, cast, other, weight="1")
    rate(ben, cast, **{f"a{objective.thread}": "1", f"a{other.thread}": "1", f"p{objective.thread}": "7"})
    assert sorted(GoalRating.objects.values_list("kind", "value")) == [
        ("attainment", 1),
        ("attainment", 1),
        ("personal", 7),
    ]
    words = body_of(ben.get(at(cast)))
    assert "T 62" in words
    assert "from 2 objectives" in words


def test_the_last_rating_of_a_day_counts_and_the_first_is_kept(cast, ben, objective):
    set_levels(ben, cast, objective)
    for level in ("-2", "0"):
        rate(ben, cast, **{f"a{objective.thread}": level})
    assert GoalRating.objects.count() == 2
    assert "T 50" in body_of(ben.get(at(cast)))


def test_a_rating_keeps_the_levels_it_was_given_on(cast, ben, objective):
    set_levels(ben, cast, objective)
    rate(ben, cast, TODAY - timedelta(days=7), **{f"a{objective.thread}": "1"})
    set_levels(ben, cast, objective, version="1", weight="9")
    assert GoalRating.objects.get().scale.weight == 2


@pytest.mark.parametrize(
    ("mark", "value", "sentence"),
    [
        ("a", "3", "Choose one of the levels."),
        ("a", "x", "Choose one"),
        ("p", "11", "from 0 to 10"),
        ("p", "-1", "0 to 10"),
    ],
)
def test_a_value_that_is_none_is_refused(cast, ben, objective, mark, value, sentence):
    set_levels(ben, cast, objective)
    page = rate(ben, cast, **{f"{mark}{objective.thread}": value})
    assert page.status_code == 422
    assert sentence in body_of(page)
    assert not GoalRating.objects.exists()


def test_without_levels_or_without_anything_or_ahead_nothing_is_rated(cast, ben, objective):
    assert "Agree on the levels first." in body_of(rate(ben, cast, **{f"a{objective.thread}": "1"}))
    assert rate(ben, cast).status_code == 422
    assert rate(ben, cast, date(2026, 3, 3), **{f"p{objective.thread}": "1"}).status_code == 422
    assert not GoalRating.objects.exists()


def test_an_objective_of_somebody_else_isn_t_there(cast, ben, objective):
    foreign = agree_plan(cast.cleo_episode)
    assert set_levels(ben, cast, foreign).status_code == 404
    assert not GoalScale.objects.exists()


def test_where_treatment_has_ended_nothing_is_rated(cast, ben, objective):
    Episode.objects.update(state="closed", closed_on=TODAY)
    assert rate(ben, cast, **{f"p{objective.thread}": "1"}).status_code == 422


def test_ratings_are_only_added(cast, ben, objective):
    rate(ben, cast, **{f"p{objective.thread}": "1"})
    with pytest.raises(IntegrityError), transaction.atomic():
        GoalRating.objects.update(value=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        GoalRating.objects.create(
            episode=cast.ana_episode,
            thread=objective.thread,
            kind="personal",
            value=11,
            day=TODAY,
            by="x",
            made_at=NOW,
        )


def test_the_supervisor_reads_and_rates_nothing(cast, sign_in, ben, objective):
    set_levels(ben, cast, objective)
    sam = sign_in("sam")
    assert "Goes out every day" in body_of(sam.get(at(cast)))
    assert rate(sam, cast, **{f"p{objective.thread}": "1"}).status_code == 404
    assert set_levels(sam, cast, objective).status_code == 404


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga"])
def test_for_everybody_else_it_isn_t_there(cast, sign_in, objective, who):
    client = sign_in(who)
    assert client.get(at(cast)).status_code == 404
    assert client.post(at(cast), {}).status_code == 404
    assert set_levels(client, cast, objective).status_code == 404


def test_reading_leaves_one_entry_and_few_queries(cast, ben, objective):
    ben.get(at(cast))
    with one_entry("chart.read"):
        assert queries_of(lambda: ben.get(at(cast))) <= 8
