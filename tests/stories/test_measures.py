"""Measures as they are lived: a battery chosen by an indication, answered on the phone, typed in the room, from paper, from
a file."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from openhour.records.models import Alert, Battery, Episode, Response, SecondEntry
from openhour.workflows.intake.change_episode import change_episode, episode_mark
from openhour.workflows.measures.begin_form import begin_form
from openhour.workflows.measures.change_battery import change_battery
from openhour.workflows.safety.finish_response import finish_response
from openhour.workflows.safety.record_answer import record_answer
from tests.cast import NOW, TODAY
from tests.project.command_line import openhour
from tests.stories.browser import axe, browse, chromium, expect, follow, until  # noqa: F401
from tests.web.schedule_desk import stop_clock
from tests.workflows.answers import BEFORE, form_of, issue

__all__ = ["openhour"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _clock(monkeypatch):
    stop_clock(monkeypatch, BEFORE)


def say_why(cast, *indications):
    episode = Episode.objects.get(pk=cast.ana_episode.pk)
    mark = episode_mark(episode.reason, episode.indications)
    change_episode(
        cast.actor("ben"), episode.pk, reason=episode.reason, indications=indications, mark=mark, at=BEFORE
    )


def test_an_indication_chooses_the_battery_and_ben_begins_with_the_short_form(browse, cast):  # noqa: F811
    say_why(cast, "anxiety")
    say_why(cast, "depression")
    page = browse(width=1280, who="ben")
    page.goto(reverse("battery", args=[cast.ana_episode.pk]))
    expect(page.get_by_text("Chosen for: Depression")).to_be_visible()
    expect(page.get_by_text("In the battery and not asked")).to_be_visible()
    axe(page)
    page.get_by_text("Change PHQ-9", exact=True).click()
    page.get_by_label("Begin with the PHQ-2").check()
    page.get_by_label("Why this change").fill("She finds it long")
    follow(page.get_by_role("button", name="Keep this battery"))
    expect(page.get_by_text("The change is kept.")).to_be_visible()
    expect(page.get_by_text("PHQ-9 before each session, short form first")).to_be_visible()
    assert [row.origin for row in Battery.objects.order_by("version")] == ["definition", "definition", "therapist"]


def test_the_phone_asks_two_questions_and_goes_on_where_they_are_positive(browse, cast):  # noqa: F811
    from openhour.care.batteries import BatteryForm

    forms = [BatteryForm("phq-9", "session", short_first=True)]
    change_battery(cast.actor("ben"), cast.ana_episode.pk, forms, version=0, reason="", at=BEFORE)
    link = issue(cast)
    page = browse()
    page.goto(reverse("portal", args=[link.token]))
    follow(page.get_by_role("link", name="Begin"))
    for place in (1, 2):
        expect(page.get_by_role("heading", name=f"Question {place} of 2")).to_be_attached()
        choose(page, "Nearly every day")
    follow(page.get_by_role("button", name="Send to Ben Brook"))
    for place in range(1, 7):
        expect(page.get_by_role("heading", name=f"Question {place} of 8")).to_be_attached()
        choose(page, "Not at all")
    expect(page.get_by_text("Thoughts that you would be better off dead")).to_be_visible()
    axe(page)
    choose(page, "Not at all")
    choose(page, "Somewhat difficult")
    follow(page.get_by_role("button", name="Send to Ben Brook"))
    assert (form_of(cast).state, form_of(cast).total, form_of(cast).carried) == ("complete", 6, ["1", "2"])


def choose(page, words):
    """As a finger does, and on to the next question, which comes by itself."""
    page.locator("form[data-answers-ready]").wait_for()
    follow(page.locator(".answers .chip", has_text=words).first)


def test_ben_types_ten_answers_and_sees_what_to_do_before_he_goes_on(browse, cast):  # noqa: F811
    form = begin_form(cast.actor("ben"), cast.ana_episode.pk, "phq-9", mode="clinician", answered_on=None, at=BEFORE)
    page = browse(width=1280, who="ben")
    page.goto(reverse("form-enter", args=[form]))
    page.locator("form[data-entry-ready]").wait_for()
    expect(page.locator("input[name=q1]").first).to_be_focused()
    for key in "21111111":
        page.keyboard.press(key)
    expect(page.locator("input[name=q9]").first).to_be_focused()
    page.keyboard.press("1")
    expect(page.locator("#steps-now")).to_be_visible()
    page.keyboard.press("0")
    until(page, lambda: len(Response.objects.get(pk=form).answers) == 10, "ten answers are kept")
    assert Alert.objects.get().value == 1
    axe(page)
    expect(page.get_by_role("button", name="Close the form")).to_be_focused()
    follow(page, "Enter")
    expect(page.get_by_text("An answer here raised an alert")).to_be_visible()
    held = Response.objects.get(pk=form)
    assert (held.state, held.total, held.mode) == ("complete", 10, "clinician")


def test_a_paper_is_typed_twice_and_the_one_difference_is_settled(browse, cast):  # noqa: F811
    ben = cast.actor("ben")
    day = TODAY - timedelta(days=2)
    form = begin_form(ben, cast.ana_episode.pk, "gad-7", mode="paper", answered_on=day, at=BEFORE)
    for item in range(1, 8):
        record_answer(ben, form, str(item), 1, at=BEFORE)
    finish_response(ben, form, at=BEFORE)
    page = browse(width=1280, who="sam")
    page.goto(reverse("response", args=[form]))
    follow(page.get_by_role("link", name="Type it a second time"))
    page.locator("form[data-entry-ready]").wait_for()
    for key in "1311111":
        page.keyboard.press(key)
    axe(page)
    follow(page.get_by_role("button", name="Compare"))
    expect(page.get_by_role("heading", name="1 question differs")).to_be_visible()
    axe(page)
    page.get_by_label("Second: Nearly every day").check()
    page.get_by_label("What decided it").fill("Looked at the paper again")
    follow(page.get_by_role("button", name="Settle"))
    expect(page.get_by_text("Typed twice, differences settled")).to_be_visible()
    assert SecondEntry.objects.get().resolved_by == cast.sam_user
    assert Response.objects.get(pk=form).total == 9


def test_a_file_with_one_bad_row_is_brought_in_and_its_scores_stand_in_the_chart(
    browse,  # noqa: F811
    cast,
    openhour,
    monkeypatch,
    tmp_path,
):
    monkeypatch.setattr("openhour.project.cli.measures._now", lambda: NOW)
    items = [f"q{item}" for item in range(1, 10)]
    rows = [
        ["patient", "date", *items],
        ["P-1001", "2026-02-16", *"222222220"],
        ["P-1001", "2026-02-23", *"111111119"],
    ]
    path = tmp_path / "answers.csv"
    path.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    said = openhour("measures", "import", path, "--source", "old system", "--instrument", "phq-9")
    assert "1 kept" in said.out
    assert "row 3, column q9: The answer is none of the choices" in said.out
    page = browse(width=1280, who="ben")
    page.goto(reverse("patient", args=[cast.ana.pk]))
    expect(page.get_by_text("PHQ-9 16")).to_be_visible()
