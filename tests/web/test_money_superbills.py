"""Superbills on the page: hours by patient and therapist, what was paid, one paper, and the paper as it was made."""

from __future__ import annotations

import re
import uuid
from io import BytesIO

import pypdf
import pytest
from django.urls import reverse

from openhour.guard.models import TrailEntry
from openhour.records.models import Practice, Superbill
from openhour.records.queries import superbill as queries
from tests.web.schedule_desk import counting, page, stop_clock
from tests.workflows.bills import SENT, hour, insure, nothing_written, states
from tests.workflows.hours import trail_length

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    stop_clock(monkeypatch, SENT)


@pytest.fixture
def eli(sign_in, cast):
    insure(cast)
    return sign_in("eli")


def own(cast, who="ana", **how):
    return hour(cast, who, payer="self-pay", **how)


def form(*rows, paid="180", **other):
    return {
        "charge": [str(row.pk) for row in rows],
        "paid": paid,
        "group": str(rows[0].pk) if rows else "",
        "look": "",
    } | other


def make(client, *rows, **how):
    return client.post(reverse("superbill-make"), form(*rows, **how))


def ticked(words):
    return set(re.findall(r'name="charge" value="([0-9a-f-]{36})" checked', words))


def ticks(words):
    return set(re.findall(r'name="charge" value="([0-9a-f-]{36})"', words))


def keys(*rows):
    return {str(row.pk) for row in rows}


def test_hours_stand_by_patient_and_the_insured_are_elsewhere(eli, cast):
    mine, theirs, insured = own(cast), own(cast, "cleo"), hour(cast, days=3)
    words = page(eli.get(reverse("superbills")))
    assert ticks(words) == ticked(words) == keys(mine, theirs)
    assert words.count('action="/claims/superbills/make/"') == 2
    assert str(insured.pk) not in words
    for fact in ("Ana Almond", "P-1001", "with Ben Brook", "1 Mar 2026", "90837", "F32.1", "$180.00"):
        assert fact in words


def test_insured_patients_can_be_asked_for_and_are_never_ticked_at_first(eli, cast):
    mine, insured, claimed = own(cast), hour(cast, days=3), hour(cast, days=4, state="claimed")
    for query in ("show=everybody", f"patient={cast.ana.pk}"):
        words = page(eli.get(f"{reverse('superbills')}?{query}"))
        assert ticks(words) == keys(mine, insured)
        assert ticked(words) == keys(mine)
        assert str(claimed.pk) not in words
        assert "can’t be claimed any more" in words


def test_one_patients_hours_only(eli, cast):
    mine, theirs = own(cast), own(cast, "cleo")
    words = page(eli.get(f"{reverse('superbills')}?patient={cast.cleo.pk}"))
    assert ticks(words) == keys(theirs)
    assert str(mine.pk) not in words


def test_a_superbill_is_made_shown_and_opened(eli, cast):
    first, second, left = own(cast), own(cast, days=7), own(cast, days=14)
    answer = make(eli, first, second, paid="$200")
    made = Superbill.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, reverse("superbill", args=[made.pk]))
    words = page(eli.get(answer["Location"]))
    for fact in ("Superbill S-00001", "Ana Almond", "$360.00", "$200.00", "$160.00", "Eli East", "22 Feb 2026"):
        assert fact in words
    assert states() == ["billed", "billed", "ready"]
    assert ticks(page(eli.get(reverse("superbills")))) == keys(left)
    assert "S-00001" in page(eli.get(reverse("superbills") + "?show=made"))


def test_the_pdf_comes_from_what_was_kept_and_its_name_tells_nothing(eli, cast):
    make(eli, own(cast))
    made = Superbill.objects.get()
    Practice.objects.update(name="Another name")
    answer = eli.get(reverse("superbill-file", args=[made.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="superbill-S-00001.pdf"'
    assert answer.content == bytes(made.file)
    document = pypdf.PdfReader(BytesIO(answer.content))
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert document.trailer["/Root"]["/Lang"]
    text = "".join(one.extract_text() for one in document.pages)
    assert "Ana Almond" in text
    assert "Elm Street Therapy" in text


def test_a_file_that_was_changed_by_hand_is_not_handed_out(eli, cast):
    make(eli, own(cast))
    Superbill.objects.update(file=b"%PDF changed")
    answer = eli.get(reverse("superbill-file", args=[Superbill.objects.get().pk]))
    assert answer.status_code == 409
    assert "Don&#39;t hand it out" in page(answer)
    assert not TrailEntry.objects.filter(action="superbill.downloaded").exists()


def test_a_second_press_is_told_and_makes_nothing(eli, cast):
    row = own(cast)
    make(eli, row)
    answer = make(eli, row)
    assert answer.status_code == 409
    assert "stands on superbill S-00001 already" in page(answer)
    assert Superbill.objects.count() == 1


def test_a_refusal_keeps_what_was_typed_and_ticked(eli, cast):
    chosen, not_chosen, other = own(cast), own(cast, days=7), own(cast, "cleo")
    answer = make(eli, chosen, paid="lots", group=str(not_chosen.pk))
    words = page(answer)
    assert answer.status_code == 422
    assert 'value="lots"' in words
    assert "Give the amount in dollars" in words
    assert ticked(words) == keys(chosen, other)
    assert nothing_written()


def test_every_gap_is_shown_at_once(eli, cast):
    row = own(cast, diagnoses=[])
    Practice.objects.update(tax_id="", phone="")
    words = page(make(eli, row, paid=""))
    for gap in (
        "The practice&#39;s tax number",
        "phone number is missing",
        "This service has no diagnosis",
        "Say what was paid",
    ):
        assert gap in words


@pytest.mark.parametrize(
    "change",
    [
        {"charge": []},
        {"charge": ["x", "\x00"]},
        {"charge": [str(uuid.uuid4())]},
        {"paid": "\x00"},
        {"paid": "9" * 5000},
        {"paid": "-5"},
        {"paid": "", "group": "\x00", "look": "\x00patient=x&page=%00"},
    ],
)
def test_bad_input_is_refused_and_makes_nothing(eli, cast, change):
    row = own(cast)
    answer = eli.post(reverse("superbill-make"), form(row) | change)
    assert answer.status_code == 422
    assert str(row.pk) in page(answer)
    assert nothing_written()


def test_hours_of_two_patients_are_no_superbill(eli, cast):
    answer = make(eli, own(cast), own(cast, "cleo"))
    assert answer.status_code == 422
    assert "A superbill is for one patient" in page(answer)
    assert nothing_written()


def test_pages_turn(eli, cast, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    rows = [own(cast, days=day) for day in range(3)]
    first = page(eli.get(reverse("superbills")))
    assert len(ticks(first)) == 2
    assert "page=2" in first
    assert ticks(page(eli.get(reverse("superbills") + "?page=2"))) == keys(rows[0])
    for row in rows:
        make(eli, row)
    assert "S-00001" in page(eli.get(reverse("superbills") + "?show=made&page=2"))


@pytest.mark.parametrize("query", ["", "?show=everybody", "?show=made"])
def test_few_queries_however_many(eli, cast, query):
    def asked():
        with counting() as queries:
            assert eli.get(reverse("superbills") + query).status_code == 200
        return list(queries)

    make(eli, own(cast))
    own(cast, days=1)
    eli.get(reverse("superbills"))
    few = asked()
    for day in range(2, 12):
        make(eli, own(cast, ("ana", "cleo")[day % 2], days=day))
        own(cast, ("ana", "cleo")[day % 2], days=day + 20)
    many = asked()
    assert len(few) == len(many) <= 8, "\n".join(many)


def test_each_reading_is_one_entry(eli, cast):
    row = own(cast)
    make(eli, row)
    made = Superbill.objects.get()
    pages = (
        (reverse("superbills"), "charge.read", ""),
        (reverse("superbills") + "?show=made", "charge.read", ""),
        (reverse("superbill", args=[made.pk]), "charge.read", str(made.pk)),
        (reverse("superbill-file", args=[made.pk]), "superbill.downloaded", str(made.pk)),
    )
    for address, action, subject in pages:
        before = trail_length()
        eli.get(address)
        assert trail_length() == before + 1
        entry = TrailEntry.objects.latest("seq")
        assert (entry.action, entry.subject_id) == (action, subject)


@pytest.mark.parametrize("who", ["ben", "carla", "dee", "olga", "sam"])
def test_nobody_else_sees_or_makes_one(sign_in, eli, cast, who):
    make(eli, own(cast))
    row, made, client = own(cast, days=7), Superbill.objects.get(), sign_in(who)
    answers = [
        client.get(reverse("superbills")),
        client.get(reverse("superbill", args=[made.pk])),
        client.get(reverse("superbill-file", args=[made.pk])),
        make(client, row),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert not any("Almond" in page(answer) for answer in answers)
    assert Superbill.objects.count() == 1


def test_one_that_is_not_there_and_a_get_of_a_verb(eli):
    for name in ("superbill", "superbill-file"):
        assert eli.get(reverse(name, args=[uuid.uuid4()])).status_code == 404
    assert eli.get(reverse("superbill-make")).status_code == 405
