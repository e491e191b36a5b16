"""A real Chromium for the stories: told where it is, kept on this machine, and every complaint of a page fails the test.

A test module brings the fixtures in by name:

    from tests.stories.browser import axe, browse, chromium  # noqa: F401

`browse(width=390, light="dark", scripts=False, who="ben")` opens a page at the test's own server. Requests to any other
host are refused and recorded; whatever breaks the Content-Security-Policy or stands on the console as an error fails the
test when it ends, unless `browse.expected` names it. OPENHOUR_CHROMIUM says where the browser is; with
OPENHOUR_NO_SKIP=1 a browser that isn't there is a failure instead of a skip.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PLACES = (
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


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
    # The driver keeps a loop running, which Django takes for asynchronous code that must not touch the database.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, chromium_sandbox=False, args=["--no-sandbox"])
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Browse:
    """Opens pages, and remembers what they complained of. complaints: console errors, broken policies, scripts that
    failed; elsewhere: addresses at other hosts that a page asked for; expected: words of complaints that are meant."""

    def __init__(self, browser: Any, base: str, sign_in: Callable[[str], Any]) -> None:
        self.browser, self.base, self.sign_in = browser, base, sign_in
        self.contexts: list[Any] = []
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        self.expected: list[str] = []

    def __call__(
        self, *, width: int = 390, height: int = 844, light: str = "light", scripts: bool = True, who: str = ""
    ) -> Any:
        """A page in a browser of its own. who: a name of the cast who is signed in, or nobody."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=light,
            java_script_enabled=scripts,
            base_url=self.base,
            has_touch=width < 600,
            reduced_motion="reduce",
        )
        self.contexts.append(context)
        context.route("**/*", self._stay_here)
        if who:
            cookie = self.sign_in(who).cookies["openhour"].value
            context.add_cookies([{"name": "openhour", "value": cookie, "url": self.base}])
        page = context.new_page()
        page.on("console", lambda said: self._complain(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self._complain(str(error)))
        return page

    def _stay_here(self, route: Any) -> None:
        asked = urlsplit(route.request.url)
        if asked.scheme in ("data", "about", "blob") or asked.netloc == urlsplit(self.base).netloc:
            route.continue_()
        else:
            self.elsewhere.append(route.request.url)
            route.abort()

    def _complain(self, words: str) -> None:
        self.complaints.append(words)

    def close(self) -> None:
        """End every browser that was opened."""
        for context in self.contexts:
            context.close()

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
    assert opened.unexpected == []
    assert opened.elsewhere == []


def axe(page: Any) -> None:
    """Fails where axe finds anything against WCAG 2.2 AA, or where the page is wider than its screen."""
    try:
        import axe_playwright_python
    except ImportError:
        missing("axe is not installed")
    source = Path(axe_playwright_python.__path__[0]) / "axe.min.js"
    page.wait_for_load_state("load")  # an address changes before its page has been read
    page.evaluate(source.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
    told = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]
    assert told == [], f"{page.url}: {told}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} is wider than its screen"
