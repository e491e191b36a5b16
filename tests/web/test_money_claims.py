"""The biller's home: what waits, what holds it back and where that is mended, and one press that writes a batch once."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from openhour.guard.models import TrailEntry
from openhour.records.models import Charge, ClaimBatch, Coverage, Patient, Practice
from openhour.records.queries import charge as queries
from tests.cast import NOW
from tests.web.schedule_desk import counting, page, stop_clock
from tests.workflows.bills import SENT, hour, insure, nothing_written, states
from tests.workflows.hours import trail_length

pytestmark = pytest.mark.django_db
CLAIMS, WRITE = "/claims/", "/claims/write/"
PAYER = "example-payer"


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    stop_clock(monkeypatch, SENT)


@pytest.fixture
def eli(sign_in, cast):
    insure(cast)
    return sign_in("eli")


def sent(*rows, payer=PAYER, **other):
    return {"payer": payer, "look": "", "charge": [str(row.pk) for row in rows]} | other


def ticked(words):
    return set(re.findall(r'name="charge" value="([0-9a-f-]{36})" checked', words))


def ticks(words):
    return set(re.findall(r'name="charge" value="([0-9a-f-]{36})"', words))


def keys(*rows):
    return {str(row.pk) for row in rows}


# --- the list


def test_each_hour_says_when_who_what_and_how_much(eli, cast):
    hour(cast, days=7, diagnoses=["F32.1", "F41.1"])
    words = page(eli.get(CLAIMS))
    for fact in (
        "22 Feb 2026",
        "Ana Almond",
        "P-1001",
        "Ben Brook",
        "90837",
        "55 min",
        "F32.1, F41.1",
        "$180.00",
        "Example Payer",
        "Ready",
    ):
        assert fact in words


def test_it_is_the_billers_home(eli):
    assert eli.get(reverse("home"))["Location"] == CLAIMS
    assert "Every signed hour is claimed" in page(eli.get(CLAIMS))


def test_hours_stand_by_payer_the_oldest_first_and_self_pay_is_elsewhere(eli, cast):
    other = hour(cast, days=1, payer="zz-payer")
    late, early = hour(cast), hour(cast, days=9)
    own = hour(cast, days=2, payer="self-pay")
    words = page(eli.get(CLAIMS))
    places = [words.index(str(row.pk)) for row in (early, late, other)]
    assert places == sorted(places)
    assert str(own.pk) not in words
    assert words.count('action="/claims/write/"') == 2


def test_all_that_is_ready_is_ticked_and_what_is_held_can_not_be(eli, cast):
    good, warned = hour(cast), hour(cast, days=1, diagnoses=["Z63.0"])
    held = hour(cast, days=2, diagnoses=[])
    words = page(eli.get(CLAIMS))
    assert ticks(words) == ticked(words) == keys(good, warned)
    assert "Z63.0 stands first" in words
    assert "The claim needs at least one diagnosis." in words
    assert str(held.pk) in words
    assert "2 ready, $360.00; 1 held back" in words


def test_each_edit_says_where_it_is_mended(eli, cast):
    row = hour(cast)
    Coverage.objects.filter(patient=cast.ana).update(member_id="12")
    Patient.objects.filter(pk=cast.ana.pk).update(zip_code="")
    Practice.objects.update(npi="1234567890")
    Charge.objects.update(amount_cents=0)
    words = page(eli.get(CLAIMS))
    for told in (
        "The member id doesn",
        "The front desk mends this.",
        "The owner mends this.",
        f"/charges/{row.pk}/#again",
    ):
        assert told in words
    assert f'href="/coverage/{row.coverage_id}/"' in words


def test_a_practice_that_is_not_set_up_is_told_and_breaks_nothing(eli, cast):
    hour(cast)
    Practice.objects.all().delete()
    words = page(eli.get(CLAIMS))
    assert "Held back" in words
    assert ticks(words) == set()


def test_no_word_of_the_session_reaches_the_page(eli, cast):
    hour(cast)
    words = page(eli.get(CLAIMS))
    for word in ("Words about risk", "Words of an agenda", "Words about people", "Low since the autumn"):
        assert word not in words


def test_two_like_services_of_a_day_wait_for_one_another(eli, cast):
    first, second = hour(cast), hour(cast, at_hour=2)
    words = page(eli.get(CLAIMS))
    assert ticks(words) == keys(first)
    assert "Another hour of this day" in words
    eli.post(WRITE, sent(first))
    words = page(eli.get(CLAIMS))
    assert str(second.pk) in words
    assert "This code of this day was claimed before" in words


# --- what is asked for


def test_the_list_is_filtered_by_state_payer_and_period(eli, cast):
    good, held = hour(cast), hour(cast, days=3, diagnoses=[])
    other, old = hour(cast, days=1, payer="zz-payer"), hour(cast, days=20)
    claimed = hour(cast, days=40)
    eli.post(WRITE, sent(claimed))
    rows = keys(good, held, other, old, claimed)

    def shown(query):
        words = page(eli.get(f"{CLAIMS}?{query}"))
        return {one for one in rows if one in words}

    assert shown("") == keys(good, held, other, old)
    assert shown("show=ready") == keys(good, old)
    assert shown("show=held") == keys(held, other)
    assert shown("show=claimed") == keys(claimed)
    assert shown("payer=zz-payer") == keys(other)
    assert shown("since=2026-02-26") == keys(good, held, other)
    assert shown("until=2026-02-25") == keys(old)
    assert shown("since=2026-02-20&until=2026-02-27") == keys(held)


def test_a_claimed_hour_names_its_batch(eli, cast):
    eli.post(WRITE, sent(hour(cast)))
    words = page(eli.get(f"{CLAIMS}?show=claimed"))
    assert f'href="{reverse("batch", args=[ClaimBatch.objects.get().pk])}"' in words
    assert "Write a batch" not in words


@pytest.mark.parametrize(
    "query",
    [
        "since=2026-02-30",
        "until=x",
        "since=2026-03-02&until=2026-03-01",
        "payer=%00",
        "payer=A%20B",
        "show=all",
        "since=%EF%BC%92",
    ],
)
def test_what_can_not_be_read_is_told_beside_its_field(eli, cast, query):
    hour(cast)
    answer = eli.get(f"{CLAIMS}?{query}")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in page(answer)


def test_pages_hold_fifty_hours_and_turn(eli, cast, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 3)
    rows = [hour(cast, days=day) for day in range(5)]
    first, second = page(eli.get(CLAIMS)), page(eli.get(f"{CLAIMS}?page=2"))
    assert ticks(first) == keys(*rows[2:])
    assert ticks(second) == keys(*rows[:2])
    assert "5 hours, $900.00" in first
    assert "every page" in first
    assert "page=2" in first
    assert ticks(page(eli.get(f"{CLAIMS}?page=99"))) == ticks(second)
    assert ticks(page(eli.get(f"{CLAIMS}?show=ready&page=2"))) == ticks(second)


def test_a_long_queue_says_that_only_the_oldest_were_judged(eli, cast, monkeypatch):
    monkeypatch.setattr(queries, "SCANNED", 2)
    for day in range(3):
        hour(cast, days=day)
    assert "Only the oldest" in page(eli.get(f"{CLAIMS}?show=held"))
    assert "Only the oldest" not in page(eli.get(CLAIMS))


@pytest.mark.parametrize("query", ["", "show=ready", "show=held", "show=claimed"])
def test_few_queries_however_many_hours(eli, cast, query):
    def asked():
        with counting() as queries:
            assert eli.get(f"{CLAIMS}?{query}").status_code == 200
        return list(queries)

    for day in range(5):
        hour(
            cast, days=day, diagnoses=[] if day % 2 else ["F32.1"], state="claimed" if "claimed" in query else "ready"
        )
    few = asked()
    for day in range(5, 50):
        hour(cast, ("ana", "cleo")[day % 2], days=day, state="claimed" if "claimed" in query else "ready")
    many = asked()
    assert len(few) == len(many) <= 8, "\n".join(many)


def test_reading_leaves_one_entry_that_names_the_patients_by_id(eli, cast):
    hour(cast), hour(cast, "cleo")
    before = trail_length()
    eli.get(CLAIMS)
    assert trail_length() == before + 1
    entry = TrailEntry.objects.latest("seq")
    assert entry.action == "charge.read"
    assert str(cast.ana.pk) in entry.detail
    assert str(cast.cleo.pk) in entry.detail


@pytest.mark.parametrize("who", ["ben", "carla", "dee", "olga", "sam"])
def test_nobody_else_sees_money(sign_in, cast, who):
    row = hour(cast)
    client = sign_in(who)
    for answer in (client.get(CLAIMS), client.post(WRITE, sent(row)), client.get(reverse("batches"))):
        assert answer.status_code == 404
        assert "Almond" not in page(answer)
    assert nothing_written()


# --- writing


def test_the_ticked_hours_are_written_and_the_batch_is_shown(eli, cast):
    rows, left = [hour(cast), hour(cast, days=7)], hour(cast, days=14)
    answer = eli.post(WRITE, sent(*rows))
    batch = ClaimBatch.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, reverse("batch", args=[batch.pk]))
    assert "Batch 1 is written: 1 claim." in page(eli.get(answer["Location"]))
    assert Charge.objects.get(state="ready") == left


def test_writing_is_no_get(eli):
    assert eli.get(WRITE).status_code == 405


def test_a_second_press_is_told_where_the_hours_went_and_writes_nothing(eli, cast):
    row = hour(cast)
    form = sent(row)
    assert eli.post(WRITE, form).status_code == 303
    answer = eli.post(WRITE, form)
    assert answer.status_code == 409
    assert "P-1001, March 1, 2026 was claimed before in batch 1." in page(answer)
    assert ClaimBatch.objects.count() == 1


def test_everything_ready_is_written_from_every_page(eli, cast, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    for day in range(5):
        hour(cast, days=day)
    hour(cast, days=6, diagnoses=[])
    answer = eli.post(WRITE, {"payer": PAYER, "everything": "1"})
    assert answer.status_code == 303
    assert states() == ["claimed"] * 5 + ["ready"]
    assert "1 hour stayed behind, held back." in page(eli.get(answer["Location"]))


def test_a_refusal_names_every_reason_and_keeps_the_choice(eli, cast):
    chosen, not_chosen = hour(cast), hour(cast, days=1)
    held = hour(cast, days=2, diagnoses=[])
    answer = eli.post(WRITE, sent(chosen, held))
    words = page(answer)
    assert answer.status_code == 422
    assert "No batch was written" in words
    assert "P-1001, February 27, 2026: The claim needs at least one diagnosis." in words
    assert f'href="#id_{held.pk}"' in words
    assert ticked(words) == keys(chosen)
    assert ticks(words) == keys(chosen, not_chosen)
    assert nothing_written()


def test_a_refusal_keeps_what_was_looked_at(eli, cast):
    hour(cast)
    answer = eli.post(WRITE, {"payer": PAYER, "look": "show=held&since=2026-01-05"})
    assert answer.status_code == 422
    words = page(answer)
    assert 'value="2026-01-05"' in words
    assert re.search(r'value="held" selected', words)
    assert "Choose at least one hour" in words


@pytest.mark.parametrize(
    "change",
    [
        {"charge": []},
        {"charge": ["x"]},
        {"charge": ["\x00"]},
        {"charge": [str(uuid.uuid4())]},
        {"charge": ["1" * 5000]},
        {"payer": ""},
        {"payer": "\x00"},
        {"payer": "nobody"},
        {"payer": "x" * 5000},
        {"payer": "self-pay"},
        {"payer": "\ud800", "look": "\x00" * 400},
        {"look": "page=\x00&since=\x00&show=\x00&payer=\x00"},
    ],
)
def test_bad_input_is_refused_and_writes_nothing(eli, cast, change):
    row = hour(cast)
    form = sent(row) | change
    if "look" in change and "payer" not in change:
        form["charge"] = []
    encoded = {
        name: [one.encode("utf-8", "replace").decode() for one in many]
        if isinstance(many, list)
        else many.encode("utf-8", "replace").decode()
        for name, many in form.items()
    }
    answer = eli.post(WRITE, encoded)
    assert answer.status_code == 422
    assert nothing_written()
    assert str(row.pk) in page(answer)


def test_hours_of_two_payers_are_no_batch(eli, cast):
    mine, theirs = hour(cast), hour(cast, days=1, payer="zz-payer")
    answer = eli.post(WRITE, sent(mine, theirs))
    assert answer.status_code == 422
    assert "is of another payer" in page(answer)
    assert nothing_written()


def test_late_hours_are_warned_about_and_then_held(eli, cast, monkeypatch):
    row = hour(cast)
    stop_clock(monkeypatch, NOW + timedelta(days=150))
    words = page(eli.get(CLAIMS))
    assert "Send this soon" in words
    assert ticks(words) == keys(row)
    stop_clock(monkeypatch, NOW + timedelta(days=200))
    assert ticks(page(eli.get(CLAIMS))) == set()
