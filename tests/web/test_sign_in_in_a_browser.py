"""Signing in, in a real Chromium under the strict policy: passkeys with a virtual key, an app by its picture, the pages
accessible at both widths and in both lights."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator

from tests.cast import PASSWORD
from tests.guard.test_second_factor import (
    _codes_do_not_run_out_between_two_lines,  # noqa: F401 - an autouse fixture
    code_for,
)
from tests.stories.browser import axe, browse, chromium, expect, follow, until  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
STATUSES = ["status of 404", "status of 422", "status of 429"]
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
)


@pytest.fixture
def browser(browse):  # noqa: F811
    """`browser(width, light)` opens a page at the sign-in. Passkeys belong to a name, which an address in numbers isn't."""
    browse.base = browse.base.replace("127.0.0.1", "localhost")
    browse.expected += STATUSES

    def open_at(width: int = 1280, light: str = "light", scripts: bool = True):
        page = browse(width=width, height=850, light=light, scripts=scripts)
        page.goto("/account/login/")
        return page

    return open_at


def sign_in(page, email: str = "olga@example.test") -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Sign in", exact=True))
    expect(page).not_to_have_url(re.compile("/account/login/"))


def confirm(page) -> None:
    """Shows once more who they are, where the page asks for it."""
    if "/account/reauthenticate/" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        follow(page.get_by_role("button", name="Confirm"))
        expect(page).not_to_have_url(re.compile("/reauthenticate/"))


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
    expect(page.get_by_text("My laptop").first).to_be_visible()
    expect(page.get_by_text("Opens without a password")).to_be_visible()
    follow(page.get_by_role("button", name="Sign out"))
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
    follow(page.get_by_role("button", name="Sign out"))
    page.goto("/account/login/")
    sign_in(page)
    expect(page).to_have_url(re.compile("/account/security/code/$"))
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
    until(page, lambda: picture.evaluate("image => image.complete && image.naturalWidth > 100"))
    page.get_by_text("I can’t scan it").click()
    expect(page.locator("code")).to_be_visible()
    secret = page.locator("code").inner_text()
    page.get_by_label("Code").fill(code_for(secret))
    page.get_by_role("button", name="Add the app").click()
    page.wait_for_url("**/account/security/recovery/")
    expect(page.locator("li code")).to_have_count(10)


def test_without_scripts_one_signs_in_and_changes_the_password(browser) -> None:
    page = browser(scripts=False)
    sign_in(page)
    page.goto("/account/password/change/")
    page.get_by_label("Password as it is now").fill(PASSWORD)
    for label in ("New password", "New password again"):
        page.get_by_label(label, exact=True).fill("a lamp a river a stair")
    follow(page.get_by_role("button", name="Change password"))
    expect(page.locator("#messages")).to_contain_text("Your password is changed.")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("light", ["light", "dark"])
def test_every_page_is_accessible(browser, width: int, light: str) -> None:
    page = browser(width, light)
    axe(page)
    page.get_by_label("E-mail address").fill("olga@example.test")
    page.get_by_label("Password").fill("wrong")
    follow(page.get_by_role("button", name="Sign in", exact=True))
    axe(page)
    page.goto("/account/password/reset/")
    axe(page)
    page.goto("/account/login/")
    sign_in(page)
    for path in PAGES:
        page.goto(path)
        axe(page)
        if path == "/account/security/app/add/":
            confirm(page)
            axe(page)
    page.goto("/practice/trail/")
    page.get_by_label("Patient number").fill("P-404")
    follow(page.get_by_role("button", name="Show"))
    axe(page)
    follow(page.get_by_role("button", name="Verify the whole trail"))
    axe(page)
    page.goto("/nowhere/")
    axe(page)
