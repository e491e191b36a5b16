"""Does it help: from a score that comes in over the link to an answer in under a minute, and to what came of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from openhour.guard.actor import COMMAND_LINE
from openhour.records.models import Response, Signal, Visit
from openhour.workflows.hour.start_session import start_session
from openhour.workflows.hour.stop_session import stop_session
from openhour.workflows.progress.look_at_all import look_at_all
from tests.cast import NOW
from tests.stories.browser import axe, browse, chromium, expect, follow  # noqa: F401
from tests.web.schedule_desk import stop_clock
from tests.workflows.answers import BEFORE, issue
from tests.workflows.progress.courses import go_through, hold, in_use, score

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WEEK = timedelta(weeks=1)


@pytest.fixture
def ana(cast, monkeypatch):
    """Three weeks of treatment, a usual course that is known here, and a link for the fourth hour."""
    in_use()
    go_through(cast.ana_episode, (14, 13, 15))
    stop_clock(monkeypatch, BEFORE)
    return reverse("portal", args=[issue(cast).token])


def send_over_the_link(page, cast, address):
    """All questions on one page: the worst answer to eight of them, no to the ninth, and sent."""
    page.goto(address)
    follow(page.get_by_role("link", name="Show all questions on one page"))
    for item in range(1, 9):
        page.locator(f'input[name="q{item}"][value="3"]').check(force=True)
    page.locator('input[name="q9"][value="0"]').check(force=True)
    follow(page.get_by_role("button", name="Go on"))
    follow(page.get_by_role("button", name="Send to"))
    form = Response.objects.get(patient=cast.ana, instrument="phq-9", due_on=NOW.date())
    assert form.state == "complete", form.answers


def test_from_a_score_over_the_link_to_what_came_of_it(browse, cast, ana, monkeypatch):  # noqa: F811
    phone = browse(scripts=False)
    send_over_the_link(phone, cast, ana)
    assert {row.kind for row in Signal.objects.all()} == {"not-on-track", "reliably-worse"}

    # Ben: Today, the signal, two choices, and sent: four presses.
    stop_clock(monkeypatch, NOW)
    ben = browse(width=1280, who="ben")
    ben.goto(reverse("today"))
    axe(ben)
    presses = 0
    follow(ben.get_by_role("link", name="Ana Almond: not on track"))
    presses += 1
    expect(ben.get_by_role("heading", name="What do you think?")).to_be_visible()
    axe(ben)
    for label in ("How we work together", "Talk about it together"):
        ben.get_by_role("checkbox", name=label, exact=True).click()
        presses += 1
    follow(ben.get_by_role("button", name="Answer", exact=True))
    presses += 1
    expect(ben.get_by_text("0 of 2 sessions held since")).to_be_visible()
    assert presses == 4
    assert set(Signal.objects.values_list("state", flat=True)) == {"answered"}

    # Two hours later the system has looked again by itself.
    hold(cast.ana_episode, NOW + timedelta(hours=6))
    score(cast.ana_episode, 14, (NOW + WEEK).date())
    Visit.objects.filter(pk=cast.ana_visit.pk).update(starts_at=NOW + WEEK, ends_at=NOW + WEEK + timedelta(hours=1))
    start_session(cast.actor("ben"), cast.ana_visit.pk, at=NOW + WEEK)
    stop_session(cast.actor("ben"), cast.ana_visit.pk, at=NOW + WEEK + timedelta(minutes=55))
    stop_clock(monkeypatch, NOW + WEEK + timedelta(hours=1))
    ben.goto(reverse("today"))
    expect(
        ben.get_by_text("PHQ-9 went from 24 to 14, reliably better than when this was answered.").first
    ).to_be_visible()
    follow(ben.get_by_role("link", name="Ana Almond: not on track"))
    expect(ben.get_by_text("Looked at again: better")).to_be_visible()
    axe(ben)

    # And Ana reads it in plain words.
    stop_clock(monkeypatch, BEFORE)
    phone.goto(ana)
    follow(phone.get_by_role("link", name="How it has been going"))
    expect(phone.get_by_role("heading", name="How it has been going")).to_be_visible()


def test_nobody_answers_and_the_supervisor_does(browse, cast, ana, monkeypatch):  # noqa: F811
    send_over_the_link(browse(scripts=False), cast, ana)
    later = NOW + timedelta(days=8)
    look_at_all(COMMAND_LINE, at=later)
    stop_clock(monkeypatch, later)
    sam = browse(who="sam")
    sam.goto(reverse("signals"))
    axe(sam)
    follow(sam.get_by_role("link", name="Ana Almond: not on track (PHQ-9)"))
    axe(sam)
    sam.get_by_label("Comment").fill("Ask her what changed in February.")
    follow(sam.get_by_role("button", name="Give it back"))
    expect(sam.get_by_text("It is back with the therapist")).to_be_visible()
    ben = browse(width=1280, who="ben", scripts=False)
    ben.goto(reverse("today"))
    follow(ben.get_by_role("link", name="Ana Almond: not on track"))
    expect(ben.get_by_text("Ask her what changed in February.")).to_be_visible()


def test_by_keyboard_alone(browse, cast, ana, monkeypatch):  # noqa: F811
    send_over_the_link(browse(scripts=False), cast, ana)
    stop_clock(monkeypatch, NOW)
    ben = browse(width=1280, who="ben")
    ben.goto(reverse("signal", args=[Signal.objects.get(kind="not-on-track").pk]))
    first = ben.locator('input[name="in_the_way"]').first
    first.focus()
    ben.keyboard.press("Space")
    expect(first).to_be_checked()
    choice = ben.locator('input[name="doing"]').first
    for _ in range(12):
        if choice.evaluate("one => one === document.activeElement"):
            break
        ben.keyboard.press("Tab")
    expect(choice).to_be_focused()
    ben.keyboard.press("Space")
    follow(choice, "Enter")
    expect(ben.get_by_text("0 of 2 sessions held since")).to_be_visible()


@pytest.mark.parametrize(("width", "light"), [(390, "dark"), (1280, "light")])
def test_every_page_of_it_holds_for_everyone(browse, cast, ana, monkeypatch, width, light):  # noqa: F811
    send_over_the_link(browse(scripts=False), cast, ana)
    phone = browse(width=width, light=light)
    phone.goto(f"{ana}course/")
    axe(phone)
    stop_clock(monkeypatch, NOW)
    ben = browse(width=width, light=light, who="ben")
    for address in (
        reverse("caseload"),
        reverse("signals"),
        reverse("course", args=[cast.ana_episode.pk]),
        reverse("signal", args=[Signal.objects.get(kind="not-on-track").pk]),
        reverse("session-room", args=[cast.ana_visit.pk]),
        reverse("patient", args=[cast.ana.pk]),
    ):
        ben.goto(address)
        axe(ben)
