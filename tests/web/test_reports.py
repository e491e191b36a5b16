"""The practice's report tells of no one; a therapist's own tells of their cases, to them alone."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from openhour.guard.models import TrailEntry
from openhour.records.models import Episode, Patient, Response, Visit
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def closed_course(cast, therapist, number, scores, site=None):
    """A closed course of weekly hours with a PHQ-9 each."""
    patient = Patient.objects.create(
        number=f"R-{number}", first_name="Nora", last_name=f"Quill{number}", sort_name=f"quill{number} nora",
        birth_date=date(1980, 1, 1), made_at=NOW,
    )  # fmt: skip
    begins = NOW - timedelta(days=300, hours=number)
    episode = Episode.objects.create(
        patient=patient, therapist=therapist, procedure="psychotherapy-60", procedure_key="psychotherapy-60@1.0.0",
        opened_on=begins.date(), closed_on=(begins + timedelta(weeks=len(scores))).date(), state="closed",
        indications=["depression"], made_at=NOW,
    )  # fmt: skip
    for week, score in enumerate(scores):
        at = begins + timedelta(weeks=week)
        visit = Visit.objects.create(
            episode=episode, patient=patient, therapist=therapist, site=site or cast.site, procedure="psychotherapy-60",
            starts_at=at, ends_at=at + timedelta(minutes=50), state="held", made_at=NOW,
        )  # fmt: skip
        Response.objects.create(
            patient=patient, episode=episode, visit=visit, instrument="phq-9", instrument_key="phq-9@1.0.0",
            instrument_digest="0" * 64, due_on=at.date(), state="complete", total=score, completed_at=at, made_at=NOW,
        )  # fmt: skip
    return patient


@pytest.fixture
def courses(cast):
    ben = [closed_course(cast, cast.ben, number, [18, 14, 4]) for number in range(7)]
    carla = [closed_course(cast, cast.carla, number + 50, [19, 18, 17]) for number in range(6)]
    return ben, carla


def text(answer):
    return answer.content.decode()


def test_the_owner_sees_numbers_and_no_name(sign_in, courses):
    answer = sign_in("olga").get(reverse("report-practice"))
    assert answer.status_code == 200
    assert "7 of 13" in text(answer)
    assert "6 of 13" in text(answer)
    for hidden in ("Quill", "Nora", "Ben Brook", "Carla", "R-1"):
        assert hidden not in text(answer)


def test_the_supervisor_sees_the_same(sign_in, courses):
    assert "7 of 13" in text(sign_in("sam").get(reverse("report-practice")))


def test_small_numbers_are_hidden_from_the_owner(sign_in, cast):
    for number in range(3):
        closed_course(cast, cast.ben, number, [18, 4])
    answer = sign_in("olga").get(reverse("report-practice"))
    assert "3 of 3" not in text(answer)
    assert "numbers from 1 to 4" in text(answer)


def test_a_therapist_sees_their_own_cases_alone(sign_in, courses):
    ben, carla = (text(sign_in(name).get(reverse("report-own"))) for name in ("ben", "carla"))
    assert "7 of 7" in ben
    assert "of 13" not in ben
    assert "6 of 6" in carla
    assert "Quill" not in ben


def test_a_therapist_sees_small_numbers_of_their_own(sign_in, cast):
    closed_course(cast, cast.ben, 1, [18, 4])
    answer = text(sign_in("ben").get(reverse("report-own")))
    assert "1 of 1" in answer
    assert ">hidden<" not in answer


@pytest.mark.parametrize("name", ["ben", "carla", "dee", "eli"])
def test_the_practice_s_report_is_not_there_for_others(sign_in, name):
    for kind in ("", "-csv", "-pdf"):
        assert sign_in(name).get(reverse(f"report-practice{kind}")).status_code == 404


@pytest.mark.parametrize("name", ["olga", "sam", "dee", "eli"])
def test_nobody_but_a_therapist_has_a_report_of_their_own(sign_in, name):
    for kind in ("", "-csv", "-pdf"):
        assert sign_in(name).get(reverse(f"report-own{kind}")).status_code == 404


@pytest.mark.parametrize("route", ["report-practice", "report-practice-csv", "report-practice-pdf"])
def test_each_form_leaves_one_entry_that_names_no_patient(sign_in, courses, route):
    client, before = sign_in("olga"), TrailEntry.objects.count()
    client.get(reverse(route), {"since": "2025-01-01"})
    (entry,) = TrailEntry.objects.filter(seq__gt=before)
    assert (entry.action, entry.patient_id) == ("report.read", "")
    detail = json.loads(entry.detail)
    assert (detail["report"], detail["since"]) == ("practice", "2025-01-01")
    assert "patients" not in detail


def test_a_therapist_s_own_report_names_whose_results_it_holds(sign_in, courses, cast):
    client, before = sign_in("ben"), TrailEntry.objects.count()
    client.get(reverse("report-own"))
    (entry,) = TrailEntry.objects.filter(seq__gt=before)
    named = set(json.loads(entry.detail)["patients"])
    assert named == {str(one.pk) for one in (*courses[0], cast.ana)}


def test_nothing_else_is_written(sign_in, courses, cast):
    rows = [Episode, Visit, Response, Patient]
    before = [list(model.objects.order_by("pk").values()) for model in rows]
    sign_in("olga").get(reverse("report-practice"))
    assert [list(model.objects.order_by("pk").values()) for model in rows] == before


def test_the_number_of_queries_is_constant_and_small(sign_in, cast):
    counts = []
    client = sign_in("ben")
    client.get(reverse("report-own"))
    for number in (1, 6):
        for more in range(number):
            closed_course(cast, cast.ben, 10 * number + more, [18, 12, 4])
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(reverse("report-own"))
        counts.append(len([one for one in caught if "SAVEPOINT" not in one["sql"]]))
    assert counts[0] == counts[1] <= 8


def test_the_filters_count_what_they_say(sign_in, courses, cast):
    client = sign_in("olga")
    assert "of 13" not in text(client.get(reverse("report-practice"), {"until": "2020-01-01"}))
    assert "7 of 13" in text(
        client.get(reverse("report-practice"), {"site": cast.site.name, "indication": "depression"})
    )
    assert "of 13" not in text(client.get(reverse("report-practice"), {"indication": "grief"}))
    by = text(client.get(reverse("report-practice"), {"by": "site"}))
    assert f"{cast.site.name}: Change: PHQ-9" in by


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"since": "tomorrow"}, "Write the day"),
        ({"since": "2026-02-01", "until": "2026-01-01"}, "ends before it begins"),
        ({"by": "therapist"}, "Choose one"),
        ({"until": "99999-01-01"}, "Write the day"),
    ],
)
@pytest.mark.parametrize("route", ["report-practice", "report-practice-csv", "report-practice-pdf"])
def test_what_can_t_be_read_is_said_and_kept(sign_in, courses, asked, words, route):
    answer = sign_in("olga").get(reverse(route), asked)
    assert answer.status_code == 422
    assert words in text(answer)
    if "since" in asked:
        assert f'value="{asked["since"]}"' in text(answer)


@pytest.mark.parametrize("value", ["\x00", "\ud800", "x" * 5000, "' OR 1=1 --", "<script>"])
def test_odd_filters_are_no_error(sign_in, courses, value):
    answer = sign_in("olga").get(
        reverse("report-practice"), {"site": value.encode("utf-8", "surrogatepass"), "indication": "x"}
    )
    assert answer.status_code == 200
    assert "<script>" not in text(answer)


def test_the_csv_has_the_numbers_of_the_page(sign_in, courses):
    answer = sign_in("olga").get(reverse("report-practice-csv"))
    assert answer["Content-Type"].startswith("text/csv")
    assert "attachment" in answer["Content-Disposition"]
    assert ",recovered," in text(answer)
    assert ",7,13," in text(answer)
    assert "Quill" not in text(answer)


def test_the_pdf_is_tagged_and_says_the_same(sign_in, courses):
    import io

    from pypdf import PdfReader

    answer = sign_in("olga").get(reverse("report-practice-pdf"))
    assert answer["Content-Type"] == "application/pdf"
    pdf = PdfReader(io.BytesIO(answer.content))
    words = "\n".join(page.extract_text() for page in pdf.pages)
    assert "/StructTreeRoot" in pdf.trailer["/Root"]
    assert "7 of 13" in words
    assert "Quill" not in words


def test_an_empty_practice_has_a_report_that_says_so(sign_in):
    answer = sign_in("olga").get(reverse("report-practice"))
    assert answer.status_code == 200
    assert "No row has a score" in text(answer)


def test_a_part_in_which_nobody_counts_is_one_sentence_and_no_table_of_noughts(sign_in, cast):
    going_on = closed_course(cast, cast.ben, 1, [18, 14, 4])
    Episode.objects.filter(patient=going_on).update(state="open", closed_on=None)
    words = text(sign_in("olga").get(reverse("report-practice")))
    assert "Change: PHQ-9" in words
    assert words.count("Nobody to count yet.") == 1
    assert "Recovered: reliably better" not in words


@pytest.mark.parametrize("route", ["report-practice", "report-practice-csv", "report-practice-pdf"])
def test_it_is_read_and_never_posted(sign_in, route):
    assert sign_in("olga").post(reverse(route)).status_code in (404, 405)


def test_how_treatments_ended_comes_from_their_reasons(sign_in, cast):
    for number, reason in enumerate(
        ["completed"] * 6 + ["no-contact"] * 5 + ["moved-away"] * 5 + ["opened-by-mistake"]
    ):
        patient = closed_course(cast, cast.ben, number, [18, 4])
        Episode.objects.filter(patient=patient).update(closing_reason=reason)
    answer = text(sign_in("olga").get(reverse("report-practice-csv")))
    told = {line.split(",")[3]: line.split(",") for line in answer.splitlines() if line.startswith(",intake")}
    assert ",6,16," in ",".join(told["planned"])
    assert ",5,16," in ",".join(told["unplanned"])
    assert ",16," in ",".join(told["ended"])
