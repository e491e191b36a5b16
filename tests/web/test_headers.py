"""Every answer, whatever its status: a strict policy, no outside host, no inline script or style, kept in no cache."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client

from tests.cast import Cast
from tests.guard.access import PEOPLE, FormFinder, address, client_of, rows, text_of

pytestmark = pytest.mark.django_db
ROWS = rows()
OUTSIDE = re.compile(r"(?:https?:)?//[a-z0-9.-]+", re.IGNORECASE)


def sources(policy: str) -> dict[str, list[str]]:
    return {words[0]: words[1:] for part in policy.split(";") if (words := part.split())}


def check_headers(answer) -> None:
    policy = sources(answer["Content-Security-Policy"])
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["base-uri"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == ["'self'"]
    for directive, allowed in policy.items():
        assert set(allowed) <= {"'self'", "'none'", "data:"}, directive
        assert "data:" not in allowed or directive == "img-src"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert "camera=()" in answer["Permissions-Policy"]


def check_body(answer) -> None:
    if "html" not in answer.headers.get("Content-Type", ""):
        return
    body, page = text_of(answer), FormFinder()
    page.feed(body)
    for link in page.links:
        parts = urlsplit(link)
        assert not parts.netloc, link
        assert parts.scheme in {"", "data", "tel", "sms", "mailto"}, link
    assert page.styled == []
    assert page.scripted == []
    assert not re.search(r"url\(\s*['\"]?(?:https?:)?//", body)


@pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
def test_every_route_answers_under_the_policy(cast: Cast, row) -> None:
    """As whoever may be there, and as somebody who may not; every method."""
    may = next((who for who in PEOPLE if row.opens(who, "ana") or row.opens(who, "ana", "POST")), "ben")
    for who in {may, "", "nia"}:
        for method in row.methods:
            with transaction.atomic():
                answer = getattr(client_of(cast, who), method.lower())(address(row, cast, "ana"))
                check_headers(answer)
                check_body(answer)
                transaction.set_rollback(True)


def test_errors_answer_under_it_too(cast: Cast, sign_in, monkeypatch) -> None:
    olga = sign_in("olga")
    olga.raise_request_exception = False
    answers = {404: olga.get("/nowhere/"), 405: olga.put("/practice/"), 400: olga.get("/", HTTP_HOST="evil.test")}
    answers[403] = Client(enforce_csrf_checks=True).post("/account/login/", {})
    answers[422] = Client().post("/account/login/", {})
    monkeypatch.setattr("openhour.web.practice.views.practice_view", None)
    answers[500] = olga.get("/practice/")
    guesser = Client()
    for _ in range(40):
        answers[429] = guesser.post("/account/login/", {"login": "x@example.test", "password": "x"})
    for status, answer in answers.items():
        assert answer.status_code == status
        check_headers(answer)
        check_body(answer)


def test_the_redirect_to_https_carries_them_too(db, settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get("/account/login/")
    assert (answer.status_code, answer["Location"]) == (301, "https://testserver/account/login/")
    check_headers(answer)


def test_cookies_are_kept_from_scripts_and_from_other_sites(cast: Cast, settings) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client()
    answer = client.post("/account/login/", {"login": "ben@example.test", "password": "correct horse battery staple"})
    cookie = answer.cookies["openhour"]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Lax"


def test_real_practices_are_served_by_https_alone() -> None:
    """Read in a process of its own: the tests' settings switch it off."""
    import os
    import subprocess
    import sys
    import tempfile

    names = (
        "SECURE_SSL_REDIRECT",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "REQUIRE_SECOND_FACTOR",
        "SECURE_HSTS_SECONDS",
    )
    program = f"import openhour.project.settings.site as s; print([getattr(s, name) for name in {names!r}], s.DEBUG)"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OPENHOUR_")}
    with tempfile.TemporaryDirectory() as home:
        given = {**clean, "OPENHOUR_HOME": home}
        said = subprocess.run([sys.executable, "-c", program], env=given, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[True, True, True, True, 31536000] False"
