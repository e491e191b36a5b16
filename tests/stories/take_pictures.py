"""Take the pictures of the README from a demo that runs: `python -m tests.stories.take_pictures http://127.0.0.1:8000`.

Run by hand when pages have changed, then look at each picture. Staff at 1280 px, the patient at 390 px.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from tests.stories.browser import chromium_path

PASSWORD = "linden-street-demo"  # as the demo prints it
FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
LARGEST = 200 * 1024


def main(base: str) -> None:
    """All five."""
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=chromium_path(), chromium_sandbox=False, args=["--no-sandbox"]
        )
        ben = signed_in(browser, base, "ben")
        keep(ben, "today")
        waiting = ben.locator("ol.day li", has_text="Here").first
        visit = waiting.get_by_role("link").first.get_attribute("href").removesuffix("session/")
        ben.goto(f"{base}{visit}session/")
        keep(ben, "session-room")
        keep(signed_in(browser, base, "eli"), "claims")
        dee = signed_in(browser, base, "dee")
        phone(browser, base, dee)
        dee.goto(f"{base}/schedule/week/")
        keep(dee, "week")
        browser.close()


def signed_in(browser: Any, base: str, who: str) -> Any:
    """A page at 1280 px on which somebody's day begins."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce").new_page()
    page.goto(base)
    page.get_by_label("E-mail address").fill(f"{who}@example.test")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Sign out").first.wait_for()
    return page


def phone(browser: Any, base: str, dee: Any) -> None:
    """A patient of today's at the second question; the one who is booked and has answered nothing yet."""
    dee.get_by_role("link", name=re.compile("Otis Fennel")).first.click()
    dee.get_by_role("link", name="Check-in link for the phone").click()
    dee.get_by_role("button", name="Issue a link").click()
    address = dee.get_by_role("textbox", name="Address").input_value()
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=2, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(address)
    page.get_by_role("link", name=re.compile("Begin|Go on")).click()
    page.locator(".answers .chip").first.wait_for()
    keep(page, "check-in")


def keep(page: Any, name: str) -> None:
    """The first screen, as a small PNG. Fails where it is larger than a README should carry."""
    page.wait_for_load_state("networkidle")
    file = FOLDER / f"{name}.png"
    page.screenshot(path=str(file))
    if file.stat().st_size > LARGEST:
        raise SystemExit(f"{file.name} is {file.stat().st_size // 1024} KB; {LARGEST // 1024} KB are allowed")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
