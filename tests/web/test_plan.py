"""Diagnoses and the plan on their pages: written without a script, agreed with every gap linked, kept under two tabs."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from openhour.records.models import Diagnosis, Objective, Plan
from tests.cast import Cast
from tests.guard import access_records
from tests.guard.access import FormFinder
from tests.shared_data import shared
from tests.web.charts import body_of, one_entry, queries_of, typed_in
from tests.workflows.charts import scored

OBJECTIVE = "goals-0-objectives-0-"


def at(cast: Cast, name: str) -> str:
    return reverse(name, args=[cast.ana_episode.pk])


def today(cast: Cast, days: int = 0) -> str:
    return (timezone.now().astimezone(cast.site.tz).date() + timedelta(days=days)).isoformat()


def whole(cast: Cast) -> dict[str, object]:
    """A form with nothing missing."""
    return {
        "revision": "0",
        "goals-0-text": "Handle strong feelings better",
        "goals-0-purpose": "emotion-regulation",
        OBJECTIVE + "text": "Feels low on fewer days",
        OBJECTIVE + "measure": "phq-9",
        OBJECTIVE + "target": "9",
        OBJECTIVE + "interventions": ["behavioral-activation", "exposure"],
        "approach": "Individual psychotherapy",
        "frequency": "weekly",
        "amount": "60 minutes",
        "duration": "20 sessions",
        "review_by": today(cast, 60),
    }


def fields_of(answer) -> dict[str, list[str]]:
    """What the form on the page would send."""
    page = answer.content.decode()
    finder = FormFinder()
    finder.feed(page)
    return next(held for method, action, held in finder.forms if action.endswith("/plan/edit/"))


# Diagnoses


@pytest.mark.parametrize("words", ["recurrent moderate", "F33.1", "f331"])
def test_a_diagnosis_is_searched_by_word_and_by_code(cast, sign_in, words):
    body = body_of(sign_in("ben").post(at(cast, "diagnoses"), {"q": words}))
    assert 'value="F33.1"' in body


def test_a_suspicion_in_an_address_is_not_read(cast, sign_in):
    body = body_of(sign_in("ben").get(at(cast, "diagnoses"), {"q": "F33.1"}))
    assert "F33.1" not in body


def test_it_is_added_ordered_and_ended(cast, sign_in):
    client = sign_in("ben")
    for code in ("Z63.0", "F33.1"):
        answer = client.post(at(cast, "diagnosis-add"), {"code": code, "since": today(cast)})
        assert (answer.status_code, answer["Location"]) == (302, at(cast, "diagnoses"))
    assert "Z63.0 is listed first" in body_of(client.get(at(cast, "diagnoses")))
    row = Diagnosis.objects.get(code="F33.1")
    assert client.post(reverse("diagnosis-rank", args=[row.pk]), {"step": "up"}).status_code == 302
    assert "is listed first" not in body_of(client.get(at(cast, "diagnoses")))
    ended = reverse("diagnosis-end", args=[row.pk])
    late = client.post(ended, {"until": "someday"})
    assert late.status_code == 422
    assert typed_in(late, "until") == "someday"
    assert client.post(ended, {"until": today(cast)}).status_code == 302
    assert "Ended (1)" in body_of(client.get(at(cast, "diagnoses")))


def test_a_group_of_diagnoses_is_refused_and_the_search_is_kept(cast, sign_in):
    answer = sign_in("ben").post(at(cast, "diagnosis-add"), {"q": "depress", "code": "F33", "since": "2026-03-0"})
    assert answer.status_code == 422
    assert "is a group of diagnoses" in body_of(answer)
    assert typed_in(answer, "q") == "depress"
    assert typed_in(answer, "since") == "2026-03-0"
    assert not Diagnosis.objects.exists()


# Writing


def test_places_are_added_and_taken_out_without_a_script_and_nothing_typed_is_lost(cast, sign_in):
    client, path = sign_in("ben"), at(cast, "plan-edit")
    first = client.get(path)
    assert "Handle strong feelings better" in body_of(first)  # offered by the procedure
    added = client.post(path, {"revision": "0", "approach": "“Own” words", "step": "add-goal:coping"})
    assert typed_in(added, "goals-0-text") == "Find ways of coping that work"
    assert typed_in(added, "approach") == "“Own” words"
    sent = whole(cast) | {"step": "add-objective:0"}
    two = client.post(path, sent)
    assert (typed_in(two, OBJECTIVE + "text"), typed_in(two, "goals-0-objectives-1-text")) == (
        sent[OBJECTIVE + "text"],
        "",
    )
    own = client.post(path, sent | {"step": "add-goal"})
    assert (typed_in(own, "goals-0-text"), typed_in(own, "goals-1-text")) == (sent["goals-0-text"], "")
    gone = client.post(path, sent | {"goals-1-text": "Second", "step": "remove-goal:0"})
    assert typed_in(gone, "goals-0-text") == "Second"
    less = client.post(path, sent | {"goals-0-objectives-3-text": "Kept", "step": "remove-objective:0-0"})
    assert typed_in(less, OBJECTIVE + "text") == "Kept"
    assert not Plan.objects.exists()


@pytest.mark.parametrize("step", ["remove-goal:9", "remove-goal:x", "add-objective:7", "remove-objective:0-9", "add-goal:no-such", "remove-objective:", "add-objective:²"])  # fmt: skip
def test_a_step_for_a_place_that_is_not_there_breaks_nothing(cast, sign_in, step):
    answer = sign_in("ben").post(at(cast, "plan-edit"), whole(cast) | {"step": step})
    assert answer.status_code == 200
    assert typed_in(answer, "goals-0-text") == "Handle strong feelings better"


def test_the_baseline_is_the_latest_score_as_soon_as_a_measure_is_chosen(cast, sign_in):
    scored(cast, 14)
    answer = sign_in("ben").post(at(cast, "plan-edit"), whole(cast) | {"step": "add-objective:0"})
    assert typed_in(answer, OBJECTIVE + "baseline") == "14"
    assert "Latest: 14" in body_of(answer)


def test_what_can_not_be_read_stays_where_it_was_typed(cast, sign_in):
    wrong = {OBJECTIVE + "target": "nine", OBJECTIVE + "target_on": "in June", "review_by": "soon"}
    answer = sign_in("ben").post(at(cast, "plan-edit"), whole(cast) | wrong)
    assert answer.status_code == 422
    for name, words in wrong.items():
        assert typed_in(answer, name) == words
        assert f'href="#id_{name}"' in body_of(answer)
    assert not Plan.objects.exists()


def test_the_page_of_a_draft_sends_the_draft_again_unchanged(cast, sign_in):
    client, path = sign_in("ben"), at(cast, "plan-edit")
    assert client.post(path, whole(cast)).status_code == 302
    before = list(Objective.objects.values("thread", "text", "measure", "target", "interventions"))
    page = client.get(path)
    sent: dict[str, object] = {
        name: typed_in(page, name) for name in (OBJECTIVE + "thread", "goals-0-text", "revision")
    }
    client.post(path, whole(cast) | sent)
    assert list(Objective.objects.values("thread", "text", "measure", "target", "interventions")) == before
    assert fields_of(page)[OBJECTIVE + "thread"] == str(before[0]["thread"])


def test_the_second_tab_keeps_its_words(cast, sign_in):
    client, path = sign_in("ben"), at(cast, "plan-edit")
    client.post(path, whole(cast))
    late = client.post(path, whole(cast) | {"goals-0-text": "Other words"})
    assert late.status_code == 409
    assert typed_in(late, "goals-0-text") == "Other words"
    assert typed_in(late, "revision") == "1"
    assert Plan.objects.get().goals.get().text == "Handle strong feelings better"


def test_a_step_after_somebody_else_saved_does_not_hide_it(cast, sign_in):
    client, path = sign_in("ben"), at(cast, "plan-edit")
    client.post(path, whole(cast))
    stepped = client.post(path, whole(cast) | {"step": "add-goal"})
    assert typed_in(stepped, "revision") == "0"
    assert client.post(path, whole(cast)).status_code == 409


# Agreeing


def test_every_gap_is_listed_with_a_link_to_its_field(cast, sign_in):
    client = sign_in("ben")
    client.post(at(cast, "plan-edit"), {"revision": "0", "goals-0-text": "G", OBJECTIVE + "text": "Step"})
    draft = Plan.objects.get()
    path = reverse("plan-agree", args=[draft.pk])
    for answer in (client.get(path), client.post(path, {"agreed_on": "x", "agreed_how": "", "revision": "1"})):
        body = body_of(answer)
        edit = at(cast, "plan-edit")
        for href in (
            f"{edit}#id_{OBJECTIVE}measure", f"{edit}#id_{OBJECTIVE}interventions", f"{edit}#id_approach",
            f"{edit}#id_frequency", f"{edit}#id_amount", f"{edit}#id_duration", f"{edit}#id_review_by",
            at(cast, "diagnoses"),
        ):  # fmt: skip
            assert f'href="{href}"' in body, href
    page = client.get(at(cast, "plan-edit")).content.decode()
    for place in re.findall(r"#(id_[\w-]+|goal-\d|add-goal)", body):
        assert f'id="{place}"' in page or f'id="{place}"' in body, place
    assert Plan.objects.get().state == "draft"


def test_a_plan_is_agreed_revised_and_agreed_again(cast, sign_in):
    client = sign_in("ben")
    client.post(at(cast, "diagnosis-add"), {"code": "F33.1", "since": today(cast)})
    answer = client.post(at(cast, "plan-edit"), whole(cast) | {"step": "agree"})
    draft = Plan.objects.get()
    assert answer["Location"] == reverse("plan-agree", args=[draft.pk])
    agreed = {"agreed_on": today(cast), "agreed_how": "Signed “together”", "revision": "1"}
    assert client.post(answer["Location"], agreed)["Location"] == at(cast, "plan")
    body = body_of(client.get(at(cast, "plan")))
    assert "Signed “together”" in body
    assert "60 days left" in body
    assert client.get(answer["Location"])["Location"] == at(cast, "plan")
    assert client.post(answer["Location"], agreed).status_code == 422
    assert client.get(at(cast, "plan-edit"))["Location"] == at(cast, "plan")
    assert client.post(at(cast, "plan-revise"))["Location"] == at(cast, "plan-edit")
    assert "Version 1 stays in force" in body_of(client.get(at(cast, "plan")))
    for version in Plan.objects.all():
        with one_entry("chart.read"):
            assert client.get(reverse("plan-version", args=[version.pk])).status_code == 200


def test_revising_nothing_is_told(cast, sign_in):
    answer = sign_in("ben").post(at(cast, "plan-revise"))
    assert answer.status_code == 422
    assert "no plan in force to revise" in body_of(answer)


# Who


def test_a_supervisor_reads_and_writes_nothing(cast, sign_in):
    access_records.make("plan", cast, "ana")
    client = sign_in("sam")
    for name in ("plan", "diagnoses"):
        body = body_of(client.get(at(cast, name)))
        assert "Ana Almond" in body
        assert at(cast, "plan-edit") not in body
        assert at(cast, "diagnosis-add") not in body
    assert client.get(at(cast, "plan-edit")).status_code == 404
    assert client.post(at(cast, "plan-revise")).status_code == 404


@pytest.mark.parametrize("who", ["carla", "dee", "eli", "olga"])
def test_nobody_else_finds_anything(cast, sign_in, who):
    plan, diagnosis = access_records.make("plan", cast, "ana"), access_records.make("diagnosis", cast, "ana")
    client = sign_in(who)
    gets = [at(cast, name) for name in ("plan", "plan-edit", "diagnoses", "episode-change")]
    gets += [reverse("plan-version", args=[plan]), reverse("plan-agree", args=[plan])]
    posts = [
        at(cast, "diagnosis-add"),
        reverse("diagnosis-end", args=[diagnosis]),
        reverse("diagnosis-rank", args=[diagnosis]),
    ]
    assert [client.get(path).status_code for path in gets] == [404] * len(gets)
    assert [client.post(path).status_code for path in posts] == [404] * len(posts)


def test_queries_stay_few_whatever_the_plan_holds(cast, sign_in):
    client = sign_in("ben")
    client.post(at(cast, "plan-edit"), whole(cast))
    for name in ("plan", "plan-edit", "diagnoses"):
        few = queries_of(lambda name=name: client.get(at(cast, name)))
        assert few <= 8
    many = {f"goals-{g}-objectives-{o}-text": "Step" for g in range(5) for o in range(5)} | {"revision": "1"}
    client.post(at(cast, "plan-edit"), many)
    for days in range(30):
        scored(cast, 10, timezone.now().date() - timedelta(days=days))
    assert queries_of(lambda: client.get(at(cast, "plan"))) <= 8
    assert Objective.objects.count() == 25


def test_naughty_words_never_break_a_page(cast, sign_in):
    strings = [*json.loads(shared("badinput/blns.json").read_text("utf-8")), "\x00", "x" * 30_000, "9" * 400]
    client = sign_in("ben")
    row = access_records.make("diagnosis", cast, "ana")
    plan_fields = [*(name for name in whole(cast)), OBJECTIVE + "thread", OBJECTIVE + "state", "step"]
    posts = [
        (at(cast, "plan-edit"), plan_fields),
        (at(cast, "plan-edit"), [name for name in plan_fields if name != "step"]),
        (at(cast, "diagnosis-add"), ["q", "code", "since"]),
        (reverse("diagnosis-end", args=[row]), ["until"]),
        (at(cast, "episode-change"), ["reason", "indications", "mark"]),
    ]
    for path, names in posts:
        for start in range(0, len(strings), len(names)):
            data = {name: strings[(start + place) % len(strings)] for place, name in enumerate(names)}
            assert client.post(path, data).status_code in {200, 302, 409, 422}, (path, data)


def test_naughty_words_in_a_plan_are_kept_letter_for_letter(cast, sign_in):
    strings = json.loads(shared("badinput/blns.json").read_text("utf-8"))
    words = [text.strip() for text in strings if text.strip() and len(text) <= 200 and text.isprintable()]
    client = sign_in("ben")
    for revision, start in enumerate(range(0, len(words), 32)):
        held = words[start : start + 32]
        sent = {f"goals-{n // 8}-objectives-{n % 8}-text": text for n, text in enumerate(held)}
        assert client.post(at(cast, "plan-edit"), sent | {"revision": str(revision)}).status_code == 302
        kept = Objective.objects.order_by("goal__rank", "rank").values_list("text", flat=True)
        assert list(kept) == held
        page = client.get(at(cast, "plan-edit"))
        assert [typed_in(page, f"goals-{n // 8}-objectives-{n % 8}-text") for n in range(len(held))] == held
