"""The pages about patients: found, registered, covered; each role reads what is theirs and leaves a trail."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from openhour.guard.models import TrailEntry
from openhour.records.models import Consent, Coverage, Episode, Patient, Visit
from tests.cast import Cast
from tests.guard import access_records
from tests.shared_data import shared
from tests.web.charts import body_of, one_entry, queries_of, typed_in
from tests.workflows.charts import scored

SECRETS = (
    "Low since the autumn",
    "F32.1",
    "Synthetic goal",
    "Synthetic step",
    "PHQ-9",
    "Depression",
    "Thought record",
)
NEW = {"first_name": "Dora", "last_name": "Élan", "birth_date": "1991-02-03", "sex": "F"}


def full_chart(cast: Cast) -> None:
    """Everything there may be about Ana."""
    for kind in ("signed-note", "alert", "assignment", "plan", "diagnosis", "consent"):
        access_records.make(kind, cast, "ana")
    scored(cast, 14, timezone.now().date())


def many(count: int, begin: int = 3000) -> None:
    Patient.objects.bulk_create(
        Patient(
            number=f"P-{number}", first_name="Zoe", last_name=f"Zimmer{number}", sort_name=f"zimmer{number} zoe",
            birth_date="1980-01-01", made_at=timezone.now(),
        )
        for number in range(begin, begin + count)
    )  # fmt: skip


# The list


@pytest.mark.parametrize(
    "words", ["alm", "ANA", "ana almond", "almond, ana", "P-1001", "p-1001", "1985-04-12", "4/12/1985"]
)
def test_a_patient_is_found(sign_in, words):
    body = body_of(sign_in("dee").post("/patients/", {"q": words}))
    assert "Almond, Ana" in body
    assert "Quince, Cleo" not in body


@pytest.mark.parametrize("words", ["lmond", "P-9", "1985-04-13", "ana quince", "%", "_", "\\"])
def test_who_does_not_fit_is_not_found(sign_in, words):
    body = body_of(sign_in("dee").post("/patients/", {"q": words}))
    assert "Almond" not in body
    assert "Nobody is found" in body


def test_words_in_an_address_are_not_read_and_not_shown(sign_in):
    """So that nobody keeps or sends such an address: it would stand in histories and in logs on the way."""
    page = sign_in("dee").get("/patients/", {"q": "almond"})
    assert "Almond, Ana" in body_of(page)
    assert "Quince, Cleo" in body_of(page), "the whole list"
    assert typed_in(page, "q") == ""


def test_the_search_form_keeps_names_out_of_addresses_and_of_the_trail(sign_in):
    client = sign_in("dee")
    assert 'method="post" action="/patients/"' in body_of(client.get("/patients/"))
    with one_entry("patient.read"):
        client.post("/patients/", {"q": "almond"})
    assert "almond" not in TrailEntry.objects.latest("id").detail.casefold()


def test_a_line_tells_therapist_next_visit_and_consent(cast, sign_in):
    Visit.objects.filter(pk=cast.ana_visit.pk).update(
        starts_at=timezone.now() + timedelta(days=1), ends_at=timezone.now() + timedelta(days=1, hours=1)
    )
    body = body_of(sign_in("dee").post("/patients/", {"q": "alm"}))
    assert "Ben Brook" in body
    assert "Missing" in body
    assert (timezone.now() + timedelta(days=1)).astimezone(cast.site.tz).strftime("%a") in body


def test_a_therapist_sees_their_own_and_a_supervisor_theirs(sign_in):
    for who, seen, unseen in (
        ("ben", "Almond", "Quince"),
        ("carla", "Quince", "Almond"),
        ("sam", "Almond", "Quince"),
    ):
        for words in ("", "a", "P-100"):
            body = body_of(sign_in(who).post("/patients/", {"q": words}))
            assert unseen not in body
        assert seen in body_of(sign_in(who).get("/patients/"))


def test_a_biller_sees_no_visit_and_no_consent(sign_in):
    body = body_of(sign_in("eli").get("/patients/"))
    assert "Almond" in body
    assert "Next visit" not in body
    assert "Missing" not in body


def test_the_trail_names_the_patients_shown(cast, sign_in):
    sign_in("ben").get("/patients/")
    entry = TrailEntry.objects.latest("id")
    assert (entry.action, json.loads(entry.detail)["patients"]) == ("patient.read", [str(cast.ana.pk)])


def test_pages_of_fifteen_that_end_where_they_end(sign_in):
    many(40)
    client = sign_in("dee")
    first, last = body_of(client.get("/patients/")), body_of(client.get("/patients/?page=3"))
    assert first.count('scope="row"') == 15
    assert last.count('scope="row"') == 12
    assert "page 1 of 3" in first
    assert body_of(client.get("/patients/?page=99")).count('scope="row"') == 12
    for page in ("0", "-1", "x", "9" * 40, "²"):
        assert client.get("/patients/", {"page": page}).status_code == 200
    assert 'name="page" value="2"' in body_of(client.post("/patients/", {"q": "zoe"}))


@pytest.mark.parametrize("who", ["dee", "ben", "eli", "sam"])
def test_the_list_asks_the_database_eight_times_at_most(sign_in, who):
    client = sign_in(who)
    client.get("/patients/")
    few = queries_of(lambda: client.get("/patients/"))
    many(30)
    assert queries_of(lambda: client.get("/patients/")) == few <= 8
    assert queries_of(lambda: client.post("/patients/", {"q": "zim"})) <= 8


# One patient


def test_who_treats_and_who_supervises_read_the_chart(cast, sign_in):
    full_chart(cast)
    for who in ("ben", "sam"):
        with one_entry("chart.read"):
            body = body_of(sign_in(who).get(reverse("patient", args=[cast.ana.pk])))
        for words in SECRETS:
            assert (words in body) is (words != "Synthetic goal"), (
                words
            )  # the page lists objectives; goals stand in the plan
        assert "An alert is open" in body


@pytest.mark.parametrize("who", ["dee", "eli"])
def test_front_desk_and_biller_read_no_word_of_it(cast, sign_in, who):
    full_chart(cast)
    client = sign_in(who)
    with one_entry("patient.read"):
        body = body_of(client.get(reverse("patient", args=[cast.ana.pk])))
    pages = [
        body,
        body_of(client.get("/patients/")),
        body_of(client.get(reverse("coverage-record", args=[cast.ana.pk]))),
    ]
    if who == "dee":
        pages.append(body_of(client.get(reverse("patient-change", args=[cast.ana.pk]))))
        pages.append(body_of(client.get(reverse("consent", args=[Consent.objects.get().pk]))))
    for page in pages:
        for words in SECRETS:
            if words == "Depression" and page is not body:
                continue
            assert words not in page, words
    assert "MEM1001" in body


def test_a_supervisor_sees_no_coverage(cast, sign_in):
    assert "MEM1001" not in body_of(sign_in("sam").get(reverse("patient", args=[cast.ana.pk])))


@pytest.mark.parametrize("name", ["patient", "patient-change", "episode-open"])
def test_carla_finds_nobody(cast, sign_in, name):
    assert sign_in("carla").get(reverse(name, args=[cast.ana.pk])).status_code == 404
    assert sign_in("carla").post(reverse(name, args=[cast.ana.pk])).status_code in {404, 405}


@pytest.mark.parametrize(("who", "at_most"), [("ben", 8), ("sam", 8), ("dee", 8), ("eli", 8)])
def test_the_page_asks_eight_times_at_most_whatever_the_age_of_the_chart(cast, sign_in, who, at_most):
    client, path = sign_in(who), reverse("patient", args=[cast.ana.pk])
    full_chart(cast)
    client.get(path)
    few = queries_of(lambda: client.get(path))
    for days in range(7, 140, 7):
        scored(cast, 10, timezone.now().date() - timedelta(days=days))
        access_records.make("consent", cast, "ana")
    for row in range(5):
        Coverage.objects.create(
            patient=cast.ana, payer="self-pay", valid_from=f"201{row}-01-01", valid_to=f"201{row}-02-01",
            made_at=timezone.now(),
        )  # fmt: skip
    assert queries_of(lambda: client.get(path)) == few <= at_most


def test_a_second_therapist_of_the_same_patient_reads_their_own_course_only(cast, sign_in):
    Episode.objects.create(
        patient=cast.ana, therapist=cast.carla, procedure="psychotherapy-60", procedure_key="psychotherapy-60@1.0.0",
        opened_on="2026-02-01", reason="Nightmares.", made_at=timezone.now(),
    )  # fmt: skip
    path = reverse("patient", args=[cast.ana.pk])
    carla, ben = body_of(sign_in("carla").get(path)), body_of(sign_in("ben").get(path))
    assert "Nightmares." in carla
    assert "Low since" not in carla
    assert "Low since" in ben
    assert "Nightmares." not in ben


# Registering and changing


def test_the_front_desk_registers(sign_in):
    answer = sign_in("dee").post("/patients/new/", NEW)
    patient = Patient.objects.get(number="P-1003")
    assert (answer.status_code, answer["Location"]) == (302, reverse("patient", args=[patient.pk]))


def test_what_was_typed_is_kept_beside_what_is_wrong(sign_in):
    typed = NEW | {
        "birth_date": "31/31/1991",
        "email": "dora at home",
        "emergency_contact": "Abe “the brother” <555>",
    }
    answer = sign_in("dee").post("/patients/new/", typed)
    assert answer.status_code == 422
    for name, words in typed.items():
        if name != "sex":
            assert typed_in(answer, name) == words
    body = body_of(answer)
    assert 'href="#id_birth_date"' in body
    assert "This is no e-mail address." in body
    assert Patient.objects.count() == 2


def test_a_known_person_is_confirmed_first(sign_in):
    client, ana = sign_in("dee"), {"first_name": "Ana", "last_name": "Almond", "birth_date": "1985-04-12", "sex": "F"}
    answer = client.post("/patients/new/", ana)
    assert answer.status_code == 422
    assert "P-1001" in body_of(answer)
    assert typed_in(answer, "although_known") == "on"
    assert client.post("/patients/new/", ana | {"although_known": "on"}).status_code == 302


def change_form(cast: Cast) -> dict[str, str]:
    names = ("first_name", "last_name", "called", "sex", "pronouns", "phone", "email", "address", "city", "state")
    row = Patient.objects.get(pk=cast.ana.pk)
    more = {
        "zip_code": row.zip_code,
        "emergency_contact": "",
        "birth_date": "1985-04-12",
        "revision": str(row.revision),
    }
    return {name: getattr(row, name) for name in names} | more


def test_the_second_tab_keeps_its_words_and_is_shown_what_stands(cast, sign_in):
    client, path, form = sign_in("dee"), reverse("patient-change", args=[cast.ana.pk]), change_form(cast)
    assert client.post(path, form | {"phone": "5555550111"}).status_code == 302
    answer = client.post(path, form | {"phone": "5555550222"})
    assert answer.status_code == 409
    assert typed_in(answer, "phone") == "5555550222"
    assert typed_in(answer, "revision") == "2"
    assert "5555550111" in body_of(answer)
    assert client.post(path, form | {"phone": "5555550222", "revision": "2"}).status_code == 302
    assert Patient.objects.get(pk=cast.ana.pk).phone == "5555550222"


def test_a_course_of_treatment_is_opened_and_not_twice(cast, sign_in):
    client, path = sign_in("dee"), reverse("episode-open", args=[cast.ana.pk])
    typed = {
        "therapist": str(cast.carla.pk),
        "procedure": "psychotherapy-60",
        "reason": "Sleeps badly",
        "indications": ["grief"],
    }
    assert client.post(path, typed).status_code == 302
    again = client.post(path, typed)
    assert again.status_code == 422
    assert typed_in(again, "reason") == "Sleeps badly"
    assert Episode.objects.filter(patient=cast.ana, therapist=cast.carla).count() == 1


def test_why_they_come_is_kept_under_two_tabs(cast, sign_in):
    client, path = sign_in("ben"), reverse("episode-change", args=[cast.ana_episode.pk])
    page = client.get(path)
    mark = typed_in(page, "mark")
    assert client.post(path, {"reason": "Tired", "indications": ["stress"], "mark": mark}).status_code == 302
    late = client.post(path, {"reason": "Other words", "mark": mark})
    assert late.status_code == 409
    assert typed_in(late, "reason") == "Other words"
    assert "Tired" in body_of(late)
    assert sign_in("sam").get(path).status_code == 404


# Coverage


def test_coverage_is_recorded_and_refused_beside_its_field(cast, sign_in):
    client, path = sign_in("eli"), reverse("coverage-record", args=[cast.ana.pk])
    typed = {
        "payer": "example-payer",
        "member_id": "M“1",
        "relation": "self",
        "valid_from": "2027-01-01",
        "valid_to": "x",
    }
    answer = client.post(path, typed)
    assert answer.status_code == 422
    assert typed_in(answer, "valid_to") == "x"
    assert typed_in(answer, "member_id") == "M“1"
    overlapping = client.post(path, typed | {"valid_to": ""})
    assert "End that one first" in body_of(overlapping)
    change = reverse("coverage-change", args=[Coverage.objects.get(patient=cast.ana).pk])
    mark = typed_in(client.get(change), "mark")
    ended = {"payer": "example-payer", "member_id": "MEM1001", "relation": "self", "valid_from": "2026-01-01"}
    assert client.post(change, ended | {"valid_to": "2026-12-31", "mark": mark}).status_code == 302
    assert client.post(path, typed | {"valid_to": ""}).status_code == 302
    late = client.post(change, ended | {"member_id": "MEM9", "mark": mark})
    assert late.status_code == 409
    assert typed_in(late, "member_id") == "MEM9"


# Whatever is typed


def _strings() -> list[str]:
    return [*json.loads(shared("badinput/blns.json").read_text("utf-8")), "\x00", "x" * 30_000, "9" * 400]


def test_naughty_words_are_kept_or_told_and_never_break_a_page(cast, sign_in):
    client = sign_in("dee")
    strings = _strings()
    paths = [
        ("/patients/new/", [*change_form(cast), "although_known"]),
        (reverse("patient-change", args=[cast.ana.pk]), list(change_form(cast))),
        (reverse("episode-open", args=[cast.ana.pk]), ["therapist", "procedure", "reason", "indications"]),
        (
            reverse("coverage-record", args=[cast.ana.pk]),
            ["payer", "member_id", "group_number", "valid_from", "relation"],
        ),
        (
            reverse("consent-take", args=[cast.ana_episode.pk]),
            ["signer", "understood", "signed_on", "form", "digest"],
        ),
        ("/patients/", ["q", "page"]),
    ]
    for path, names in paths:
        for start in range(0, len(strings), len(names)):
            data = {name: strings[(start + place) % len(strings)] for place, name in enumerate(names)}
            assert client.post(path, data).status_code in {200, 302, 409, 422}, (path, data)


def test_a_naughty_name_is_kept_letter_for_letter(sign_in):
    client = sign_in("dee")
    for number, words in enumerate(
        text for text in _strings() if text.strip() and len(text) <= 35 and text.isprintable()
    ):
        answer = client.post("/patients/new/", NEW | {"first_name": words, "last_name": f"Nr {number}"})
        assert answer.status_code == 302, words
        assert Patient.objects.get(last_name=f"Nr {number}").first_name == words.strip()
