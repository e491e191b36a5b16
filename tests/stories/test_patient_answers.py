"""A patient answers on a phone: with and without a script, on two devices, in danger, and too late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from openhour.records.models import Alert, Answer, Response, Topic
from tests.cast import NOW
from tests.stories.browser import axe, browse, chromium  # noqa: F401
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


def kept(cast, slug="phq-9"):
    return form_of(cast, slug).answers


def wait_until_kept(page, cast, answers, slug="phq-9"):
    for _ in range(60):
        if kept(cast, slug) == answers:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{kept(cast, slug)} instead of {answers}")


def press(page, words):
    """Choose an answer as a finger does: on its whole row, once the script is there."""
    page.locator("form[data-answers-ready]").wait_for()
    page.locator(".answers .chip", has_text=words).first.click()


def test_every_tap_is_kept_and_brings_the_next_question(browse, cast, start):  # noqa: F811
    page = browse()
    page.goto(start)
    page.get_by_role("link", name="Begin").click()
    for place in range(1, 9):
        page.get_by_role("heading", name=f"Question {place} of 10").wait_for()
        press(page, "Several days")
    page.get_by_role("heading", name="Question 9 of 10").wait_for()
    press(page, "Not at all")
    page.get_by_role("heading", name="Question 10 of 10").wait_for()
    press(page, "Somewhat difficult")
    page.get_by_text("You have answered everything.").wait_for()
    assert kept(cast) == {**{str(item): 1 for item in range(1, 9)}, "9": 0, "10": 1}
    page.get_by_role("button", name="Send to Ben Brook").click()
    page.get_by_text("Part 2 of 2").wait_for()
    form = form_of(cast)
    assert (form.state, form.total) == ("complete", 8)
    assert Answer.objects.filter(response=form).count() == 10
    assert not Alert.objects.exists()


def test_the_whole_way_without_a_script(browse, cast, start):  # noqa: F811
    page = browse(scripts=False)
    page.goto(start)
    page.get_by_role("link", name="Begin").click()
    for place in range(1, 11):
        page.get_by_role("heading", name=f"Question {place} of 10").wait_for()
        page.get_by_role("radio").nth(0 if place > 8 else 2).check(force=True)
        page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Send to Ben Brook").click()
    form = form_of(cast)
    assert (form.state, form.total, form.band) == ("complete", 16, "moderately severe")
    page.get_by_role("button", name="Show all questions on one page").click()
    for place in range(7):
        page.locator("fieldset").nth(place).get_by_role("radio").nth(1).check(force=True)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Send to Ben Brook").click()
    assert form_of(cast, "gad-7").total == 7
    page.get_by_label("In your own words").fill("My sister.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert Topic.objects.get().text == "My sister."
    for word in ("16", "moderately", "severe", "PHQ"):
        assert word not in page.inner_text("main")


def question_nine(link, cast):
    return reverse("portal-question", args=[link.token, form_of(cast).pk, 9])


def test_help_is_on_the_screen_at_once_and_the_alert_is_raised_though_nothing_is_finished(
    browse,  # noqa: F811
    cast,
    link,
):
    page = browse()
    page.goto(question_nine(link, cast))
    assert HELP not in page.inner_text("body")
    press(page, "Several days")
    page.locator("[data-help] .crisis").wait_for()
    assert HELP in page.inner_text("[data-help]")
    assert page.locator("[data-help] a[href='tel:988']").is_visible()
    wait_until_kept(page, cast, {"9": 1})
    page.wait_for_timeout(600)
    assert page.url.endswith("/9/"), "nobody is moved on from help"
    axe(page)
    page.close()
    alert = Alert.objects.get()
    assert (alert.owner, alert.value, alert.state) == (cast.ben, 1, "open")
    assert form_of(cast).state == "open"
    again = browse()
    again.goto(reverse("portal", args=[link.token]))
    assert HELP in again.inner_text("body"), "help stays on every page from now on"


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
    page.get_by_role("button", name="Next").click()
    page.get_by_role("heading", name="You are not alone with this").wait_for()
    assert Alert.objects.get().value == 3


def test_a_tap_before_the_script_is_there_is_kept_and_brings_help_too(browse, cast, link):  # noqa: F811
    page = browse()
    late = []
    page.route("**/answers*.js", lambda route: late.append(route))
    page.goto(question_nine(link, cast), wait_until="commit")
    page.locator(".answers .chip", has_text="Several days").first.click()
    assert "9" not in kept(cast)
    for _ in range(100):
        if late:
            break
        page.wait_for_timeout(50)
    late[0].continue_()
    page.locator("[data-help] .crisis").wait_for()
    wait_until_kept(page, cast, {"9": 1})
    assert Alert.objects.get().value == 1
    page.get_by_role("heading", name="Question 9 of 10").wait_for()


def test_without_a_script_help_is_the_very_next_page(browse, cast, link):  # noqa: F811
    page = browse(scripts=False)
    page.goto(question_nine(link, cast))
    page.get_by_role("radio").nth(1).check(force=True)
    page.get_by_role("button", name="Next").click()
    page.get_by_role("heading", name="You are not alone with this").wait_for()
    assert HELP in page.inner_text("main")
    assert Alert.objects.get().value == 1
    page.get_by_role("link", name="Go on with the questions").click()
    page.get_by_role("heading", name="Question 10 of 10").wait_for()


def test_on_the_page_of_all_questions_help_stands_beside_the_answer(browse, cast, link):  # noqa: F811
    page = browse()
    page.goto(reverse("portal-all", args=[link.token, form_of(cast).pk]))
    page.locator(".chip", has=page.locator("input[name=q9][value='2']")).click()
    page.locator("[data-help] .crisis").wait_for()
    wait_until_kept(page, cast, {"9": 2})
    assert Alert.objects.get().value == 2
    axe(page)


def test_the_keyboard_chooses_and_saves_and_stays_until_next(browse, cast, link):  # noqa: F811
    page = browse(width=1280)
    page.goto(reverse("portal-question", args=[link.token, form_of(cast).pk, 2]))
    page.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    wait_until_kept(page, cast, {"2": 2})
    page.wait_for_timeout(500)
    assert page.url.endswith("/2/")
    page.get_by_role("button", name="Next").press("Enter")
    page.get_by_role("heading", name="Question 3 of 10").wait_for()
    assert kept(cast) == {"2": 2}


def test_two_quick_taps_keep_both_and_the_last_one_counts(browse, cast, link):  # noqa: F811
    page = browse()
    page.goto(reverse("portal-all", args=[link.token, form_of(cast).pk]))
    for value in (3, 0):
        page.locator(".chip", has=page.locator(f"input[name=q1][value='{value}']")).click()
    wait_until_kept(page, cast, {"1": 0})
    page.wait_for_timeout(200)
    assert Answer.objects.order_by("-made_at").first() is not None
    assert kept(cast) == {"1": 0}


def test_one_goes_on_where_one_stopped_on_another_device_and_may_go_back(browse, cast, start):  # noqa: F811
    phone = browse()
    phone.goto(start)
    phone.get_by_role("link", name="Begin").click()
    press(phone, "Nearly every day")
    phone.get_by_role("heading", name="Question 2 of 10").wait_for()
    phone.close()
    tablet = browse(width=820)
    tablet.goto(start)
    tablet.get_by_role("link", name="Go on").click()
    tablet.get_by_role("heading", name="Question 2 of 10").wait_for()
    tablet.get_by_role("button", name="Back").click()
    tablet.get_by_role("heading", name="Question 1 of 10").wait_for()
    assert tablet.get_by_role("radio", name="Nearly every day").is_checked()
    press(tablet, "Not at all")
    tablet.get_by_role("heading", name="Question 2 of 10").wait_for()
    assert kept(cast) == {"1": 0}
    assert Answer.objects.count() == 2


def test_a_link_that_ended_in_the_middle_says_that_nothing_was_kept(browse, cast, link, monkeypatch):  # noqa: F811
    page = browse(scripts=False)
    page.goto(question_nine(link, cast))
    stop_clock(monkeypatch, NOW + timedelta(days=1))
    browse.expected.append("404")
    page.get_by_role("radio").nth(3).check(force=True)
    page.get_by_role("button", name="Next").click()
    assert "What you just gave was not kept" in page.inner_text("main")
    assert page.locator("a[href='tel:988']").first.is_visible()
    assert not Answer.objects.exists()
    assert "Ben" not in page.inner_text("body")


def test_what_to_talk_about_is_kept_as_it_is_typed(browse, link):  # noqa: F811
    page = browse()
    page.goto(reverse("portal-topic", args=[link.token]))
    page.get_by_label("In your own words").press_sequentially("The week with my sister")
    page.get_by_text("Saved").first.wait_for()
    assert Topic.objects.get().text == "The week with my sister"


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
    page.get_by_role("button", name="Issue a link").click()
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
    desk.locator("section.alarm").get_by_role("link", name="Ana Almond").click()
    desk.get_by_role("button", name="I have seen this").click()
    desk.get_by_text("Seen 2 Mar 2026").wait_for()
    desk.locator(".chip", has_text="Moderate").click()
    desk.get_by_label("What was done?").fill("Called her at once; safety plan made together.")
    desk.get_by_label("Look again on").fill("2026-03-03")
    desk.get_by_role("button", name="Answer the alert").click()
    desk.get_by_text("The alert is answered").wait_for()
    alert = Alert.objects.get()
    assert (alert.state, alert.risk_level, alert.answered_by) == ("answered", "moderate", cast.ben_user)
    assert Response.objects.get(pk=form_of(cast).pk).state == "open"
