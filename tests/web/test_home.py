"""Home sends everyone to where their day begins, and the bar shows only what their role opens."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from openhour.guard.actor import Actor
from openhour.guard.models import User
from openhour.guard.roles import Role
from openhour.web import chrome
from tests.cast import Cast
from tests.guard.access import FormFinder

pytestmark = pytest.mark.django_db
STARTS = {"ben": "today", "dee": "schedule-day", "eli": "claims", "sam": "alerts", "olga": "practice"}


def exists(name: str) -> bool:
    try:
        return bool(reverse(name))
    except NoReverseMatch:
        return False


def actor(*roles: Role) -> Actor:
    return Actor(1, "Somebody", frozenset(roles), "user:1")


@pytest.mark.parametrize(("who", "page"), STARTS.items())
def test_each_role_lands_where_their_day_begins(cast: Cast, sign_in, who: str, page: str) -> None:
    assert exists(page)
    answer = sign_in(who).get("/")
    assert (answer.status_code, answer["Location"]) == (302, reverse(page))


def test_who_holds_several_roles_lands_with_patients_first() -> None:
    assert chrome.home_of(actor(Role.OWNER, Role.THERAPIST)) == chrome.home_of(actor(Role.THERAPIST))
    assert chrome.home_of(actor(Role.OWNER)) == reverse("practice")
    assert chrome.home_of(actor()) == ""


def test_somebody_without_a_role_is_told_whom_to_ask(cast: Cast) -> None:
    nia = User.objects.create_user("nia@example.test", name="Nia")
    client = Client()
    client.force_login(nia, "allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get("/")
    assert answer.status_code == 200
    assert b"The owner of the practice gives roles" in answer.content


def test_who_is_not_signed_in_is_asked_to(db: None) -> None:
    assert Client().get("/")["Location"] == "/account/login/?next=/"


@pytest.mark.parametrize("who", STARTS)
def test_every_entry_of_the_bar_leads_somewhere_for_who_sees_it(cast: Cast, sign_in, who: str) -> None:
    client = sign_in(who)
    entries = chrome.nav_of(cast.actor(who), "/")
    assert entries
    for entry in entries:
        assert client.get(entry.href).status_code == 200, entry


@pytest.mark.parametrize("who", STARTS)
def test_one_entry_at_most_is_the_current_one(cast: Cast, who: str) -> None:
    for entry in chrome.nav_of(cast.actor(who), "/"):
        current = [one.label for one in chrome.nav_of(cast.actor(who), entry.href) if one.current]
        assert current == [entry.label]


def test_the_longest_address_is_the_current_one() -> None:
    marked = {entry.label: entry.current for entry in chrome.nav_of(actor(Role.OWNER), "/practice/trail/")}
    assert marked == {"Reports": False, "Practice": False, "Trail": True}


def test_the_bar_asks_the_database_nothing(cast: Cast, django_assert_num_queries) -> None:
    who = cast.actor("ben")
    with django_assert_num_queries(0):
        chrome.nav_of(who, "/")
        chrome.home_of(who)


def test_a_page_that_does_not_exist_is_left_out(monkeypatch) -> None:
    entry = chrome.Entry("Later", ("no-such-page",), frozenset({Role.OWNER}))
    monkeypatch.setattr(chrome, "ENTRIES", (entry, *chrome.ENTRIES))
    assert "Later" not in [one.label for one in chrome.nav_of(actor(Role.OWNER), "/")]


def test_signing_out_is_a_form_and_the_name_leads_to_ones_sign_in(cast: Cast, sign_in) -> None:
    page = FormFinder()
    page.feed(sign_in("olga").get("/practice/").content.decode())
    assert ("post", "/account/logout/") in [(method, action) for method, action, _ in page.forms]
    assert "/account/security/" in page.links


@pytest.mark.parametrize(("cookie", "expected"), [("dark", 'data-theme="dark"'), ("<script>", "")])
def test_the_colours_chosen_are_those_of_the_first_paint(cast: Cast, sign_in, cookie: str, expected: str) -> None:
    client = sign_in("olga")
    client.cookies["openhour_theme"] = cookie
    body = client.get("/practice/").content.decode()
    assert expected in body
    assert "<script>" not in body.split("</head>")[0].replace("<script ", "")
