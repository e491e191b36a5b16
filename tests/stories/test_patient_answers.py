"""A patient answers on a phone: with and without a script, on two devices, in danger, and too late."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from openhour.records.models import Alert, Answer, Response, Topic
from tests.care.plain import ask_two_measures
from tests.cast import NOW
from tests.stories.browser import axe, browse, chromium, expect, follow, until  # noqa: F401
from tests.web.schedule_desk import stop_clock
from tests.workflows.answers import BEFORE, form_of, issue

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HELP = "call or text 988 now, or 911"


@pytest.fixture
def link(cast, monkeypatch):
    """Dee gives Ana a link, three hours before the visit."""
    stop_clock(monkeypatch, BEFORE)
    return issue(cast)


@pytest.fixture
def start(link):
    return reverse("portal", args=[link.token])


@pytest.fixture(autouse=True)
def two_measures(monkeypatch):
    ask_two_measures(monkeypatch)


def kept(cast, slug="phq-9"):
    return form_of(cast, slug).answers


def wait_until_kept(page, cast, answers, slug="phq-9"):
    until(page, lambda: kept(cast, slug) == answers, f"{answers}")


def press(page, words):
    """Choose an answer as a finger does: on its whole row, once the script is there."""
    page.locator("form[data-answers-ready]").wait_for()
    page.locator(".answers .chip", has_text=words).first.click()


def press_on(page, words):
    """The same, and on to the next question, which comes by itself."""
    page.locator("form[data-answers-ready]").wait_for()
    follow(page.locator(".answers .chip", has_text=words).first)


def test_every_tap_is_kept_and_brings_the_next_question(browse, cast, start):  # noqa: F811
    page = browse()
    page.goto(start)
    follow(page.get_by_role("link", name="Begin"))
    for place in range(1, 9):
        page.get_by_role("heading", name=f"Question {place} of 10").wait_for()
        press_on(page, "Several days")
    page.get_by_role("heading", name="Question 9 of 10").wait_for()
    press_on(page, "Not at all")
    page.get_by_role("heading", name="Question 10 of 10").wait_for()
    press_on(page, "Somewhat difficult")
    page.get_by_text("You have answered everything.").wait_for()
    assert kept(cast) == {**{str(item): 1 for item in range(1, 9)}, "9": 0, "10": 1}
    follow(page.get_by_role("button", name="Send to Ben Brook"))
    page.get_by_text("Part 2 of 2").wait_for()
    form = form_of(cast)
    assert (form.state, form.total) == ("complete", 8)
    assert Answer.objects.filter(response=form).count() == 10
    assert not Alert.objects.exists()


def test_the_whole_way_without_a_script(browse, cast, start):  # noqa: F811
    page = browse(scripts=False)
    page.goto(start)
    follow(page.get_by_role("link", name="Begin"))
    for place in range(1, 11):
        page.get_by_role("heading", name=f"Question {place} of 10").wait_for()
        page.get_by_role("radio").nth(0 if place > 8 else 2).check(force=True)
        follow(page.get_by_role("button", name="Next"))
    follow(page.get_by_role("button", name="Send to Ben Brook"))
    page.get_by_text("Part 2 of 2").first.wait_for()
    form = form_of(cast)
    assert (form.state, form.total, form.band) == ("complete", 16, "moderately severe")
    follow(page.get_by_role("button", name="Show all questions on one page"))
    for place in range(7):
        page.locator("fieldset").nth(place).get_by_role("radio").nth(1).check(force=True)
    follow(page.get_by_role("button", name="Go on"))
    follow(page.get_by_role("button", name="Send to Ben Brook"))
    assert form_of(cast, "gad-7").total == 7
    page.get_by_label("In your own words").fill("My sister.")
    follow(page.get_by_role("button", name="Save"))
    page.get_by_role("heading", name="Thank you").wait_for()
    assert Topic.objects.get().text == "My sister."
    for word in ("16", "moderately", "severe", "PHQ"):
        expect(page.locator("main")).not_to_contain_text(word)


def question_nine(link, cast):
    return reverse("portal-question", args=[link.token, form_of(cast).pk, 9])


def test_help_is_on_the_screen_at_once_and_the_alert_is_raised_though_nothing_is_finished(
    browse,  # noqa: F811
    cast,
    link,
):
    page = browse()
    page.goto(question_nine(link, cast))
    expect(page.locator("body")).not_to_contain_text(HELP, use_inner_text=True)
    press(page, "Several days")
    page.locator("[data-help] .crisis").wait_for()
    expect(page.locator("[data-help]")).to_contain_text(HELP)
    expect(page.locator("[data-help] a[href='tel:988']")).to_be_visible()
    wait_until_kept(page, cast, {"9": 1})
    expect(page.locator("[data-answers-say]")).to_have_text("Saved")
    page.wait_for_timeout(600)  # nothing is waited for: nobody is moved on from help
    expect(page).to_have_url(re.compile("/9/$"))
    axe(page)
    page.close()
    alert = Alert.objects.get()
    assert (alert.owner, alert.value, alert.state) == (cast.ben, 1, "open")
    assert form_of(cast).state == "open"
    again = browse()
    again.goto(reverse("portal", args=[link.token]))
    expect(again.locator("body")).to_contain_text(HELP)  # on every page from now on


def test_help_does_not_wait_for_the_network_and_what_is_not_kept_is_said(browse, cast, link):  # noqa: F811
    page = browse()
    page.goto(question_nine(link, cast))
    browse.expected.append("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    press(page, "Nearly every day")
    page.locator("[data-help] .crisis").wait_for()
    page.get_by_text("Not saved yet.").wait_for()
    assert not Answer.objects.exists()
    page.context.set_offline(False)
    follow(page.get_by_role("button", name="Next"))
    page.get_by_role("heading", name="You are not alone with this").wait_for()
    assert Alert.objects.get().value == 3


def test_a_tap_before_the_script_is_there_is_kept_and_brings_help_too(browse, cast, link):  # noqa: F811
    page = browse()
    late = []
    page.route("**/answers*.js", lambda route: late.append(route))
    page.goto(question_nine(link, cast), wait_until="commit")
    page.locator(".answers .chip", has_text="Several days").first.click()
    assert "9" not in kept(cast)
    until(page, lambda: late, "the request for the script")
    late[0].continue_()
    page.locator("[data-help] .crisis").wait_for()
    wait_until_kept(page, cast, {"9": 1})
    assert Alert.objects.get().value == 1
    page.get_by_role("heading", name="Question 9 of 10").wait_for()


def test_without_a_script_help_is_the_very_next_page(browse, cast, link):  # noqa: F811
    page = browse(scripts=False)
    page.goto(question_nine(link, cast))
    page.get_by_role("radio").nth(1).check(force=True)
    follow(page.get_by_role("button", name="Next"))
    page.get_by_role("heading", name="You are not alone with this").wait_for()
    expect(page.locator("main")).to_contain_text(HELP)
    assert Alert.objects.get().value == 1
    follow(page.get_by_role("link", name="Go on with the questions"))
    page.get_by_role("heading", name="Question 10 of 10").wait_for()


def test_on_the_page_of_all_questions_help_stands_beside_the_answer(browse, cast, link):  # noqa: F811
    page = browse()
    page.goto(reverse("portal-all", args=[link.token, form_of(cast).pk]))
    page.locator("form[data-answers-ready]").wait_for()
    page.locator(".chip", has=page.locator("input[name=q9][value='2']")).click()
    page.locator("[data-help] .crisis").wait_for()
    wait_until_kept(page, cast, {"9": 2})
    assert Alert.objects.get().value == 2
    axe(page)


def test_the_keyboard_chooses_and_saves_and_stays_until_next(browse, cast, link):  # noqa: F811
    page = browse(width=1280)
    page.goto(reverse("portal-question", args=[link.token, form_of(cast).pk, 2]))
    page.locator("form[data-answers-ready]").wait_for()
    page.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    wait_until_kept(page, cast, {"2": 2})
    expect(page.locator("[data-answers-say]")).to_have_text("Saved")
    page.wait_for_timeout(500)  # nothing is waited for: the keyboard never leaves the question
    expect(page).to_have_url(re.compile("/2/$"))
    follow(page.get_by_role("button", name="Next"), "Enter")
    page.get_by_role("heading", name="Question 3 of 10").wait_for()
    assert kept(cast) == {"2": 2}


def test_two_quick_taps_keep_both_and_the_last_one_counts(browse, cast, link):  # noqa: F811
    page = browse()
    page.goto(reverse("portal-all", args=[link.token, form_of(cast).pk]))
    page.locator("form[data-answers-ready]").wait_for()
    for value in (3, 0):
        page.locator(".chip", has=page.locator(f"input[name=q1][value='{value}']")).click()
    wait_until_kept(page, cast, {"1": 0})
    expect(page.locator("[data-answers-say]")).to_have_text("Saved")
    assert kept(cast) == {"1": 0}


def test_one_goes_on_where_one_stopped_on_another_device_and_may_go_back(browse, cast, start):  # noqa: F811
    phone = browse()
    phone.goto(start)
    follow(phone.get_by_role("link", name="Begin"))
    press_on(phone, "Nearly every day")
    phone.get_by_role("heading", name="Question 2 of 10").wait_for()
    phone.close()
    tablet = browse(width=820)
    tablet.goto(start)
    follow(tablet.get_by_role("link", name="Go on"))
    tablet.get_by_role("heading", name="Question 2 of 10").wait_for()
    follow(tablet.get_by_role("button", name="Back"))
    tablet.get_by_role("heading", name="Question 1 of 10").wait_for()
    expect(tablet.get_by_role("radio", name="Nearly every day")).to_be_checked()
    press_on(tablet, "Not at all")
    tablet.get_by_role("heading", name="Question 2 of 10").wait_for()
    assert kept(cast) == {"1": 0}
    assert Answer.objects.count() == 2


def test_a_link_that_ended_in_the_middle_passes_on_what_must_be_seen_and_says_so(browse, cast, link, monkeypatch):  # noqa: F811
    page = browse(scripts=False)
    page.goto(question_nine(link, cast))
    stop_clock(monkeypatch, NOW + timedelta(days=1))
    browse.expected.append("404")
    page.get_by_role("radio").nth(3).check(force=True)
    follow(page.get_by_role("button", name="Next"))
    expect(page.locator("main")).to_contain_text("What you just marked was passed on to your therapist")
    expect(page.locator("a[href='tel:988']").first).to_be_visible()
    assert Alert.objects.get().value == 3
    expect(page.locator("body")).not_to_contain_text("Ben")


def test_what_to_talk_about_is_kept_as_it_is_typed(browse, link):  # noqa: F811
    page = browse()
    page.goto(reverse("portal-topic", args=[link.token]))
    page.get_by_label("In your own words").press_sequentially("The week with my sister")
    until(page, lambda: Topic.objects.filter(text="The week with my sister").exists())
    page.get_by_text("Saved").first.wait_for()


@pytest.mark.parametrize("light", ["light", "dark"])
def test_axe_finds_nothing_on_any_page_of_the_patient(browse, cast, link, light):  # noqa: F811
    form = form_of(cast)
    page = browse(light=light)
    browse.expected.append("404")
    token = [link.token]
    addresses = [reverse(name, args=token) for name in ("portal", "portal-topic", "portal-expect", "portal-done")]
    addresses += [reverse(name, args=[*token, form.pk]) for name in ("portal-all", "portal-finish", "portal-help")]
    addresses += [reverse("portal-question", args=[*token, form.pk, place]) for place in (1, 9, 10)]
    for address in [*addresses, "/c/nothing/"]:
        page.goto(address)
        axe(page)


@pytest.mark.parametrize(("width", "light"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing_on_the_pages_of_those_who_read_it(browse, cast, link, width, light):  # noqa: F811
    from openhour.guard.actor import link_actor
    from tests.workflows.answers import give

    give(link_actor(str(link.id)), form_of(cast).pk, "9", 2)
    alert = Alert.objects.get()
    page = browse(width=width, light=light, who="ben")
    for address in (
        reverse("today"),
        reverse("alerts"),
        reverse("alert", args=[alert.pk]),
        reverse("response", args=[form_of(cast).pk]),
        reverse("link-issue", args=[cast.ana_visit.pk]),
    ):
        page.goto(address)
        axe(page)
    follow(page.get_by_role("button", name="Issue a link"))
    page.get_by_text("This address is shown once").wait_for()
    axe(page)


def test_the_therapist_finds_the_alert_on_today_and_answers_it(browse, cast, link):  # noqa: F811
    phone = browse()
    phone.goto(question_nine(link, cast))
    press(phone, "More than half the days")
    wait_until_kept(phone, cast, {"9": 2})
    desk = browse(width=1280, who="ben")
    desk.goto(reverse("today"))
    desk.get_by_role("heading", name="1 alert for you").wait_for()
    follow(desk.locator("section.alarm").get_by_role("link", name="Ana Almond"))
    follow(desk.get_by_role("button", name="I have seen this"))
    desk.get_by_text("Seen 2 Mar 2026").wait_for()
    desk.locator(".chip", has_text="Moderate").click()
    desk.get_by_label("What was done?").fill("Called her at once; safety plan made together.")
    desk.get_by_label("Look again on").fill("2026-03-03")
    follow(desk.get_by_role("button", name="Answer the alert"))
    desk.get_by_text("The alert is answered").wait_for()
    alert = Alert.objects.get()
    assert (alert.state, alert.risk_level, alert.answered_by) == ("answered", "moderate", cast.ben_user)
    assert Response.objects.get(pk=form_of(cast).pk).state == "open"
