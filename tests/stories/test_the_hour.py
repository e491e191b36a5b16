"""The hour, end to end, in a real browser: from the first call to the accepted claim and the trail that holds.

Dee registers a newcomer and books her; she answers on her phone, in danger; Ben holds the hour, writes, mends and signs;
Eli claims it; Olga verifies the trail. Once with scripts, each page looked at by axe at both widths in both lights; once without any
script; and the parts that hands do, by keyboard alone.
"""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from tests.care.plain import ask_two_measures
from tests.cast import NOW, PASSWORD
from tests.stories.browser import axe, browse, chromium, expect, follow  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOUR = NOW + timedelta(hours=1)
"""Eleven in the morning in Springfield, on Monday, March 2, 2026."""
NOTE = {
    "Data": "She came in quickly and told of the phone call. We looked at what happened before it.",
    "Assessment": "Moved, hopeful; sees how the mood follows the day.",
    "Plan": "One small thing each morning; next visit in a week.",
}
RISK = "Asked about the answer. No plan, no means; named her sister. Crisis numbers gone through."


class Clock:
    """What time every request is received at; moved by hand."""

    def __init__(self, monkeypatch):
        self.at = HOUR - timedelta(hours=2)
        monkeypatch.setattr("openhour.guard.middleware.timezone", SimpleNamespace(now=lambda: self.at))

    def to(self, moment: datetime) -> None:
        self.at = moment

    def on(self, minutes: float) -> None:
        self.at += timedelta(minutes=minutes)


@pytest.fixture
def clock(monkeypatch, settings):
    settings.IDLE_MINUTES = 180  # an hour passes in one leap here; that a sign-in ends is proved elsewhere
    return Clock(monkeypatch)


class Story:
    """The way through, step by step. look: what is done on every page that is reached."""

    def __init__(self, browse, clock, cast, *, scripts: bool, look) -> None:  # noqa: F811
        self.browse, self.clock, self.cast = browse, clock, cast
        self.scripts, self.look = scripts, look

    def sign_in(self, who: str, width: int = 1280):
        page = self.browse(width=width, height=900, scripts=self.scripts)
        page.goto("/")
        self.look(page)
        page.get_by_label("E-mail address").fill(f"{who}@example.test")
        page.get_by_label("Password").fill(PASSWORD)
        follow(page.get_by_role("button", name="Sign in", exact=True))
        page.get_by_role("button", name="Sign out").first.wait_for()
        self.look(page)
        return page

    # --- the front desk

    def register(self, page) -> None:
        follow(page.get_by_role("link", name="Patients", exact=True))
        self.look(page)
        follow(page.get_by_role("link", name="Register a patient"))
        page.get_by_label("First name").fill("Nell")
        page.get_by_label("Family name").fill("Hawthorn")
        page.get_by_label("Birth date").fill("1990-05-17")
        page.get_by_role("radio", name="Female").check(force=True)
        page.get_by_label("Phone").fill("5555550177")
        page.get_by_label("Street").fill("7 Orchard Lane")
        page.get_by_label("City").fill("Springfield")
        page.get_by_label("State").fill("IL")
        page.get_by_label("ZIP code").fill("62701")
        self.look(page)
        follow(page.get_by_role("button", name="Register"))
        page.get_by_role("heading", name="Nell Hawthorn").wait_for()
        self.look(page)

    def cover(self, page) -> None:
        follow(page.get_by_role("link", name=re.compile("coverage", re.I)).first)
        page.get_by_label("Who pays").select_option(label="Example Payer")
        page.get_by_label("Member number").fill("MEM424242")
        page.get_by_label("From").first.fill("2026-01-01")
        self.look(page)
        follow(page.get_by_role("button", name=re.compile("^(Record|Save|Keep|Add)")).first)
        page.get_by_text("MEM424242").first.wait_for()

    def begin_treatment(self, page) -> None:
        follow(page.get_by_role("link", name="Begin treatment").first)
        page.get_by_label("Therapist").locator("option", has_text="Ben Brook").wait_for(state="attached")
        page.get_by_label("Therapist").select_option(index=self._option(page, "Therapist", "Ben Brook"))
        page.get_by_label("Kind of treatment").select_option("psychotherapy-60")
        page.get_by_label("What the patient said").fill("I can’t get going in the morning.")
        page.get_by_role("checkbox", name="Depression, recent or long-standing").check(force=True)
        page.get_by_role("checkbox", name="Anxiety disorders").check(force=True)
        self.look(page)
        follow(page.get_by_role("button", name="Begin treatment"))
        page.get_by_role("heading", name=re.compile("with Ben Brook")).first.wait_for()

    def _option(self, page, label: str, words: str) -> int:
        texts = page.get_by_label(label).locator("option").all_text_contents()
        return next(place for place, text in enumerate(texts) if words in text)

    def book(self, page) -> None:
        """Found by name, then a weekly series of four."""
        follow(page.get_by_role("link", name="Schedule", exact=True))
        self.look(page)
        follow(page.get_by_role("link", name="Book", exact=True).first)
        page.get_by_role("searchbox", name="Patient").fill("hawth")
        self._find(page)
        follow(page.get_by_role("link", name="Nell Hawthorn"))
        page.get_by_label("Day").fill("2026-03-02")
        page.get_by_label("Time").fill("11:00")
        page.get_by_label("Room").select_option(label="Blue room")
        page.get_by_role("radio", name="Every week").check(force=True)
        page.get_by_label("Number of visits").fill("4")
        self.look(page)
        follow(page.get_by_role("button", name="Book"))
        page.get_by_text("The series is booked: 4 visits.").wait_for()
        self.look(page)

    def _find(self, page) -> None:
        if not self.scripts:
            return follow(page.get_by_role("button", name="Find"))
        page.get_by_role("button", name="Find").click()
        return expect(page.locator("#found")).not_to_have_attribute("aria-busy", "true")

    def check_in(self, page) -> str:
        """The address that the patient gets."""
        follow(page.get_by_role("button", name="Check in", exact=True))
        page.get_by_text("Checked in at").wait_for()
        follow(page.get_by_role("link", name="Check-in link for the phone"))
        self.look(page)
        follow(page.get_by_role("button", name="Issue a link"))
        expect(page.get_by_text("This address is shown once")).to_be_visible()
        address = page.get_by_role("textbox", name="Address").input_value()
        self.look(page)
        return address

    # --- the patient, on a phone

    def answer(self, address: str) -> None:
        page = self.browse(width=390, scripts=self.scripts)
        page.goto(address)
        self.look(page)
        follow(page.get_by_role("link", name="Begin"))
        for place in range(1, 9):
            self._choose(page, place, "More than half the days", of=10)
        self._choose(page, 9, "Several days", of=10, then=False)
        self._needs_help(page)
        self._choose(page, 10, "Somewhat difficult", of=10)
        page.get_by_text("You have answered everything.").wait_for()
        self.look(page)
        follow(page.get_by_role("button", name="Send to"))
        self._second_form(page)
        page.get_by_label("In your own words").fill("The phone call on Sunday.")
        follow(page.get_by_role("button", name="Save", exact=True))
        page.get_by_role("heading", name="Thank you").wait_for()
        self.look(page)

    def _choose(self, page, place: int, words: str, *, of: int, then: bool = True) -> None:
        page.get_by_role("heading", name=f"Question {place} of {of}").wait_for()
        if place in (1, 9):
            self.look(page)
        self._tap(page.locator(".answers .chip", has_text=words).first, then)

    def _tap(self, chip, then: bool = True) -> None:
        """A finger on an answer: with a script the next question comes by itself, without one by the button."""
        page = chip.page
        page.wait_for_load_state("load")  # the script that brings the next question is there
        if self.scripts and then:
            return follow(chip)
        chip.click()
        return None if self.scripts else follow(page.get_by_role("button", name="Next"))

    def _needs_help(self, page) -> None:
        """Help at once, before anything else: on the very question with a script, as the next page without one."""
        if self.scripts:
            page.get_by_role("alert").get_by_role("link", name="Call 988").wait_for()
            expect(page.locator("[data-answers-say]")).to_have_text("Saved")
            self.look(page)
            follow(page.get_by_role("button", name="Next"))
            return
        page.get_by_role("heading", name="You are not alone with this").wait_for()
        follow(page.get_by_role("link", name="Go on with the questions"))

    def _second_form(self, page) -> None:
        page.get_by_text("Part 2 of 2").first.wait_for()
        for place in range(1, 8):
            page.get_by_role("heading", name=f"Question {place} of").wait_for()
            self._tap(page.locator(".answers .chip", has_text="Several days").first)
        page.get_by_text("You have answered everything.").wait_for()
        follow(page.get_by_role("button", name="Send to"))

    # --- the therapist

    def answer_alert(self, page) -> None:
        page.get_by_role("heading", name=re.compile("1 alert")).wait_for()
        follow(page.get_by_role("link", name="All alerts"))
        self.look(page)
        follow(page.get_by_role("link", name=re.compile("Nell Hawthorn")).first)
        self.look(page)
        page.get_by_role("radio", name="Low").check(force=True)
        page.get_by_label("What was done?").fill("Spoke with her before the hour; no intent, sister informed.")
        follow(page.get_by_role("button", name="Answer the alert"))
        page.get_by_role("heading", name="What was done").wait_for()
        follow(page.get_by_role("link", name="Today", exact=True))
        page.get_by_role("heading", name="Visits").wait_for()
        expect(page.get_by_role("heading", name=re.compile("1 alert"))).to_have_count(0)

    def hold(self, page) -> None:
        follow(page.get_by_role("link", name="Nell Hawthorn").first)
        page.get_by_text("The phone call on Sunday.").wait_for()
        self.clock.to(HOUR)
        follow(page.get_by_role("button", name="Start the clock"))
        page.get_by_role("button", name="Stop").wait_for()
        page.get_by_placeholder("Add a point").fill("The phone call")
        follow(page.get_by_role("button", name="Add", exact=True))
        follow(page.get_by_role("button", name="Not done: The phone call"))
        page.get_by_role("button", name="Done: The phone call", exact=True).wait_for()
        self.write(page)
        self.look(page)
        self.clock.to(HOUR + timedelta(minutes=55))
        follow(page.get_by_role("button", name="Stop"))
        page.get_by_role("button", name="Stop").wait_for(state="detached")
        for title, words in NOTE.items():
            expect(page.get_by_role("textbox", name=title, exact=True)).to_have_value(words)

    def write(self, page) -> None:
        for title, words in NOTE.items():
            page.get_by_role("textbox", name=title, exact=True).fill(words)
        self.saved(page)

    def saved(self, page) -> None:
        if self.scripts:
            expect(page.locator("[data-autosave-status]").first).to_have_attribute("data-state", "saved")
        else:
            follow(page.get_by_role("button", name="Save", exact=True).last)

    def gaps(self, page) -> list[str]:
        """The sentences of what is missing."""
        return page.locator("#sign .findings li, .findings li").all_text_contents()

    def mend(self, page) -> None:
        """From each gap to where it is mended, and back."""
        room = page.url.partition("#")[0]
        expect(page.locator(".findings li", has_text=re.compile("consent", re.I)).first).to_be_visible()
        gaps = " ".join(self.gaps(page))
        for word in ("Consent", "diagnosis", "plan", "did in the session", "self-harm"):
            assert word in gaps, (word, gaps)
        self._consent(page)
        page.goto(room)
        self._diagnose(page)
        page.goto(room)
        self._plan(page)
        page.goto(room)
        self._chips(page)

    def _fix(self, page, word: str) -> None:
        follow(page.locator(".findings li", has_text=re.compile(word, re.I)).get_by_role("link"))

    def _consent(self, page) -> None:
        self._fix(page, "consent")
        page.get_by_label("What does this mean to you").fill("That it may get harder first, and that I can stop.")
        page.get_by_label("Name of whoever signs").fill("Nell Hawthorn")
        page.get_by_label("Day").fill("2026-03-02")
        page.get_by_role("radio", name="The patient", exact=True).check(force=True)
        page.get_by_role("radio", name="Here, in person").check(force=True)
        self.look(page)
        follow(page.get_by_role("button", name="Keep the consent"))
        page.get_by_text("The consent is kept, word for word.").wait_for()
        self.look(page)

    def _diagnose(self, page) -> None:
        self._fix(page, "diagnosis")
        page.get_by_label("Word or code").fill("F32.1")
        follow(page.get_by_role("button", name="Search"))
        page.get_by_role("radio", name=re.compile("F32.1")).first.check(force=True)
        page.get_by_label("Since").fill("2026-03-02")
        self.look(page)
        follow(page.get_by_role("button", name="Add", exact=True))
        page.locator("#standing", has_text="F32.1").wait_for()

    def _plan(self, page) -> None:
        self._fix(page, "plan")
        self.look(page)
        follow(page.get_by_role("link", name="Write the plan").first)
        follow(page.get_by_role("button", name="Feel better in mind overall"))
        page.get_by_label("A step that can be measured").first.fill("Plan one thing a day and do it")
        page.locator("[name=goals-0-objectives-0-measure]").select_option("phq-9")
        page.locator("[name=goals-0-objectives-0-target]").fill("8")
        page.get_by_role("checkbox", name="Behavioral activation").first.check(force=True)
        page.get_by_label("Approach").fill("Cognitive-behavioral")
        page.locator("[name=frequency][value=weekly]").check(force=True)
        page.get_by_label("How long a session is").fill("60 minutes")
        page.get_by_label("For how long").fill("20 sessions")
        page.get_by_label("Look at it again by").fill("2026-05-25")
        self.look(page)
        follow(page.get_by_role("button", name="Save, and agree to it"))
        page.get_by_label("Agreed on").fill("2026-03-02")
        page.get_by_label("How the patient took part").fill("Talked through and agreed in the session")
        self.look(page)
        follow(page.get_by_role("button", name="Put it in force"))
        page.get_by_role("heading", name="In force").wait_for()

    def _chips(self, page) -> None:
        page.get_by_role("checkbox", name="Plan one thing a day and do it").check(force=True)
        page.get_by_label("How Nell responded").first.fill("Willing, with a plan for tomorrow.")
        page.get_by_role("checkbox", name="Behavioral activation").first.check(force=True)
        page.get_by_label("Risk: what you asked, found and did").fill(
            RISK
        )  # and straight on to the signature: it is kept

    def sign(self, page) -> None:
        follow(page.get_by_role("button", name="Read and sign"))
        page.get_by_text("Nothing is missing.").wait_for()
        self.look(page)
        follow(page.get_by_role("button", name=re.compile("^Sign as Ben Brook")))
        page.get_by_text("Brook, PsyD").first.wait_for()
        self.look(page)

    def amend(self, page) -> None:
        follow(page.get_by_role("link", name="Add to it"))
        page.get_by_label("Why something is added").fill("A fact that came later")
        page.get_by_label("What is added").fill("She called: the appointment is made.")
        self.look(page)
        follow(page.get_by_role("button", name="Sign this addendum"))
        page.get_by_text("She called: the appointment is made.").wait_for()

    # --- money and trail

    def claim(self, page) -> str:
        """The text of the file."""
        row = page.get_by_role("row", name=re.compile("Nell Hawthorn"))
        expect(row).to_contain_text("90837")
        page.get_by_role("checkbox", name=re.compile("Claim P-")).first.check(force=True)
        follow(page.get_by_role("button", name="Write a batch"))
        page.get_by_role("heading", name="Batch 1").wait_for()
        self.look(page)
        with page.expect_download() as waiting:
            page.get_by_role("link", name="Download the file").click()
        return waiting.value.path().read_text()

    def verify(self, page) -> None:
        follow(page.get_by_role("navigation", name="Main").get_by_role("link", name="Trail"))
        self.look(page)
        follow(page.get_by_role("button", name="Verify the whole trail"))
        page.get_by_text("The trail holds").wait_for()
        self.look(page)

    def all_of_it(self) -> str:
        dee = self.sign_in("dee")
        self.register(dee)
        self.cover(dee)
        self.begin_treatment(dee)
        self.book(dee)
        self.clock.to(HOUR - timedelta(minutes=15))
        address = self.check_in(dee)
        self.answer(address)
        self.clock.to(HOUR - timedelta(minutes=4))
        ben = self.sign_in("ben")
        self.answer_alert(ben)
        self.hold(ben)
        self.mend(ben)
        self.clock.on(10)
        self.sign(ben)
        self.amend(ben)
        self.clock.on(60)
        text = self.claim(self.sign_in("eli"))
        self.verify(self.sign_in("olga"))
        return text


def looked_at(page) -> None:
    """axe at both widths in both lights; then as it was."""
    before = page.viewport_size
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": before["height"]})
        for light in ("dark", "light"):
            page.emulate_media(color_scheme=light)
            axe(page)
    page.set_viewport_size(before)


def accepted_by_pyx12(text: str) -> bool:
    import pyx12.params
    import pyx12.x12n_document

    return bool(pyx12.x12n_document.x12n_document(pyx12.params.ParamsBase(), io.StringIO(text), io.StringIO(), None))


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without any script"])
def test_from_the_first_call_to_the_accepted_claim(browse, clock, cast, scripts, monkeypatch):  # noqa: F811
    from openhour.records.models import Charge, Note

    ask_two_measures(monkeypatch)  # two forms are enough to see them through the whole story
    story = Story(browse, clock, cast, scripts=scripts, look=looked_at if scripts else lambda page: None)
    text = story.all_of_it()
    assert accepted_by_pyx12(text)
    assert "HAWTHORN" in text.upper()
    note = Note.objects.get(state="signed")
    assert {slug: one["text"] for slug, one in note.sections.items()} == {
        title.lower(): words for title, words in NOTE.items()
    }
    charge = Charge.objects.get()
    assert (charge.code, charge.minutes, charge.state, charge.amount_cents) == ("90837", 55, "claimed", 18000)
