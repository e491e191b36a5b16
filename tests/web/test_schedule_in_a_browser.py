"""The schedule in a real Chromium: accessible at both widths and in both lights, found while typing, booked by keyboard."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from openhour.records.models import Visit
from tests.cast import NOW
from tests.web.schedule_desk import stop_clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = [1280, 390]


@pytest.fixture(scope="module")
def chromium():
    """A browser; skips, saying why, where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = os.environ.get("OPENHOUR_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.skip("there is no Chromium on this machine")
    # The driver keeps a loop running, which Django takes for asynchronous code that must not touch the database.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, chromium_sandbox=False, args=["--no-sandbox"])
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def desk(chromium, live_server, sign_in, cast, monkeypatch):
    """`desk(width)` opens the front desk's browser; a page's complaints fail the test."""
    stop_clock(monkeypatch)
    cookie = sign_in("dee").cookies["openhour"].value
    opened, complaints = [], []

    def open_at(width: int = 1280, light: str = "light", scripts: bool = True):
        context = chromium.new_context(
            viewport={"width": width, "height": 850}, color_scheme=light, java_script_enabled=scripts,
            base_url=live_server.url,
        )  # fmt: skip
        context.add_cookies([{"name": "openhour", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        opened.append(context)
        return page

    yield open_at
    for context in opened:
        context.close()
    assert not complaints


def addresses(cast) -> list[str]:
    visit = f"/visits/{cast.ana_visit.pk}/"
    return [
        "/schedule/", "/schedule/?by=room", "/schedule/week/", f"/schedule/week/?who={cast.ben.pk}", "/visits/book/",
        f"/visits/book/?episode={cast.ana_episode.pk}", visit, f"{visit}move/", f"{visit}cancel/",
    ]  # fmt: skip


def axe_source() -> str:
    package = pytest.importorskip("axe_playwright_python", reason="axe is not installed")
    return (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize(("width", "light"), [(1280, "light"), (390, "light"), (1280, "dark")])
def test_axe_finds_nothing_and_no_page_is_wider_than_its_screen(desk, cast, width, light):
    for state, visit in (("arrived", cast.cleo_visit), ("cancelled", cast.ana_visit)):
        Visit.objects.filter(pk=visit.pk).update(state=state)
    page = desk(width, light)
    for address in addresses(cast):
        page.goto(address)
        page.evaluate(axe_source())
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
        told = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]
        assert not told, f"{address} at {width}, {light}: {told}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_patients_are_found_while_the_name_is_typed(desk, cast):
    page = desk()
    page.goto("/visits/book/")
    page.keyboard.type("quin")
    page.get_by_text("Ana Almond").wait_for(state="detached")
    assert page.inner_text("#found a") == "Cleo Quince"
    assert page.url.endswith("/visits/book/"), "no name in the address"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_free_hour_is_booked_from_the_day(desk, cast, scripts):
    page = desk(scripts=scripts)
    page.goto("/schedule/")
    page.get_by_role("link", name="Book 2:00 pm, Ben Brook").click()
    page.get_by_role("link", name="Ana Almond").click()
    page.get_by_label("Room").select_option("Blue room")
    page.get_by_role("button", name="Book").click()
    page.wait_for_url("**/visits/*-*/")
    assert "The visit is booked." in page.inner_text("#messages")
    assert Visit.objects.filter(starts_at__hour=20, starts_at__date=NOW.date(), room=cast.room).exists()


def test_a_patient_is_checked_in_with_the_keyboard_alone(desk, cast):
    page = desk()
    page.goto("/schedule/")
    button = page.get_by_role("button", name="Check in Ana Almond")
    for _ in range(60):
        page.keyboard.press("Tab")
        if button.evaluate("node => node === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.wait_for_selector(".visit.is-arrived")
    assert page.url.split("/schedule/")[1].startswith("?day=2026-03-02&by=therapist")
    assert Visit.objects.get(pk=cast.ana_visit.pk).state == "arrived"


def test_on_paper_stand_names_times_and_rooms_and_nothing_to_press(desk, cast):
    page = desk()
    page.goto("/schedule/")
    page.emulate_media(media="print")
    words = page.inner_text("main")
    for fact in ("Ben Brook", "10:00 am – 11:00 am", "Ana Almond", "Blue room"):
        assert fact in words
    assert not page.locator("main .btn:visible, main .free:visible, main input:visible").count()


def test_a_block_of_an_hour_is_as_tall_as_an_hour_and_stands_at_its_time(desk, cast):
    page = desk()
    page.goto("/schedule/")
    box = page.locator(f"li.visit:has(a[href='/visits/{cast.ana_visit.pk}/'])").bounding_box()
    column = page.locator(".cal-slots").first.bounding_box()
    hour = column["height"] / 12  # open from eight to eight
    assert box["height"] == pytest.approx(hour, abs=1)
    assert box["y"] - column["y"] == pytest.approx(2 * hour, abs=1)
