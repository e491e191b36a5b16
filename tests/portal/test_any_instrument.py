"""Forms that aren't like the PHQ-9, on the phone and in the chart: gates, levels, parts, answers that don't apply."""

from __future__ import annotations

import pytest
from django.test import override_settings
from django.urls import reverse

from openhour.care.batteries import BatteryForm
from openhour.records.models import Alert, Response
from openhour.workflows.measures.begin_form import begin_form
from openhour.workflows.measures.change_battery import change_battery
from openhour.workflows.safety.finish_response import finish_response
from openhour.workflows.safety.record_answer import record_answer
from tests.cast import NOW
from tests.workflows.answers import BEFORE, issue

WSAS = """schema     = "wording/1"
instrument = "wsas@1.0.0"
language   = "en"
stem       = "Made-up stem."
choice = [{choices}]
item = [
  {{ id = "1", text = "made-up question 1", choice = [{choices}, {{ score = 99, text = "made-up: not for me" }}] }},
{items}]

[licence]
holder   = "A made-up holder"
kind     = "Made-up permission"
from     = 2026-01-01
document = "Folder 7"
notice   = "Made-up notice"
"""


@pytest.fixture
def asked(cast, clock):
    """`asked("asq")`: a link to Ana's visit behind which these forms wait."""

    def ask(*slugs, short_first=False):
        forms = [BatteryForm(slug, "session", short_first=short_first) for slug in slugs]
        change_battery(cast.actor("ben"), cast.ana_episode.pk, forms, version=0, reason="", at=BEFORE)
        return issue(cast)

    return ask


@pytest.fixture
def wsas(tmp_path):
    """A site's own words for the WSAS, made up."""
    choices = ", ".join(f'{{ score = {score}, text = "made-up {score}" }}' for score in range(9))
    items = "".join(f'  {{ id = "{place}", text = "made-up question {place}" }},\n' for place in range(2, 6))
    folder = tmp_path / "shelf" / "wordings"
    folder.mkdir(parents=True)
    (folder / "wsas.en.toml").write_text(WSAS.format(choices=choices, items=items), "utf-8")
    with override_settings(LOCAL_SHELF=tmp_path / "shelf"):
        yield


def form(slug):
    return Response.objects.get(instrument=slug)


def text(page):
    return page.content.decode()


def at(link, name, slug, *more):
    return reverse(name, args=[link.token, form(slug).pk, *more])


def answer(phone, link, slug, place, value, go="next"):
    """Answer the question of that place and follow to where it leads."""
    item = form_items(slug)[place - 1]
    return phone.post(at(link, "portal-question", slug, place), {f"q{item}": value, "go": go}, follow=True)


def form_items(slug):
    from openhour.records.shelf import shelf

    return [item.id for item in shelf().instrument_pinned(form(slug).instrument_key).items]


def ends_at(page):
    return page.redirect_chain[-1][0]


# A gate


def test_a_gate_that_is_closed_leads_straight_to_sending(asked, phone):
    link = asked("pc-ptsd-5")
    first = text(phone.get(at(link, "portal-question", "pc-ptsd-5", 1)))
    assert "Question 1 of 1" in first
    assert "unusually or especially frightening" in first
    page = answer(phone, link, "pc-ptsd-5", 1, "0")
    assert ends_at(page) == at(link, "portal-finish", "pc-ptsd-5")
    assert "You have answered everything." in text(page)
    phone.post(at(link, "portal-finish", "pc-ptsd-5"))
    assert (form("pc-ptsd-5").total, form("pc-ptsd-5").band) == (0, "negative")
    assert not Response.objects.filter(instrument="pcl-5").exists()


def test_a_gate_that_opens_asks_the_rest_and_leads_on_when_positive(asked, phone):
    link = asked("pc-ptsd-5", "gad-7")
    page = answer(phone, link, "pc-ptsd-5", 1, "1")
    assert "Question 2 of 6" in text(page)
    for place in range(2, 7):
        page = answer(phone, link, "pc-ptsd-5", place, "1")
    page = phone.post(at(link, "portal-finish", "pc-ptsd-5"), follow=True)
    assert ends_at(page) == at(link, "portal-question", "pcl-5", 1)  # before the GAD-7 that waited already
    assert "Part 2 of 3" in text(page)


def test_the_way_back_passes_over_what_the_gate_closed(asked, phone):
    link = asked("asq")
    for place in range(1, 5):
        answer(phone, link, "asq", place, "0")
    assert f'href="{at(link, "portal-question", "asq", 4)}"' in text(phone.get(at(link, "portal-finish", "asq")))
    assert phone.get(at(link, "portal-question", "asq", 5))["Location"] == at(link, "portal-finish", "asq")


def test_on_one_page_the_questions_behind_the_gate_say_when_they_are_meant(asked, phone):
    link = asked("pc-ptsd-5")
    words = text(phone.get(at(link, "portal-all", "pc-ptsd-5")))
    assert words.count("Only if you answered question 1 with “Yes”.") == 5


# A level, and danger on each answer


def test_each_yes_of_a_triage_shows_help_at_once(asked, phone):
    link = asked("asq")
    words = text(phone.get(at(link, "portal-question", "asq", 3)))
    assert 'data-help-from="1" data-help-to="1"' in words
    page = answer(phone, link, "asq", 3, "1")
    assert ends_at(page).startswith(at(link, "portal-help", "asq"))
    assert Alert.objects.get().item == "3"


def test_a_refusal_goes_on_without_help_and_opens_the_last_question(asked, phone):
    link = asked("asq")
    page = answer(phone, link, "asq", 1, "2")
    assert ends_at(page) == at(link, "portal-question", "asq", 2)
    assert not Alert.objects.exists()
    assert "of 5" in text(page)


def test_a_level_is_shown_as_one_and_never_as_a_score(cast, sign_in):
    ben = cast.actor("ben")
    asq = begin_form(ben, cast.ana_episode.pk, "asq", mode="clinician", answered_on=None, at=NOW)
    for item, value in (("1", 0), ("2", 0), ("3", 0), ("4", 1), ("5", 0)):
        record_answer(ben, asq, item, value, at=NOW)
    finish_response(ben, asq, at=NOW)
    client = sign_in("ben")
    words = text(client.get(reverse("response", args=[asq])))
    assert "Positive, not acute" in words
    assert "No score" not in words
    assert "the judgement is yours" in words
    for address in (reverse("patient", args=[cast.ana.pk]), reverse("today")):
        assert client.get(address).status_code == 200
    assert "positive, not acute" in text(client.get(reverse("patient", args=[cast.ana.pk])))


# Parts


def test_the_clusters_of_the_pcl_5_stand_beside_its_total(cast, sign_in):
    ben = cast.actor("ben")
    pcl = begin_form(ben, cast.ana_episode.pk, "pcl-5", mode="clinician", answered_on=None, at=NOW)
    for item in range(1, 21):
        record_answer(ben, pcl, str(item), 2, at=NOW)
    finish_response(ben, pcl, at=NOW)
    client = sign_in("ben")
    for address in (reverse("response", args=[pcl]), reverse("patient", args=[cast.ana.pk])):
        words = text(client.get(address))
        assert "10 of 20" in words, address
        assert "holds" in words, address
    assert "40 of 80" in text(client.get(reverse("response", args=[pcl])))


# Words that a site loads, and an answer that doesn't apply


def test_without_words_the_form_is_left_out_and_the_therapist_reads_why(cast, sign_in, asked, phone):
    link = asked("wsas", "phq-9")
    assert list(Response.objects.values_list("instrument", flat=True)) == ["phq-9"]
    words = text(sign_in("ben").get(reverse("battery", args=[cast.ana_episode.pk])))
    assert "In the battery and not asked" in words
    assert "No words are loaded for WSAS" in words
    assert phone.get(reverse("portal", args=[link.token])).status_code == 200


def test_with_a_site_s_words_it_is_asked_and_what_does_not_apply_lowers_the_maximum(
    cast, sign_in, wsas, asked, phone
):
    link = asked("wsas")
    words = text(phone.get(at(link, "portal-question", "wsas", 1)))
    assert "made-up question 1" in words
    assert "made-up: not for me" in words
    assert "Made-up notice" in words
    answer(phone, link, "wsas", 1, "99")
    for place in range(2, 6):
        answer(phone, link, "wsas", place, "3")
    phone.post(at(link, "portal-finish", "wsas"))
    held = form("wsas")
    assert (held.state, held.total) == ("complete", 12)
    assert held.language.startswith("en-")
    client = sign_in("ben")
    assert "12 of 32" in text(client.get(reverse("response", args=[held.pk])))
    assert "12 of 32" in text(client.get(reverse("patient", args=[cast.ana.pk])))


def test_the_short_form_first_on_the_phone_and_the_long_one_without_its_questions(asked, phone):
    link = asked("phq-9", short_first=True)
    answer(phone, link, "phq-2", 1, "2")
    answer(phone, link, "phq-2", 2, "2")
    page = phone.post(at(link, "portal-finish", "phq-2"), follow=True)
    assert ends_at(page) == at(link, "portal-question", "phq-9", 3)
    words = text(page)
    assert "Question 1 of 8" in words
    assert "Trouble falling or staying asleep" in words
    assert phone.get(at(link, "portal-question", "phq-9", 1))["Location"] == at(link, "portal-question", "phq-9", 3)
    assert "Little interest" not in text(phone.get(at(link, "portal-all", "phq-9")))
    for place in range(3, 9):
        answer(phone, link, "phq-9", place, "0")
    page = answer(phone, link, "phq-9", 9, "1")
    assert ends_at(page).startswith(at(link, "portal-help", "phq-9"))
    answer(phone, link, "phq-9", 10, "0")
    phone.post(at(link, "portal-finish", "phq-9"))
    assert (form("phq-9").total, form("phq-9").state) == (5, "complete")


def test_a_low_rating_of_the_work_together_is_told_to_the_therapist_and_to_nobody_at_the_desk(cast, sign_in):
    ben = cast.actor("ben")
    rated = begin_form(ben, cast.ana_episode.pk, "session-feedback", mode="clinician", answered_on=None, at=NOW)
    for item in ("heard", "mattered", "approach", "overall"):
        record_answer(ben, rated, item, 4, at=NOW)
    finish_response(ben, rated, at=NOW)
    address = reverse("patient", args=[cast.ana.pk])
    assert "Low: ask how you work together." in text(sign_in("ben").get(address))
    assert "work together" not in text(sign_in("dee").get(address))
    assert "not validated" in text(sign_in("ben").get(reverse("response", args=[rated])))
