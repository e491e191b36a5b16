"""Booking in the browser: find the patient, choose the hour, and see why not, with what was typed still there."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from openhour.guard.models import TrailEntry
from openhour.records.models import Episode, Licence, Room, Visit
from openhour.workflows.schedule.book_visit import book_visit
from tests.cast import NOW
from tests.shared_data import shared
from tests.web.schedule_desk import counting, page, stop_clock

BOOK = "/visits/book/"


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    stop_clock(monkeypatch)


def sent(cast, **other):
    usual = {
        "episode": cast.ana_episode.pk, "day": "2026-03-03", "time": "10:00", "room": cast.room.pk,
        "procedure": "psychotherapy-60", "repeat": "once", "count": "6",
    }  # fmt: skip
    return usual | other


# --- finding


def test_the_front_desk_finds_everybody_in_treatment(sign_in, cast):
    words = page(sign_in("dee").get(BOOK))
    assert "Ana Almond" in words
    assert "Cleo Quince" in words


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("alm", "Ana"),
        ("ANA almond", "Ana"),
        ("p-1002", "Cleo"),
        ("quince cl", "Cleo"),
        ("Quince, Cleo", "Cleo"),
        ("zzz", None),
        ("ana quince", None),
    ],
)
def test_a_patient_is_found_by_any_part_of_the_name_or_the_number(sign_in, cast, typed, found):
    words = page(sign_in("dee").post(BOOK, {"words": typed}))
    results = words[words.index('id="found"') :]
    assert [name for name in ("Ana", "Cleo") if name in results] == ([found] if found else [])


def test_what_is_typed_never_stands_in_an_address(sign_in, cast):
    answer = sign_in("dee").post(BOOK, {"words": "almond"})
    assert answer.status_code == 200, "no redirect that would carry it"
    assert all(
        "almond" not in address.casefold() for address in re.findall(r'(?:href|action)="([^"]*)"', page(answer))
    )
    assert 'method="post"' in page(answer)


@pytest.mark.parametrize(("who", "sees", "not_"), [("ben", "Almond", "Quince"), ("carla", "Quince", "Almond")])
def test_a_therapist_finds_their_own(sign_in, cast, who, sees, not_):
    client = sign_in(who)
    assert sees in page(client.get(BOOK))
    for answer in (client.get(BOOK), client.post(BOOK, {"words": not_})):
        assert not re.search(rf"{not_}</a>", page(answer))


@pytest.mark.parametrize("who", ["eli", "olga", "sam"])
def test_nobody_else_books(sign_in, cast, who):
    assert sign_in(who).get(BOOK).status_code == 404
    assert sign_in(who).post(BOOK, sent(cast)).status_code == 404


def test_words_in_an_address_are_not_read(sign_in):
    found = page(sign_in("dee").get(BOOK, {"words": "almond"}))
    assert "Cleo Quince" in found, "everybody, as without words"
    assert 'value="almond"' not in found


def test_a_closed_episode_is_not_offered(sign_in, cast):
    Episode.objects.filter(pk=cast.ana_episode.pk).update(state="closed")
    assert "Almond" not in page(sign_in("dee").get(BOOK))
    assert sign_in("dee").get(BOOK, {"episode": cast.ana_episode.pk}).status_code == 404


def test_what_the_calendar_knew_travels_on(sign_in, cast):
    words = page(
        sign_in("dee").get(BOOK, {"therapist": cast.ben.pk, "day": "2026-03-04", "time": "14:00", "room": "x"})
    )
    assert "Cleo" not in words
    assert "Wed 4 Mar" in words
    assert f"?episode={cast.ana_episode.pk}&amp;day=2026-03-04&amp;time=14%3A00" in words


def test_one_trail_entry_names_who_was_shown(sign_in, cast):
    sign_in("dee").post(BOOK, {"words": "almond"})
    (entry,) = TrailEntry.objects.all()
    assert entry.action == "patient.read"
    assert str(cast.ana.pk) in entry.detail
    assert str(cast.cleo.pk) not in entry.detail
    assert "almond" not in entry.detail


def test_finding_takes_the_same_queries_for_many(sign_in, cast):
    client = sign_in("dee")
    client.get(BOOK)
    with counting() as some:
        client.get(BOOK)
    with counting() as none:
        client.post(BOOK, {"words": "zzz"})
    assert len(some) == len(none) <= 8


# --- the form


def test_the_form_comes_filled_with_what_is_known(sign_in, cast):
    words = page(
        sign_in("dee").get(
            BOOK, {"episode": cast.ana_episode.pk, "day": "2026-03-04", "time": "14:00", "room": cast.room.pk}
        )
    )
    assert "Ana Almond with Ben Brook" in words
    assert 'value="2026-03-04"' in words
    assert 'value="14:00"' in words
    assert f'<option value="{cast.room.pk}" selected>' in words
    assert '<option value="psychotherapy-60" selected>' in words


def test_rooms_that_are_not_private_or_not_in_use_are_not_offered(sign_in, cast):
    Room.objects.create(site=cast.site, name="Waiting corner", private=False)
    Room.objects.filter(pk=cast.other_room.pk).update(active=False)
    words = page(sign_in("dee").get(BOOK, {"episode": cast.ana_episode.pk}))
    assert "Blue room" in words
    assert "Waiting corner" not in words
    assert "Garden room" not in words


@pytest.mark.parametrize("episode", ["", "x", "863e00a4-5ba3-462d-a692-d2d618a3b8a5", "\x00", "../etc"])
def test_an_episode_that_is_not_there_is_not_found(sign_in, cast, episode):
    answer = sign_in("dee").get(BOOK, {"episode": episode})
    assert answer.status_code == (404 if episode else 200)
    assert sign_in("dee").post(BOOK, sent(cast, episode=episode)).status_code == (404 if episode else 200)


@pytest.mark.parametrize("method", ["get", "post"])
def test_carla_gets_nothing_of_ana(sign_in, cast, method):
    answer = getattr(sign_in("carla"), method)(BOOK, sent(cast))
    assert answer.status_code == 404
    assert "Ana" not in page(answer)
    assert Visit.objects.count() == 2


# --- sent


@pytest.mark.parametrize("who", ["dee", "ben"])
def test_a_visit_is_booked_and_shown(sign_in, cast, who):
    answer = sign_in(who).post(BOOK, sent(cast))
    visit = Visit.objects.get(starts_at=datetime(2026, 3, 3, 10, tzinfo=cast.site.tz))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("visit", args=[visit.pk])


def test_a_series_is_booked_and_told_without_a_name(sign_in, cast):
    client = sign_in("dee")
    answer = client.post(BOOK, sent(cast, repeat="weekly"), follow=True)
    assert Visit.objects.filter(series__isnull=False).count() == 6
    assert "The series is booked: 6 visits." in page(answer)
    assert "visit 1 of 6" in page(answer)


def test_dates_that_do_not_fit_are_shown_and_can_be_left_out(sign_in, cast):
    book_visit(
        cast.actor("dee"), cast.cleo_episode.pk, room_id=cast.room.pk, starts=datetime(2026, 3, 17, 10), at=NOW
    )
    client = sign_in("dee")
    answer = client.post(BOOK, sent(cast, repeat="weekly"))
    words = page(answer)
    assert answer.status_code == 409
    assert "Tuesday, March 17, 2026, 10:00 AM: the room is already taken" in words
    assert "book the other 5" in words
    assert re.search(r'<input type="checkbox"[^>]*name="skip"[^>]*>', words), "offered"
    assert not re.search(r'<input type="checkbox"[^>]*checked', words), "and never chosen for anybody"
    assert "Cleo" not in words
    assert Visit.objects.count() == 3
    booked = client.post(BOOK, sent(cast, repeat="weekly", skip="on"), follow=True)
    assert Visit.objects.filter(series__isnull=False).count() == 5
    assert "March 17" in page(booked)


def test_nothing_to_leave_out_where_no_date_would_be_left(sign_in, cast):
    words = page(sign_in("dee").post(BOOK, sent(cast, repeat="weekly", time="22:00")))
    assert "Main Street is open from 8:00 AM to 8:00 PM" in words
    assert 'name="skip"' not in words


@pytest.mark.parametrize(
    ("asked", "sentence", "field"),
    [
        ({"day": "soon"}, "Give the day as a date", "day"),
        ({"time": "25:99"}, "Give the time as hours", "time"),
        ({"room": ""}, "Choose a room", "room"),
        ({"room": "9" * 30}, "Choose a room", "room"),
        ({"time": "07:00"}, "is open from", "time"),
        ({"day": "2026-02-27"}, "that time has passed", "time"),
        ({"procedure": "hypnosis"}, "no such kind of hour", "procedure"),
        ({"repeat": "daily"}, "Choose how often", "repeat"),
        ({"repeat": "weekly", "count": "many"}, "from 1 to 104", "count"),
        ({"repeat": "weekly", "count": "105"}, "from 1 to 104", "count"),
    ],
)
def test_what_cannot_be_is_told_beside_the_field_and_the_rest_is_kept(sign_in, cast, asked, sentence, field):
    typed = sent(cast, **asked)
    answer = sign_in("dee").post(BOOK, typed)
    words = page(answer)
    assert answer.status_code == 422
    assert re.search(rf'id="id_{field}-error">.*?{sentence}', words, re.DOTALL)
    assert f'value="{typed["day"]}"' in words
    assert f'value="{typed["time"]}"' in words
    assert Visit.objects.count() == 2


def test_an_overlap_is_a_conflict(sign_in, cast):
    answer = sign_in("dee").post(BOOK, sent(cast, day="2026-03-02", time="10:30"))
    assert answer.status_code == 409
    assert "the therapist already has a visit from 10:00 AM to 11:00 AM" in page(answer)


def test_a_licence_that_has_run_out_is_named_with_its_day(sign_in, cast):
    Licence.objects.filter(therapist=cast.ben).update(valid_to=date(2026, 3, 1))
    words = page(sign_in("dee").post(BOOK, sent(cast)))
    assert "No licence is in force in IL on March 3, 2026" in words


@pytest.mark.parametrize(
    "name", ["day", "time", "room", "procedure", "repeat", "count", "skip", "words", "therapist"]
)
def test_strings_that_break_programs_break_nothing_here(sign_in, cast, name):
    client = sign_in("dee")
    for line in hostile():
        for form in (sent(cast, **({"repeat": "weekly"} | {name: line})), {name: line}):
            assert client.post(BOOK, form).status_code in (200, 302, 409, 422), (name, line)


def hostile() -> list[str | bytes]:
    """Some of the strings that others collected, and a few of ours."""
    own: list[str | bytes] = [
        "\x00",
        b"\xed\xa0\x80",
        "x" * 10_000,
        "'; --",
        "<script>",
        "٣",
        "1e9",
        "-0",
        "2026-03-03\n",
    ]
    return own + json.loads(shared("badinput/blns.json").read_text("utf-8"))[::40]


def test_tuesday_is_unchanged_for_the_others(sign_in, cast):
    before = Visit.objects.filter(pk=cast.cleo_visit.pk).values().get()
    sign_in("dee").post(BOOK, sent(cast))
    assert Visit.objects.filter(pk=cast.cleo_visit.pk).values().get() == before
    assert NOW + timedelta(days=1) == Visit.objects.latest("starts_at").starts_at
