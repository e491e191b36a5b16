"""The visit's page and what happens to a visit from it: shown to whom it concerns, changed once, told when it can't be."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from openhour.guard.models import TrailEntry
from openhour.records.models import Session, Visit, VisitChange
from openhour.workflows.schedule.book_series import book_series
from openhour.workflows.schedule.move_visit import move_visit
from tests.cast import NOW
from tests.shared_data import shared
from tests.web.schedule_desk import counting, page, stop_clock

FORMS = ["visit-move", "visit-cancel"]
PRESSES = ["visit-check-in", "visit-missed"]


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    stop_clock(monkeypatch)


def at(name: str, visit) -> str:
    return reverse(name, args=[visit.pk])


def of(visit: Visit) -> dict[str, object]:
    return Visit.objects.filter(pk=visit.pk).values().get()


def moved(cast, **other):
    usual = {
        "day": "2026-03-02",
        "time": "14:00",
        "room": cast.room.pk,
        "reason": "patient-asked",
        "remark": "",
        "revision": "1",
    }
    return usual | other


# --- the page


@pytest.mark.parametrize("who", ["dee", "ben", "sam"])
def test_the_page_says_who_when_where_and_in_what_state(sign_in, cast, who):
    words = page(sign_in(who).get(at("visit", cast.ana_visit)))
    for fact in (
        "Ana Almond",
        "P-1001",
        "Mon 2 Mar",
        "10:00 am – 11:00 am",
        "Ben Brook",
        "Blue room",
        "Main Street",
        "Booked",
    ):
        assert fact in words


def test_the_history_tells_what_was_changed_by_whom_and_why(sign_in, cast):
    move_visit(
        cast.actor("dee"), cast.ana_visit.pk, room_id=cast.other_room.pk, starts=datetime(2026, 3, 2, 14),
        reason="therapist-asked", remark="fire drill", revision=1, at=NOW,
    )  # fmt: skip
    words = page(sign_in("ben").get(at("visit", cast.ana_visit)))
    for fact in (
        "Moved",
        "The therapist asked",
        "“fire drill”",
        "Dee Dale",
        "It was on Mon 2 Mar, 10:00 am, Blue room.",
    ):
        assert fact in words


def test_a_visit_of_a_series_shows_the_others(sign_in, cast):
    booked = book_series(
        cast.actor("dee"), cast.ana_episode.pk, room_id=cast.room.pk, starts=datetime(2026, 3, 3, 10),
        cadence="biweekly", count=4, at=NOW,
    )  # fmt: skip
    words = page(sign_in("ben").get(reverse("visit", args=[booked.visit_ids[2]])))
    assert "Every other week, visit 3 of 4" in words
    assert all(reverse("visit", args=[visit]) in words for visit in booked.visit_ids)


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        ("booked", {"move", "cancel", "check-in", "missed"}),
        ("arrived", {"move", "cancel", "undo-check-in"}),
        ("missed", {"cancel", "check-in"}),
        ("held", set()),
        ("cancelled", set()),
    ],
)
def test_only_what_will_work_is_offered(sign_in, cast, state, steps):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state=state)
    words = page(sign_in("dee").get(at("visit", cast.ana_visit)))
    every = {"move", "cancel", "check-in", "undo-check-in", "missed"}
    assert {step for step in every if f'"{at(f"visit-{step}", cast.ana_visit)}"' in words} == steps
    assert not re.search(r"/(move|cancel|check-in|missed)/", page(sign_in("sam").get(at("visit", cast.ana_visit))))


def test_one_trail_entry_and_eight_queries_at_most(sign_in, cast):
    client = sign_in("dee")
    with counting() as queries:
        client.get(at("visit", cast.ana_visit))
    assert len(queries) <= 8, "\n".join(queries)
    (entry,) = TrailEntry.objects.all()
    assert (entry.action, entry.subject_id, entry.patient_id) == (
        "schedule.read",
        str(cast.ana_visit.pk),
        str(cast.ana.pk),
    )


# --- who gets nothing


@pytest.mark.parametrize("name", ["visit", *FORMS])
@pytest.mark.parametrize("who", ["carla", "eli", "olga"])
def test_a_foreign_visit_and_a_missing_one_look_the_same(sign_in, cast, name, who):
    client = sign_in(who)
    foreign, missing = client.get(at(name, cast.ana_visit)), client.get(reverse(name, args=[uuid4()]))
    assert foreign.status_code == missing.status_code == 404
    assert "Ana" not in page(foreign)
    assert page(foreign) == page(missing)


@pytest.mark.parametrize("name", [*FORMS, *PRESSES])
@pytest.mark.parametrize("who", ["carla", "sam", "eli", "olga"])
def test_nobody_else_changes_it(sign_in, cast, name, who):
    before = of(cast.ana_visit)
    answer = sign_in(who).post(at(name, cast.ana_visit), moved(cast))
    assert answer.status_code == 404
    assert "Ana" not in page(answer)
    assert of(cast.ana_visit) == before
    assert not TrailEntry.objects.filter(action__startswith="visit.").exists()


@pytest.mark.parametrize("name", PRESSES)
def test_a_link_changes_nothing(sign_in, cast, name):
    assert sign_in("dee").get(at(name, cast.ana_visit)).status_code == 405


def test_the_page_takes_no_post(sign_in, cast):
    assert sign_in("dee").post(at("visit", cast.ana_visit)).status_code == 405


# --- check in, missed


def test_check_in_comes_back_to_the_day_that_was_open(sign_in, cast):
    answer = sign_in("dee").post(
        at("visit-check-in", cast.ana_visit), {"back_to": f"day=2026-03-02&by=room&who={cast.room.pk}"}
    )
    assert answer["Location"] == f"/schedule/?day=2026-03-02&by=room&who={cast.room.pk}"
    assert of(cast.ana_visit)["state"] == "arrived"


@pytest.mark.parametrize(
    "back", ["", "https://elsewhere.test/", "//elsewhere.test", "day=x", "\x00", "day=2026-03-02&next=//x"]
)
def test_back_never_leads_out_of_the_house(sign_in, cast, back):
    answer = sign_in("dee").post(at("visit-check-in", cast.ana_visit), {"back_to": back})
    assert answer["Location"] in (at("visit", cast.ana_visit), "/schedule/?day=2026-03-02&by=therapist")


def test_check_in_twice_is_checked_in_once(sign_in, cast):
    client = sign_in("dee")
    for _ in range(2):
        assert client.post(at("visit-check-in", cast.ana_visit)).status_code == 302
    assert of(cast.ana_visit)["revision"] == 2


@pytest.mark.parametrize(
    ("name", "hours", "words"),
    [("visit-check-in", 24, "check in on that day"), ("visit-missed", -1, "hasn’t begun yet")],
)
def test_a_press_that_is_refused_says_why(sign_in, cast, monkeypatch, name, hours, words):
    stop_clock(monkeypatch, NOW + timedelta(hours=hours))
    answer = sign_in("dee").post(at(name, cast.ana_visit))
    assert answer.status_code == 422
    assert words in page(answer)
    assert of(cast.ana_visit)["state"] == "booked"


def test_missed(sign_in, cast):
    assert sign_in("ben").post(at("visit-missed", cast.ana_visit)).status_code == 302
    assert of(cast.ana_visit)["state"] == "missed"


# --- move


def test_the_form_to_move_stands_where_the_visit_stands(sign_in, cast):
    words = page(sign_in("dee").get(at("visit-move", cast.ana_visit)))
    for held in (
        'value="2026-03-02"',
        'value="10:00"',
        f'<option value="{cast.room.pk}" selected>',
        'name="revision" value="1"',
    ):
        assert held in words


def test_a_visit_is_moved(sign_in, cast):
    answer = sign_in("ben").post(at("visit-move", cast.ana_visit), moved(cast))
    assert answer["Location"] == at("visit", cast.ana_visit)
    assert of(cast.ana_visit)["starts_at"] == NOW + timedelta(hours=4)


def test_of_two_tabs_the_second_is_told_and_keeps_what_was_typed(sign_in, cast):
    client = sign_in("dee")
    client.post(at("visit-move", cast.ana_visit), moved(cast))
    answer = client.post(at("visit-move", cast.ana_visit), moved(cast, time="16:00", remark="second thoughts"))
    words = page(answer)
    assert answer.status_code == 409
    assert "Somebody changed this visit" in words
    assert 'value="16:00"' in words
    assert "second thoughts" in words
    assert "2:00 pm – 3:00 pm" in words, "the visit as it stands now"
    assert of(cast.ana_visit)["starts_at"] == NOW + timedelta(hours=4)
    assert VisitChange.objects.count() == 1
    assert 'name="revision" value="2"' in words
    assert client.post(at("visit-move", cast.ana_visit), moved(cast, time="16:00", revision="2")).status_code == 302


@pytest.mark.parametrize(
    ("asked", "sentence", "field"),
    [
        ({"reason": ""}, "Choose the reason", "reason"),
        ({"day": "soon", "reason": ""}, "Give the day", "day"),
        ({"day": "soon", "reason": ""}, "Choose the reason", "reason"),
        ({"time": ""}, "Give the time", "time"),
        ({"room": "x"}, "Choose a room", "room"),
        ({"remark": "y" * 201}, "room for 200 characters", "remark"),
        ({"remark": "a\x00b"}, "can’t be kept", "remark"),
        ({"time": "10:00"}, "another time or another room", "time"),
        ({"time": "19:30"}, "is open from", "time"),
    ],
)
def test_a_move_that_cannot_be_is_told_beside_the_field(sign_in, cast, asked, sentence, field):
    before = of(cast.ana_visit)
    answer = sign_in("dee").post(at("visit-move", cast.ana_visit), moved(cast, **asked))
    assert answer.status_code == 422
    assert re.search(rf'id="id_{field}-error">.*?{sentence}', page(answer), re.DOTALL)
    assert of(cast.ana_visit) == before


def test_a_conflict_names_the_hour_and_not_the_other_patient(sign_in, cast):
    answer = sign_in("ben").post(at("visit-move", cast.ana_visit), moved(cast, time="10:30", room=cast.other_room.pk))
    assert answer.status_code == 409
    assert "the room is already taken from 10:00 AM to 11:00 AM" in page(answer)
    assert not any(name in page(answer) for name in ("Cleo", "Quince", "Carla"))


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("state", ["held", "cancelled"])
def test_what_is_over_offers_no_form(sign_in, cast, name, state):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(state=state)
    client = sign_in("dee")
    words = page(client.get(at(name, cast.ana_visit)))
    assert "as it stands now" in words
    assert 'name="reason"' not in words
    answer = client.post(at(name, cast.ana_visit), moved(cast))
    assert answer.status_code == 422
    assert of(cast.ana_visit)["state"] == state


# --- cancel


def test_a_visit_is_cancelled_with_a_reason(sign_in, cast):
    answer = sign_in("dee").post(
        at("visit-cancel", cast.ana_visit), {"reason": "weather", "remark": "snow", "revision": "1"}
    )
    assert answer.status_code == 302
    assert of(cast.ana_visit)["cancel_reason"] == "weather"
    words = page(sign_in("dee").get(answer["Location"]))
    assert "Weather or travel" in words
    assert "“snow”" in words


def test_the_later_visits_of_a_series_are_offered_and_not_chosen(sign_in, cast):
    booked = book_series(
        cast.actor("dee"), cast.ana_episode.pk, room_id=cast.room.pk, starts=datetime(2026, 3, 3, 10),
        cadence="weekly", count=4, at=NOW,
    )  # fmt: skip
    client, address = sign_in("dee"), reverse("visit-cancel", args=[booked.visit_ids[1]])
    words = page(client.get(address))
    assert "Cancel the 2 later visits of this series too" in words
    assert not re.search(r'<input type="checkbox"[^>]*checked', words)
    sent = {"reason": "illness", "revision": "1", "following": "on"}
    assert "3 visits are cancelled." in page(client.post(address, sent, follow=True))
    assert "of this series too" not in page(client.get(at("visit-cancel", cast.ana_visit)))


@pytest.mark.parametrize(("hours", "chosen"), [(-23, True), (-25, False)])
def test_a_late_cancellation_is_only_offered(sign_in, cast, monkeypatch, hours, chosen):
    stop_clock(monkeypatch, NOW + timedelta(hours=hours))
    words = page(sign_in("dee").get(at("visit-cancel", cast.ana_visit)))
    assert bool(re.search(r'value="late-cancellation"[^>]* checked', words)) == chosen
    sign_in("dee").post(at("visit-cancel", cast.ana_visit), {"reason": "illness", "revision": "1"})
    assert of(cast.ana_visit)["cancel_reason"] == "illness"


@pytest.mark.parametrize("revision", ["", "0", "x", "2", "9" * 30])
def test_a_page_of_another_time_cancels_nothing(sign_in, cast, revision):
    answer = sign_in("dee").post(
        at("visit-cancel", cast.ana_visit), {"reason": "illness", "remark": "kept", "revision": revision}
    )
    assert answer.status_code == 409
    assert 'value="kept"' in page(answer)
    assert of(cast.ana_visit)["state"] == "booked"


def test_an_hour_that_has_begun_is_left_alone(sign_in, cast):
    Session.objects.create(
        visit=cast.ana_visit,
        patient=cast.ana,
        episode=cast.ana_episode,
        therapist=cast.ben,
        started_at=NOW,
        made_at=NOW,
    )
    words = page(sign_in("dee").get(at("visit", cast.ana_visit)))
    assert "The hour has begun" in words
    answer = sign_in("dee").post(at("visit-cancel", cast.ana_visit), {"reason": "illness", "revision": "1"})
    assert answer.status_code == 422
    assert "the therapist ends it" in page(answer)


@pytest.mark.parametrize("name", ["day", "time", "room", "reason", "remark", "revision", "back_to"])
def test_strings_that_break_programs_break_nothing_here(sign_in, cast, name):
    client = sign_in("dee")
    lines = [
        "\x00",
        b"\xed\xa0\x80",
        "x" * 10_000,
        *json.loads(shared("badinput/blns.json").read_text("utf-8"))[::40],
    ]
    for line in lines:
        for route in (*FORMS, *PRESSES):
            answer = client.post(at(route, cast.ana_visit), moved(cast, **{name: line}))
            assert answer.status_code in (302, 409, 422), (route, name, line)
