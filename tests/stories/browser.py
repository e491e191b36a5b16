"""A real Chromium for every test that needs one: kept on this machine, and every complaint of a page fails the test.

A test module brings the fixtures in by name:

    from tests.stories.browser import axe, browse, chromium, follow  # noqa: F401

`browse(width=390, light="dark", scripts=False, who="ben")` opens a page at the test's own server. Requests to any other
host are refused and recorded; whatever breaks the Content-Security-Policy or stands on the console as an error fails the
test when it ends, unless `browse.expected` names it. OPENHOUR_CHROMIUM says where the browser is; with
OPENHOUR_NO_SKIP=1 a browser that isn't there is a failure instead of a skip.

No test may fail because a machine is slow. What leads to another page is pressed with `follow`, which waits for that
page; what changes on a page is looked at with `expect`, which waits; what the server keeps is waited for with `until`.
Nothing is read straight after a press. OPENHOUR_SLOW_BROWSER=1 proves it: every page computes six times slower, and
every request waits a fifth of a second.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

try:
    from playwright.sync_api import expect
except ImportError:  # the fixture `chromium` says so before anything is expected
    expect = None

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PLACES = (
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
PATIENCE = 60.0  # seconds; a test that passes never waits that long
SLOW = os.environ.get("OPENHOUR_SLOW_BROWSER", "0") not in ("", "0")
SLOWER, DELAY = 6, 0.2  # times, seconds


def missing(reason: str) -> None:
    """Skip, saying why; fail where nothing may be skipped."""
    if os.environ.get("OPENHOUR_NO_SKIP") == "1":
        pytest.fail(f"nothing may be skipped here, but {reason}")
    pytest.skip(reason)


def chromium_path() -> str:
    """Where the browser is; empty where there is none."""
    named = os.environ.get("OPENHOUR_CHROMIUM", "")
    found = [named, shutil.which("chromium") or "", shutil.which("google-chrome") or "", *PLACES]
    return next((path for path in found if path and Path(path).exists()), "")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One browser for the tests of a module."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed")
    path = chromium_path()
    if not path:
        missing("there is no Chromium on this machine; OPENHOUR_CHROMIUM may say where it is")
    expect.set_options(timeout=PATIENCE * 1000)
    # The driver keeps a loop running, which Django takes for asynchronous code that must not touch the database.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=path, chromium_sandbox=False, args=["--no-sandbox"], timeout=PATIENCE * 1000
        )
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Browse:
    """Opens pages, and remembers what they complained of. complaints: console errors, broken policies, scripts that
    failed; elsewhere: addresses at other hosts that a page asked for; expected: words of complaints that are meant."""

    def __init__(self, browser: Any, base: str, sign_in: Callable[[str], Any] | None = None) -> None:
        self.browser, self.base, self.sign_in = browser, base, sign_in
        self.contexts: list[Any] = []
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        self.expected: list[str] = []

    def __call__(
        self,
        *,
        width: int = 390,
        height: int = 844,
        light: str = "light",
        scripts: bool = True,
        who: str = "",
        still: bool = True,
    ) -> Any:
        """A page in a browser of its own. who: a name of the cast who is signed in, or nobody; still: nothing moves."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=light,
            java_script_enabled=scripts,
            base_url=self.base,
            has_touch=width < 600,
            reduced_motion="reduce" if still else "no-preference",
        )
        self.contexts.append(context)
        context.set_default_timeout(PATIENCE * 1000)
        context.route("**/*", self._stay_here)
        if who and self.sign_in:
            cookie = self.sign_in(who).cookies["openhour"].value
            context.add_cookies([{"name": "openhour", "value": cookie, "url": self.base}])
        return self.tab(context)

    def tab(self, context: Any) -> Any:
        """One more page in a browser that is open."""
        page = context.new_page()
        page.on("console", lambda said: self._complain(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self._complain(str(error)))
        if SLOW:
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        return page

    def _stay_here(self, route: Any) -> None:
        asked = urlsplit(route.request.url)
        if asked.scheme in ("data", "about", "blob") or asked.netloc == urlsplit(self.base).netloc:
            if SLOW:
                time.sleep(DELAY)
            route.continue_()
        else:
            self.elsewhere.append(route.request.url)
            route.abort()

    def _complain(self, words: str) -> None:
        self.complaints.append(words)

    def close(self) -> None:
        """End every browser that was opened, then say what nobody expected."""
        for context in self.contexts:
            context.unroute_all(behavior="ignoreErrors")  # a picture may still be on its way
            context.close()
        assert self.unexpected == []
        assert self.elsewhere == []

    @property
    def unexpected(self) -> list[str]:
        """Complaints that nobody meant."""
        return [words for words in self.complaints if not any(meant in words for meant in self.expected)]


@pytest.fixture
def browse(chromium: Any, live_server: Any, sign_in: Callable[[str], Any]) -> Iterator[Browse]:
    """`browse(width=390)` opens a page; complaints and requests to other hosts fail the test."""
    opened = Browse(chromium, live_server.url, sign_in)
    yield opened
    opened.close()


def follow(thing: Any, key: str = "") -> None:
    """Press what leads to another page, or to this one anew, and wait until that page and its scripts have been read.

    thing: a locator, clicked, or with `key` pressed with it; or a page, where `key` goes to whatever has the focus."""
    page = thing if hasattr(thing, "keyboard") else thing.page
    with page.expect_navigation(wait_until="load"):
        if not key:
            thing.click()
        elif thing is page:
            page.keyboard.press(key)
        else:
            thing.press(key)


def until(page: Any, holds: Callable[[], Any], words: str = "") -> None:
    """Wait until it holds, of what the server keeps, while the page goes on. Fails after a minute."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"{words or 'what was waited for'} did not come about"
        page.wait_for_timeout(50)


def axe(page: Any) -> None:
    """Fails where axe finds anything against WCAG 2.2 AA, or where the page is wider than its screen.

    For a page that is there: opened with goto or `follow`, or looked at with expect."""
    try:
        import axe_playwright_python
    except ImportError:
        missing("axe is not installed")
    source = Path(axe_playwright_python.__path__[0]) / "axe.min.js"
    page.wait_for_load_state("load")
    page.locator("h1").first.wait_for(state="attached")
    page.evaluate(source.read_text(encoding="utf-8"))
    result = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    told = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in result["violations"]]
    assert told == [], f"{page.url}: {told}"
    assert len(result["passes"]) > 5, f"{page.url}: axe had nothing to look at"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} is wider than its screen"
