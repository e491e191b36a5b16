"""The schedule in a real Chromium: accessible at both widths and in both lights, found while typing, booked by keyboard."""

from __future__ import annotations

import re

import pytest

from openhour.records.models import Visit
from tests.cast import NOW
from tests.stories.browser import axe, browse, chromium, expect, follow  # noqa: F401
from tests.web.schedule_desk import stop_clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(browse, cast, monkeypatch):  # noqa: F811
    """`desk(width)` opens the front desk's browser."""
    stop_clock(monkeypatch)

    def open_at(width: int = 1280, light: str = "light", scripts: bool = True):
        return browse(width=width, height=850, light=light, scripts=scripts, who="dee")

    return open_at


def addresses(cast) -> list[str]:
    visit = f"/visits/{cast.ana_visit.pk}/"
    return [
        "/schedule/", "/schedule/?by=room", "/schedule/week/", f"/schedule/week/?who={cast.ben.pk}", "/visits/book/",
        f"/visits/book/?episode={cast.ana_episode.pk}", visit, f"{visit}move/", f"{visit}cancel/",
    ]  # fmt: skip


@pytest.mark.parametrize(("width", "light"), [(1280, "light"), (390, "light"), (1280, "dark")])
def test_axe_finds_nothing_and_no_page_is_wider_than_its_screen(desk, cast, width, light):
    for state, visit in (("arrived", cast.cleo_visit), ("cancelled", cast.ana_visit)):
        Visit.objects.filter(pk=visit.pk).update(state=state)
    page = desk(width, light)
    for address in addresses(cast):
        page.goto(address)
        axe(page)


def test_patients_are_found_while_the_name_is_typed(desk, cast):
    page = desk()
    page.goto("/visits/book/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("quin")
    expect(page.get_by_text("Ana Almond")).to_have_count(0)
    expect(page.locator("#found a")).to_have_text("Cleo Quince")
    expect(page).to_have_url(re.compile("/visits/book/$"))  # no name in the address


@pytest.mark.parametrize("scripts", [True, False])
def test_a_free_hour_is_booked_from_the_day(desk, cast, scripts):
    page = desk(scripts=scripts)
    page.goto("/schedule/")
    follow(page.get_by_role("link", name="Book 2:00 pm, Ben Brook"))
    follow(page.get_by_role("link", name="Ana Almond"))
    page.get_by_label("Room").select_option("Blue room")
    follow(page.get_by_role("button", name="Book"))
    expect(page).to_have_url(re.compile("/visits/[0-9a-f]+-[0-9a-f-]+/$"))
    expect(page.locator("#messages")).to_contain_text("The visit is booked.")
    assert Visit.objects.filter(starts_at__hour=20, starts_at__date=NOW.date(), room=cast.room).exists()


def test_a_patient_is_checked_in_with_the_keyboard_alone(desk, cast):
    page = desk()
    page.goto("/schedule/")
    button = page.get_by_role("button", name="Check in Ana Almond")
    for _ in range(60):
        page.keyboard.press("Tab")
        if button.evaluate("node => node === document.activeElement"):
            break
    follow(page, "Enter")
    expect(page.locator(".visit.is-arrived")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/schedule/\?day=2026-03-02&by=therapist"))
    assert Visit.objects.get(pk=cast.ana_visit.pk).state == "arrived"


def test_on_paper_stand_names_times_and_rooms_and_nothing_to_press(desk, cast):
    page = desk()
    page.goto("/schedule/")
    page.emulate_media(media="print")
    for fact in ("Ben Brook", "10:00 am – 11:00 am", "Ana Almond", "Blue room"):
        expect(page.locator("main")).to_contain_text(fact, use_inner_text=True)
    expect(page.locator("main .btn:visible, main .free:visible, main input:visible")).to_have_count(0)


def test_a_block_of_an_hour_is_as_tall_as_an_hour_and_stands_at_its_time(desk, cast):
    page = desk()
    page.goto("/schedule/")
    box = page.locator(f"li.visit:has(a[href='/visits/{cast.ana_visit.pk}/'])").bounding_box()
    column = page.locator(".cal-slots").first.bounding_box()
    hour = column["height"] / 12  # open from eight to eight
    assert box["height"] == pytest.approx(hour, abs=1)
    assert box["y"] - column["y"] == pytest.approx(2 * hour, abs=1)
