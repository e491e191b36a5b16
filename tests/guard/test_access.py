"""Every route × everyone × their own, foreign and missing records: the URL map is walked, the expectations are data.

A body is searched for the names of patients who aren't the reader's, not only its status looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import Resolver404, get_resolver, resolve, reverse

from openhour.guard.door import staff
from openhour.guard.roles import Role
from tests.cast import Cast
from tests.guard import access_records
from tests.guard.access import (
    KEYS,
    OPEN,
    PEOPLE,
    RELATIONS,
    ROLES,
    TABLE,
    FormFinder,
    Row,
    address,
    arguments,
    client_of,
    hidden_names,
    routes,
    rows,
    shows,
    text_of,
)
from tests.shared_data import shared

pytestmark = pytest.mark.django_db
ROWS = rows()
BY_ROLE = [row for row in ROWS.values() if not row.open]
WITH_RECORD = [row for row in BY_ROLE if row.record]
named = pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
by_role = pytest.mark.parametrize("row", BY_ROLE, ids=[row.name for row in BY_ROLE])
with_record = pytest.mark.parametrize("row", WITH_RECORD, ids=[row.name for row in WITH_RECORD])


@contextmanager
def undone() -> Iterator[None]:
    """Whatever the request writes is taken back, so that every request meets the same practice."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(cast: Cast, who: str, row: Row, method: str, whose: str, data: dict | None = None) -> HttpResponse:
    with undone():
        path = address(row, cast, whose)
        client = client_of(cast, who)
        return getattr(client, method.lower())(path, data or {})


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    there = [name for name, _ in routes()]
    assert sorted(set(there) - set(ROWS)) == [], "routes without a row in access_table.toml"
    assert sorted(set(ROWS) - set(there)) == [], "rows whose route is gone"
    assert len(there) == len(set(there)), "two routes share a name"


def test_the_table_says_only_what_the_tests_read() -> None:
    import tomllib

    for name, row in tomllib.loads(TABLE.read_text()).items():
        assert set(row) <= KEYS, f"{name}: {set(row) - KEYS}"
        assert set(row["methods"]) <= {"GET", "POST"}, name
        assert row.get("open", "") in OPEN, name
        assert bool(row.get("open")) != bool(row.get("allow")), f"{name}: either open or allow"
        for table in (row.get("allow", {}), row.get("allow_post", {})):
            assert set(table) <= ROLES, name
            assert set(table.values()) <= RELATIONS, name
        assert {row.get("record", ""), *row.get("also", {}).values()} <= {"", *access_records.MAKERS}, name


def test_every_page_of_staff_stands_behind_the_door() -> None:
    """The roles on the door are the roles of the table: a page that forgot its door can't hide behind its queries."""
    patterns = dict(routes())
    for row in BY_ROLE:
        roles = getattr(patterns[row.name].callback, "roles", None)
        assert roles is not None, f"{row.name} has no @staff"
        assert {role.value for role in roles} == set(row.allow) | set(row.allow_post), row.name


def test_the_door_leaves_everybody_out_who_is_not_named(cast: Cast, rf) -> None:
    from django.http import Http404

    request = rf.get("/x/")
    request.user, request.actor = cast.dee_user, cast.actor("dee")
    with pytest.raises(Http404):
        staff(Role.OWNER)(lambda request: HttpResponse("in"))(request)
    assert staff(Role.OWNER, Role.FRONT_DESK)(lambda request: HttpResponse("in"))(request).content == b"in"


@named
@pytest.mark.parametrize("who", ["", "off"])
def test_whoever_is_not_signed_in_is_sent_to_the_sign_in_page(cast: Cast, row: Row, who: str) -> None:
    for method in row.methods:
        for whose in ("ana", "missing") if row.record else ("ana",):
            answer = ask(cast, who, row, method, whose)
            assert answer.status_code < 500
            assert not any(shows(text_of(answer), name) for name in hidden_names(cast, who, row))
            if row.open == "nobody":
                assert answer.status_code == 404
            elif row.open != "anyone":
                assert answer.status_code == 302, method
                assert urlsplit(answer["Location"]).path == "/account/login/"


@by_role
@pytest.mark.parametrize("who", PEOPLE)
def test_each_role_reaches_what_is_theirs_and_nothing_else(cast: Cast, row: Row, who: str) -> None:
    for method in row.methods:
        for whose in ("ana", "cleo") if row.record else ("ana",):
            answer = ask(cast, who, row, method, whose)
            body = text_of(answer)
            if not row.opens(who, whose, method):
                assert answer.status_code == 404, (method, whose)
            elif method == "GET":
                assert answer.status_code in {200, 302, 303}, (method, whose)
            else:
                assert answer.status_code in {200, 204, 302, 303, 400, 409, 422}, (method, whose)
            for name in hidden_names(cast, who, row):
                assert not shows(body, name), (method, whose, name)


@with_record
@pytest.mark.parametrize("who", PEOPLE)
def test_a_foreign_record_looks_like_a_missing_one(cast: Cast, row: Row, who: str) -> None:
    for method in row.methods:
        for whose in ("ana", "cleo"):
            if row.opens(who, whose, method):
                continue
            foreign, none = (ask(cast, who, row, method, one) for one in (whose, "missing"))
            assert foreign.status_code == none.status_code == 404
            assert without_token(foreign) == without_token(none)
            assert headers(foreign) == headers(none)
        missing = ask(cast, who, row, method, "missing")
        assert missing.status_code == 404


@pytest.mark.parametrize("row", [row for row in WITH_RECORD if row.also], ids=lambda row: row.name)
def test_ones_own_record_opens_no_foreign_one_beside_it(cast: Cast, row: Row) -> None:
    """Two ids in one address: both are checked, and that they belong together."""
    for method in row.methods:
        with undone():
            foreign = {arg: access_records.make(kind, cast, "cleo") for arg, kind in row.also.items()}
            path = reverse(row.name, kwargs={**arguments(row, cast, "ana"), **foreign})
            answer = getattr(client_of(cast, "ben"), method.lower())(path)
            assert answer.status_code == 404


def without_token(answer: HttpResponse) -> bytes:
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", answer.content)


def headers(answer: HttpResponse) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "Set-Cookie"}


@named
def test_other_methods_are_refused(cast: Cast, row: Row) -> None:
    who = next((one for one in PEOPLE if row.opens(one, "ana") or row.opens(one, "ana", "POST")), "ben")
    if row.open == "nobody":
        return
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - set(row.methods):
        status = ask(cast, who, row, method, "ana").status_code
        assert status == 405 or (row.open and status in {302, 404, 422}), (method, status)


def forms_of(cast: Cast, who: str) -> dict[str, dict[str, str]]:
    """Fields that the forms on this person's pages send, by the name of the route that takes them."""
    found: dict[str, dict[str, str]] = {}
    for row in ROWS.values():
        if "GET" not in row.methods or not (row.open or row.opens(who, "ana")):
            continue
        answer = ask(cast, who, row, "GET", "ana")
        if answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
            continue
        finder = FormFinder()
        finder.feed(text_of(answer))
        for _, action, fields in finder.forms:
            path = urlsplit(action).path or address(row, cast, "ana")
            try:
                name = resolve(path).view_name
            except Resolver404:
                continue
            found.setdefault(name, {}).update(fields)
    return found


def naughty_words() -> list[str]:
    words = json.loads(shared("badinput/blns.json").read_text())
    return [*words, "\x00", "\ufffd", "x" * 20_000, "9" * 400, "-1", "2026-02-30", "99999-99-99"]


@pytest.mark.parametrize("who", ["ben", "dee", "eli", "olga", "sam"])
def test_naughty_words_in_any_field_break_nothing(cast: Cast, who: str) -> None:
    """Every string of the list goes into the forms of the person, all their fields at once; signing in counts its
    attempts and is left to `test_sign_in`."""
    naughty = naughty_words()
    for name, fields in forms_of(cast, who).items():
        row, words = ROWS[name], [field for field in fields if field != "csrfmiddlewaretoken"]
        if row.open == "anyone" or not words or first_to_send(row) != who:
            continue
        client, path = client_of(cast, who), address(row, cast, "ana")
        for start in range(0, len(naughty), len(words)):
            data = {field: naughty[(start + place) % len(naughty)] for place, field in enumerate(words)}
            for method in row.methods:
                if row.open or row.opens(who, "ana", method):
                    with undone():
                        status = getattr(client, method.lower())(path, data).status_code
                    assert status < 500, (name, method, data)


def first_to_send(row: Row) -> str:
    """One person sends what several could; Ben where it is everybody's."""
    held = (one for one in ("ben", "dee", "eli", "olga", "sam") if row.opens(one, "ana", row.methods[-1]))
    return next(held, "ben")


@named
def test_ids_and_pages_that_are_none_break_nothing(cast: Cast, row: Row) -> None:
    """Query strings that nobody's form sends."""
    who = next((one for one in PEOPLE if row.opens(one, "ana")), "olga")
    for query in (
        "page=0",
        "page=-1",
        "page=x",
        "day=2026-02-30",
        "day=99999-01-01",
        "week=nan",
        "order=%00",
        "q=%ff",
    ):
        if "GET" in row.methods:
            with undone():
                path = address(row, cast, "ana")
                assert client_of(cast, who).get(f"{path}?{query}").status_code < 500, query


def test_nothing_answers_below_an_address_that_ends() -> None:
    for path in ("account/", "account/social/", "admin/", "account/email/", "account/2fa/", "accounts/login/"):
        with pytest.raises(Resolver404):
            get_resolver().resolve(f"/{path}")
