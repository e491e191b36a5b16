"""Signing in, in a real Chromium under the strict policy: passkeys with a virtual key, an app by its picture, the pages
accessible at both widths and in both lights."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator

from tests.cast import PASSWORD
from tests.guard.test_second_factor import (
    _codes_do_not_run_out_between_two_lines,  # noqa: F401 - an autouse fixture
    code_for,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = (
    "/account/security/",
    "/account/sign-ins/",
    "/account/password/change/",
    "/account/reauthenticate/",
    "/account/security/app/add/",
    "/account/security/keys/",
    "/account/security/keys/add/",
    "/account/logout/",
    "/practice/",
    "/practice/trail/",
    "/practice/trail/?since=x",
)


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
def browser(chromium, live_server, cast):
    """`browser(width, light)` opens a page at the sign-in; what the policy refuses fails the test."""
    opened, refused = [], []

    def open_at(width: int = 1280, light: str = "light", scripts: bool = True):
        context = chromium.new_context(
            viewport={"width": width, "height": 850}, color_scheme=light, java_script_enabled=scripts,
            base_url=live_server.url.replace("127.0.0.1", "localhost"),
        )  # fmt: skip
        page = context.new_page()
        page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
        page.on("pageerror", lambda error: refused.append(str(error)))
        page.on(
            "request",
            lambda request: (
                refused.append(request.url)
                if "localhost" not in request.url and not request.url.startswith("data:")
                else None
            ),
        )
        opened.append(context)
        page.goto("/account/login/")
        return page

    yield open_at
    for context in opened:
        context.close()
    assert not refused


def sign_in(page, email: str = "olga@example.test") -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/account/login/" not in url)


def confirm(page) -> None:
    """Shows once more who they are, where the page asks for it."""
    if "/account/reauthenticate/" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
        page.wait_for_url(lambda url: "/reauthenticate/" not in url)


def virtual_key(page) -> None:
    """A passkey in the machine that always says yes."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_added_and_then_opens_the_practice_alone(browser) -> None:
    page = browser()
    virtual_key(page)
    sign_in(page)
    page.goto("/account/security/keys/add/")
    confirm(page)
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Add the key").click()
    page.wait_for_url("**/account/security/recovery/")
    page.goto("/account/security/keys/")
    assert page.get_by_text("My laptop").first.is_visible()
    assert page.get_by_text("Opens without a password").is_visible()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/practice/")
    assert Authenticator.objects.get(type="webauthn").data["name"] == "My laptop"


def test_a_key_is_asked_for_after_the_password(browser) -> None:
    page = browser()
    virtual_key(page)
    sign_in(page)
    page.goto("/account/security/keys/add/")
    confirm(page)
    page.get_by_label("Let me sign in with it alone").uncheck()
    page.get_by_role("button", name="Add the key").click()
    page.wait_for_url("**/account/security/recovery/")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/account/login/")
    sign_in(page)
    assert page.url.endswith("/account/security/code/")
    page.get_by_role("button", name="Use a passkey or security key").click()
    page.wait_for_url("**/practice/")


def test_a_passkey_that_is_not_there_is_said_in_words(browser) -> None:
    page = browser()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": False,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("That didn’t work: the passkey").wait_for()


def test_an_app_is_added_by_its_picture_and_its_code_opens(browser) -> None:
    page = browser()
    sign_in(page)
    page.goto("/account/security/app/add/")
    confirm(page)
    picture = page.get_by_role("img", name="Picture of the key below")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
    page.get_by_text("I can’t scan it").click()
    secret = page.locator("code").inner_text()
    page.get_by_label("Code").fill(code_for(secret))
    page.get_by_role("button", name="Add the app").click()
    page.wait_for_url("**/account/security/recovery/")
    assert page.locator("li code").count() == 10


def test_without_scripts_one_signs_in_and_changes_the_password(browser) -> None:
    page = browser(scripts=False)
    sign_in(page)
    page.goto("/account/password/change/")
    page.get_by_label("Password as it is now").fill(PASSWORD)
    for label in ("New password", "New password again"):
        page.get_by_label(label, exact=True).fill("a lamp a river a stair")
    page.get_by_role("button", name="Change password").click()
    assert "/account/login/" not in page.url


def rules_of_accessibility(page) -> list[str]:
    package = pytest.importorskip("axe_playwright_python", reason="axe is not installed")
    page.evaluate((Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [f"{page.url}: {one['id']} {[node['html'][:120] for node in one['nodes']]}" for one in found["violations"]]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("light", ["light", "dark"])
def test_every_page_is_accessible(browser, width: int, light: str) -> None:
    page = browser(width, light)
    found = rules_of_accessibility(page)
    page.get_by_label("E-mail address").fill("olga@example.test")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    found += rules_of_accessibility(page)
    page.goto("/account/password/reset/")
    found += rules_of_accessibility(page)
    page.goto("/account/login/")
    sign_in(page)
    for path in PAGES:
        page.goto(path)
        found += rules_of_accessibility(page)
        if path in ("/account/security/app/add/",):
            confirm(page)
            found += rules_of_accessibility(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            f"{path} scrolls sideways at {width}"
        )
    page.goto("/practice/trail/")
    page.get_by_role("button", name="Verify the whole trail").click()
    found += rules_of_accessibility(page)
    page.goto("/nowhere/")
    found += rules_of_accessibility(page)
    assert found == []
