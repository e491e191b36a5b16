"""The day and the week: everybody sees their own, nobody sees more, and it costs the same however much is booked."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from openhour.guard.models import TrailEntry
from openhour.records.models import Room, Site, Visit
from tests.cast import NOW
from tests.web.schedule_desk import counting, fill, page, stop_clock

DAY, WEEK = "/schedule/", "/schedule/week/"
PAGES = [DAY, WEEK]


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    stop_clock(monkeypatch)


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("by", ["therapist", "room"])
def test_the_front_desk_sees_every_visit(sign_in, cast, address, by):
    words = page(sign_in("dee").get(address, {"by": by}))
    for visit, name in ((cast.ana_visit, "Ana Almond"), (cast.cleo_visit, "Cleo Quince")):
        assert name in words
        assert reverse("visit", args=[visit.pk]) in words
    titles = ("Blue room", "Garden room") if by == "room" else ("Ben Brook", "Carla Cole")
    assert all(title in words for title in titles)


def test_the_day_is_today_on_the_wall_of_the_site(sign_in, cast, monkeypatch):
    stop_clock(monkeypatch, NOW + timedelta(hours=13))  # the third of March in UTC, still the second in Springfield
    words = page(sign_in("dee").get(DAY))
    assert "Monday 2 March 2026" in words
    assert "10:00 am" in words


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("by", ["therapist", "room"])
@pytest.mark.parametrize(
    ("who", "sees", "not_"), [("ben", "Ana", "Cleo"), ("carla", "Cleo", "Ana"), ("sam", "Ana", "Cleo")]
)
def test_a_therapist_sees_their_own_and_a_supervisor_those_they_supervise(
    sign_in, cast, address, by, who, sees, not_
):
    words = page(sign_in(who).get(address, {"by": by}))
    assert sees in words
    assert not_ not in words
    assert ("Quince" if not_ == "Cleo" else "Almond") not in words


@pytest.mark.parametrize("address", PAGES)
def test_a_filter_opens_nothing_that_is_not_theirs(sign_in, cast, address):
    words = page(sign_in("carla").get(address, {"who": cast.ben.pk}))
    assert "Ben" not in words
    assert "Ana" not in words


@pytest.mark.parametrize("address", PAGES)
def test_in_the_room_view_a_therapist_sees_that_a_room_is_taken_and_no_more(sign_in, cast, address):
    words = page(sign_in("ben").get(address, {"by": "room"}))
    assert words.count("In use") == 1
    assert not any(name in words for name in ("Cleo", "Quince", "Carla", "Cole", str(cast.cleo_visit.pk)))


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("who", ["eli", "olga"])
def test_nobody_else_has_a_schedule(sign_in, cast, address, who):
    assert sign_in(who).get(address).status_code == 404


@pytest.mark.parametrize("address", PAGES)
def test_who_is_not_signed_in_is_asked_to_and_nothing_is_posted(client, sign_in, cast, address):
    assert client.get(address).status_code == 302
    assert sign_in("dee").post(address).status_code == 405


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("by", ["therapist", "room"])
@pytest.mark.parametrize("who", ["dee", "ben"])
def test_the_queries_are_eight_at_most_and_the_same_however_much_is_booked(sign_in, cast, address, by, who):
    client = sign_in(who)
    client.get(address)
    with counting() as few:
        client.get(address, {"by": by})
    fill(cast, cast.ana_episode, 20)
    fill(cast, cast.cleo_episode, 20)
    for number in range(6):
        Room.objects.create(site=cast.site, name=f"Room {number}")
    with counting() as many:
        client.get(address, {"by": by})
    assert len(few) == len(many) <= 8, "\n".join(many)


@pytest.mark.parametrize("address", PAGES)
def test_one_trail_entry_names_the_patients_who_were_shown(sign_in, cast, address):
    sign_in("dee").get(address)
    (entry,) = TrailEntry.objects.all()
    assert entry.action == "schedule.read"
    assert set(json.loads(entry.detail)["patients"]) == {str(cast.ana.pk), str(cast.cleo.pk)}
    sign_in("ben").get(address)
    assert json.loads(TrailEntry.objects.last().detail)["patients"] == [str(cast.ana.pk)]


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize(
    "day", ["yesterday", "2026-02-30", "", "\x00", "0001-01-01", "9999-12-31", "2026-W10-1", "ሀ" * 500]
)
def test_a_day_that_cannot_be_read_is_today_and_told(sign_in, cast, address, day):
    answer = sign_in("dee").get(address, {"day": day})
    assert answer.status_code == 422
    assert "can’t be read" in page(answer)
    assert "Ana Almond" in page(answer)


@pytest.mark.parametrize("day", ["1900-01-01", "2199-12-31"])
@pytest.mark.parametrize("address", PAGES)
def test_the_first_and_the_last_day_are_drawn(sign_in, cast, address, day):
    assert sign_in("dee").get(address, {"day": day}).status_code == 200


@pytest.mark.parametrize(
    "query", [{"site": "x"}, {"site": "999999"}, {"who": "-1"}, {"who": "9" * 40}, {"by": "moon"}]
)
def test_a_filter_that_cannot_be_read_shows_everybody(sign_in, cast, query):
    answer = sign_in("dee").get(DAY, query)
    assert answer.status_code == 200
    assert "Ana Almond" in page(answer)
    assert "Cleo Quince" in page(answer)


def test_the_day_can_be_narrowed_to_one(sign_in, cast):
    words = page(sign_in("dee").get(DAY, {"who": cast.ben.pk}))
    assert "Ana Almond" in words
    assert "Cleo Quince" not in words


def test_the_week_of_one_shows_hours_and_links_to_its_days(sign_in, cast):
    words = page(sign_in("dee").get(WEEK, {"who": cast.ben.pk}))
    assert "cal-hours-12" in words
    assert f"/schedule/?day=2026-03-04&amp;by=therapist&amp;site={cast.site.pk}&amp;who={cast.ben.pk}" in words
    assert "Cleo Quince" not in words


def test_a_saturday_is_shown_when_something_is_booked_on_it(sign_in, cast):
    client = sign_in("dee")
    assert "Sat 7 Mar" not in page(client.get(WEEK))
    fill(cast, cast.ana_episode, 1, start=NOW + timedelta(days=5))
    assert "Sat 7 Mar" in page(client.get(WEEK))


def test_free_hours_open_the_booking_with_what_is_known(sign_in, cast):
    words = page(sign_in("dee").get(DAY))
    free = re.findall(rf'/visits/book/\?therapist={cast.ben.pk}&amp;day=2026-03-02&amp;time=(\d\d:\d\d)"', words)
    assert free == [f"{hour}:00" for hour in range(11, 20)], "not before now, not while Ana is there, up to closing"
    assert f"/visits/book/?room={cast.room.pk}&amp;day=2026-03-02&amp;time=11:00" in page(
        sign_in("dee").get(DAY, {"by": "room"})
    )


def test_a_room_that_others_use_is_not_offered_to_a_therapist(sign_in, cast):
    words = page(sign_in("ben").get(DAY, {"by": "room"}))
    free = re.findall(rf'/visits/book/\?room={cast.other_room.pk}&amp;day=2026-03-02&amp;time=(\d\d:\d\d)"', words)
    assert "10:00" not in free
    assert "11:00" in free


def test_a_supervisor_is_offered_nothing_to_book(sign_in, cast):
    words = page(sign_in("sam").get(DAY))
    assert "/visits/book/" not in words
    assert "/check-in/" not in words


@pytest.mark.parametrize(("state", "words"), [("arrived", "Here"), ("held", "Held"), ("missed", "Missed")])
def test_each_state_is_told_in_words(sign_in, cast, state, words):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state=state)
    shown = page(sign_in("dee").get(DAY))
    assert f"is-{state}" in shown
    assert f"</svg>{words}</span>" in shown


def test_a_cancelled_visit_leaves_its_hour_free_and_is_still_told(sign_in, cast):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state="cancelled")
    words = page(sign_in("dee").get(DAY))
    assert "Cancelled that day" in words
    assert f"therapist={cast.ben.pk}&amp;day=2026-03-02&amp;time=10:00" in words
    assert "1 visit · 1 cancelled" in words


def test_check_in_stands_on_the_visits_that_are_near(sign_in, cast):
    near = reverse("visit-check-in", args=[cast.ana_visit.pk])
    (later,) = fill(cast, cast.ana_episode, 1, start=NOW + timedelta(hours=4))
    words = page(sign_in("dee").get(DAY))
    assert near in words
    assert reverse("visit-check-in", args=[later.pk]) not in words
    assert near not in page(sign_in("dee").get(DAY, {"day": "2026-03-03"}))


def test_a_practice_without_a_site_is_told_so(sign_in, cast):
    Site.objects.update(active=False)
    for address in PAGES:
        answer = sign_in("dee").get(address)
        assert answer.status_code == 200
        assert "no site yet" in page(answer)


def test_a_visit_at_another_site_names_it_among_the_hours_of_the_therapist(sign_in, cast):
    lake = Site.objects.create(
        name="Lakeside", place_of_service="11", address="2 Lake Rd", city="Springfield", state="IL",
        zip_code="627010001", zone="America/New_York",
    )  # fmt: skip
    room = Room.objects.create(site=lake, name="Lake room")
    Visit.objects.filter(pk=cast.ana_visit.pk).update(site=lake, room=room)
    assert "Lake room, Lakeside" in page(sign_in("dee").get(DAY, {"site": cast.site.pk}))
    there = page(sign_in("dee").get(DAY, {"site": lake.pk, "by": "room"}))
    assert "11:00 am" in there, "the same moment on the wall in New York"
    assert "Cleo" not in there
