"""Diagnoses: add one that may stand on a claim, put them in order, end them; nothing is deleted."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest

from openhour.guard.policy import NotAllowed
from openhour.records.models import Diagnosis, Episode
from openhour.records.queries.diagnosis import diagnoses_of
from openhour.workflows.plan.add_diagnosis import add_diagnosis
from openhour.workflows.plan.end_diagnosis import end_diagnosis
from openhour.workflows.plan.rank_diagnosis import rank_diagnosis
from tests.cast import NOW, TODAY, Cast
from tests.workflows.charts import codes_of, entry, nobody_but

SINCE = date(2026, 1, 5)


def add(cast: Cast, code: str = "F33.1", since: date | None = SINCE, who: str = "ben") -> Diagnosis:
    return Diagnosis.objects.get(
        pk=add_diagnosis(cast.actor(who), cast.ana_episode.pk, code=code, since=since, at=NOW)
    )


def end(cast: Cast, row: Diagnosis, until: date | None = TODAY, who: str = "ben") -> None:
    end_diagnosis(cast.actor(who), row.pk, until=until, at=NOW)


def rank(cast: Cast, row: Diagnosis, step: str, who: str = "ben") -> None:
    rank_diagnosis(cast.actor(who), row.pk, step=step, at=NOW)


def order(cast: Cast) -> list[str]:
    rows = Diagnosis.objects.filter(episode=cast.ana_episode, until__isnull=True).order_by("rank")
    assert [row.rank for row in rows] == list(range(1, len(rows) + 1))
    return [row.code for row in rows]


def test_a_diagnosis_is_written_with_its_title_and_comes_last(cast):
    add(cast, "F41.1")
    row = add(cast, " f331 ")
    assert (row.code, row.rank, row.since, row.by) == ("F33.1", 2, SINCE, cast.ben)
    assert row.title == "Major depressive disorder, recurrent, moderate"


def test_the_trail_has_one_entry_without_the_code(cast):
    add(cast)
    assert "F33" not in entry("diagnosis.added").detail


@pytest.mark.parametrize(
    ("code", "since", "refused"),
    [
        ("", SINCE, "diagnosis.missing"),
        ("F33", SINCE, "diagnosis.not-billable"),
        ("F99.99", SINCE, "diagnosis.unknown"),
        ("'; drop table", SINCE, "diagnosis.unknown"),
        ("\x00", SINCE, "diagnosis.unknown"),
        ("F33.1", None, "since.missing"),
        ("F33.1", TODAY + timedelta(days=1), "since.ahead"),
        ("F33.1", date(2014, 1, 1), "diagnosis.too-early"),
    ],
)
def test_each_reason_refuses(cast, code, since, refused):
    assert codes_of(lambda: add(cast, code, since)) == [refused]
    assert not Diagnosis.objects.exists()


def test_what_stands_is_not_added_again_until_it_has_ended(cast):
    row = add(cast)
    assert codes_of(lambda: add(cast)) == ["diagnosis.stands-already"]
    end(cast, row)
    assert add(cast).pk != row.pk


def test_what_has_ended_as_treatment_takes_no_diagnosis(cast):
    Episode.objects.filter(pk=cast.ana_episode.pk).update(state="closed", closed_on=TODAY)
    assert codes_of(lambda: add(cast)) == ["episode.closed"]


def test_only_who_treats_writes(cast):
    row = add(cast)
    nobody_but({"ben"}, lambda who: add(cast, "F41.1", who=who))
    nobody_but({"ben"}, lambda who: end(cast, row, who=who))
    nobody_but({"ben"}, lambda who: rank(cast, row, "up", who=who))
    for verb in (end_diagnosis, rank_diagnosis):
        more = {"until": TODAY} if verb is end_diagnosis else {"step": "up"}
        with pytest.raises(NotAllowed):
            verb(cast.actor("ben"), uuid.uuid4(), **more, at=NOW)


def test_they_move_up_and_down_and_stay_at_the_ends(cast):
    first, second, third = add(cast, "F33.1"), add(cast, "F41.1"), add(cast, "Z63.0")
    rank(cast, third, "up")
    assert order(cast) == ["F33.1", "Z63.0", "F41.1"]
    rank(cast, first, "down")
    assert order(cast) == ["Z63.0", "F33.1", "F41.1"]
    rank(cast, second, "down")
    rank(cast, third, "up")
    assert order(cast) == ["Z63.0", "F33.1", "F41.1"]
    assert codes_of(lambda: rank(cast, first, "sideways")) == ["diagnosis.step"]


def test_an_end_closes_the_ranks_and_keeps_the_row(cast):
    first = add(cast, "F33.1")
    add(cast, "F41.1")
    end(cast, first)
    assert order(cast) == ["F41.1"]
    assert Diagnosis.objects.get(pk=first.pk).until == TODAY
    assert codes_of(lambda: end(cast, first)) == ["diagnosis.ended"]


@pytest.mark.parametrize(
    ("until", "code"),
    [(None, "until.missing"), (TODAY + timedelta(days=1), "until.ahead"), (date(2026, 1, 4), "until.early")],
)
def test_an_end_is_refused(cast, until, code):
    row = add(cast)
    assert codes_of(lambda: end(cast, row, until)) == [code]


@pytest.mark.parametrize(("code", "warned"), [("Z63.0", True), ("R45.4", True), ("F33.1", False)])
def test_a_symptom_or_a_circumstance_listed_first_is_told(cast, code, warned):
    add(cast, code)
    add(cast, "F41.1")
    page = diagnoses_of(cast.actor("sam"), cast.ana_episode.pk, at=NOW)
    assert bool(page.remarks) is warned
    assert [line.code for line in page.standing] == [code, "F41.1"]
