"""The calendar and the search before a booking: one entry, a steady number of queries; and short rows that travel along."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from django.db.models import OuterRef
from hypothesis import given
from hypothesis import strategies as st

from openhour.guard.models import TrailEntry
from openhour.kernel import Interval
from openhour.records.models import Consent, Diagnosis, Episode, Patient, Visit
from openhour.records.queries.booking import episode_to_book, episodes_found, kinds_of_hour
from openhour.records.queries.calendar import appointments, colleagues, rooms_in_use, sites
from openhour.records.queries.json_rows import day_of, json_rows, moment_of
from tests.cast import NOW, TODAY
from tests.records.reading import EVERYBODY, actor_of, entry_of, named_in, queries_of, those_who_may
from tests.workflows.hours import diagnose, give_consent

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = Interval(NOW - 10 * HOUR, NOW + 14 * HOUR)
BOOKS = {"ben": {"ana"}, "carla": {"cleo"}, "dee": {"ana", "cleo"}}


def ids(cast, names):
    return {str(getattr(cast, name).pk) for name in names}


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_search_leaves_one_entry_that_names_whom_it_found_and_not_what_was_typed(cast, who):
    entry = entry_of(lambda: episodes_found(actor_of(cast, who), "e", at=NOW))
    assert named_in(entry) == ids(cast, {name for name in BOOKS.get(who, set()) if name == "cleo"})
    entry = entry_of(lambda: episodes_found(actor_of(cast, who), "almond", at=NOW))
    assert "almond" not in str(vars(entry))


def test_who_may_book_for_ana(cast):
    assert those_who_may(cast, lambda actor: episode_to_book(actor, cast.ana_episode.pk, at=NOW)) == {"ben", "dee"}
    assert those_who_may(cast, lambda actor: episode_to_book(actor, uuid4(), at=NOW)) == set()


def test_nobody_is_booked_for_a_treatment_that_ended(cast):
    Episode.objects.filter(pk=cast.ana_episode.pk).update(state="closed")
    assert those_who_may(cast, lambda actor: episode_to_book(actor, cast.ana_episode.pk, at=NOW)) == set()
    assert [one.number for one in episodes_found(cast.actor("dee"), "", at=NOW)] == ["P-1002"]


def test_what_is_booked_says_who_with_whom(cast):
    entry = entry_of(lambda: episode_to_book(cast.actor("dee"), cast.ana_episode.pk, at=NOW))
    assert (entry.action, named_in(entry)) == ("patient.read", {str(cast.ana.pk)})
    found = episode_to_book(cast.actor("dee"), cast.ana_episode.pk, at=NOW)
    assert (found.patient, found.number, found.therapist) == ("Ana Almond", "P-1001", "Ben Brook")
    assert (found.born, found.therapist_id, found.procedure) == (date(1985, 4, 12), cast.ben.pk, "psychotherapy-60")


def test_the_longest_kind_of_hour_comes_first_and_none_before_its_time():
    minutes = [kind.planned_minutes for kind in kinds_of_hour(on=TODAY)]
    assert minutes == sorted(minutes, reverse=True)
    assert 60 in minutes
    assert kinds_of_hour(on=date(1990, 1, 1)) == ()


def test_a_fuller_calendar_takes_no_more_queries(cast):
    dee, ben = cast.actor("dee"), cast.actor("ben")
    reads = (
        lambda: appointments(dee, DAY, at=NOW),
        lambda: episodes_found(dee, "", at=NOW),
        lambda: rooms_in_use(ben, cast.site.pk, DAY),
        lambda: colleagues(dee),
        sites,
    )
    few = [queries_of(read) for read in reads]
    for place in range(1, 8):
        patient = Patient.objects.create(
            number=f"P-5{place:03}",
            first_name="New",
            last_name=f"N{place}",
            sort_name=f"n{place} new",
            birth_date=date(1980, 1, 1),
            made_at=NOW,
        )
        episode = Episode.objects.create(
            patient=patient,
            therapist=cast.carla,
            procedure="psychotherapy-60",
            procedure_key="psychotherapy-60@1.0.0",
            opened_on=TODAY,
            made_at=NOW,
        )
        Visit.objects.create(
            episode=episode,
            patient=patient,
            therapist=cast.carla,
            site=cast.site,
            room=cast.other_room,
            procedure="psychotherapy-60",
            starts_at=NOW + place * HOUR,
            ends_at=NOW + (place + 1) * HOUR,
            made_at=NOW,
        )
    assert len(appointments(dee, DAY, at=NOW)) == 9
    assert [queries_of(read) for read in reads] == few


def test_a_room_that_is_taken_is_told_without_an_entry_because_nobody_is_named(cast):
    (taken,) = rooms_in_use(cast.actor("ben"), cast.site.pk, DAY)
    assert (taken.room_id, taken.interval) == (cast.other_room.pk, cast.cleo_visit.interval)
    assert not TrailEntry.objects.exists()


# --- short rows that travel with the one they belong to


def with_rows():
    lines = json_rows(
        Diagnosis.objects.filter(episode=OuterRef("pk")),
        "episode",
        id="id",
        code="code",
        since="since",
        until="until",
    )
    consents = json_rows(
        Consent.objects.filter(patient=OuterRef("patient")), "patient", withdrawn="withdrawn_at", made="made_at"
    )
    return {row.pk: row for row in Episode.objects.annotate(lines=lines, signed=consents)}


def test_each_row_brings_its_own_neighbours_and_nobody_elses_in_one_query(cast, django_assert_num_queries):
    for code in ("F32.1", "F41.1"):
        diagnose(cast.ana_episode, code)
    diagnose(cast.cleo_episode, "F60.3")
    with django_assert_num_queries(1):
        found = with_rows()
    assert {one["code"] for one in found[cast.ana_episode.pk].lines} == {"F32.1", "F41.1"}
    assert [one["code"] for one in found[cast.cleo_episode.pk].lines] == ["F60.3"]


def test_no_neighbours_are_none(cast):
    assert with_rows()[cast.ana_episode.pk].lines is None


def test_days_and_moments_come_back_as_they_were_written(cast):
    diagnose(cast.ana_episode)
    Diagnosis.objects.update(until=date(2026, 2, 28))
    give_consent(cast.ana_episode)
    moment = datetime(2026, 3, 3, 5, 30, 1, 250000, tzinfo=UTC)
    Consent.objects.update(withdrawn_at=moment)
    row = with_rows()[cast.ana_episode.pk]
    assert (day_of(row.lines[0]["since"]), day_of(row.lines[0]["until"])) == (date(2026, 1, 5), date(2026, 2, 28))
    assert moment_of(row.signed[0]["withdrawn"]) == moment
    assert moment_of(row.signed[0]["made"]) == Consent.objects.first().made_at


@pytest.mark.parametrize("text", ["", None])
def test_no_day_and_no_moment_are_none(text):
    assert (day_of(text), moment_of(text)) == (None, None)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)), st.integers(-12, 14))
def test_a_moment_is_read_in_any_zone_and_without_one_as_utc(naive, hours):
    assert moment_of(naive.isoformat(" ")) == naive.replace(tzinfo=UTC)
    aware = naive.replace(tzinfo=timezone(timedelta(hours=hours)))
    assert moment_of(aware.isoformat()) == aware
