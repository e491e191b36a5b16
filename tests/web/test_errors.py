"""When something goes wrong: a calm page, and neither it nor the log holds a patient's words."""

from __future__ import annotations

import io
import logging

import pytest
from django.conf import settings as site
from django.test import Client
from django.utils.module_loading import import_string

from openhour.project.logs import QuietFormatter
from tests.cast import Cast
from tests.shared_data import shared

pytestmark = pytest.mark.django_db
WORDS = "Ana Almond spoke of the autumn"


@pytest.fixture
def log():
    """What the configured formatter writes, of every logger."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(QuietFormatter())
    loggers = [logging.getLogger(name) for name in ("", "django")]
    for logger in loggers:
        logger.addHandler(handler)
    yield written
    for logger in loggers:
        logger.removeHandler(handler)


def test_every_log_line_goes_through_the_formatter_that_keeps_words_out() -> None:
    formatters = site.LOGGING["formatters"]
    for handler in site.LOGGING["handlers"].values():
        assert import_string(formatters[handler["formatter"]]["()"]) is QuietFormatter
    for logger in site.LOGGING["loggers"].values():
        assert set(logger["handlers"]) <= set(site.LOGGING["handlers"])
        assert logger["propagate"] is False


def test_a_fault_shows_and_logs_its_place_and_no_word(cast: Cast, sign_in, log, monkeypatch) -> None:
    def fail(*_, **__) -> None:
        try:
            raise KeyError(WORDS)
        except KeyError as error:
            raise ValueError(WORDS) from error

    monkeypatch.setattr("openhour.web.practice.views.practice_view", fail)
    olga = sign_in("olga")
    olga.raise_request_exception = False
    answer = olga.get(f"/practice/?note={WORDS}")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "Something broke on our side" in page
    written = log.getvalue()
    assert "ValueError" in written
    assert "test_errors.py" in written
    for text in (page, written):
        for word in ("Almond", "autumn", "Traceback", "practice_view"):
            assert word not in text.replace("views.py", ""), word


def test_what_was_posted_never_reaches_the_log(cast: Cast, sign_in, log, monkeypatch) -> None:
    def fail(*_, **__) -> None:
        raise RuntimeError(WORDS)

    monkeypatch.setattr("openhour.web.practice.views.verify_trail", fail)
    olga = sign_in("olga")
    olga.raise_request_exception = False
    assert olga.post("/practice/trail/verify/", {"note": WORDS}).status_code == 500
    assert "RuntimeError" in log.getvalue()
    assert "Almond" not in log.getvalue()


def test_a_wrong_address_is_logged_without_its_words(cast: Cast, sign_in, log) -> None:
    assert sign_in("olga").get("/patients/Almond/autumn/?q=Almond").status_code == 404
    assert "404 unknown address" in log.getvalue()
    assert "Almond" not in log.getvalue()


def test_a_failed_sign_in_is_logged_without_what_was_typed(cast: Cast, log) -> None:
    Client().post("/account/login/", {"login": "almond@example.test", "password": "autumn-secret"})
    assert "almond" not in log.getvalue().lower()
    assert "autumn" not in log.getvalue()


@pytest.mark.parametrize(
    ("ask", "status", "heading"),
    [
        (lambda: Client().get("/nowhere/"), 404, "There is nothing here"),
        (lambda: Client().get("/", HTTP_HOST="evil.test"), 400, "That request could not be read"),
        (lambda: Client(enforce_csrf_checks=True).post("/account/login/"), 403, "This page has been open too long"),
    ],
)
def test_each_error_has_a_calm_page_that_leads_on(ask, status: int, heading: str) -> None:
    answer = ask()
    page = answer.content.decode()
    assert answer.status_code == status
    assert f"<h1>{heading}</h1>" in page
    assert 'href="/"' in page


def test_an_error_page_asks_the_database_nothing(cast: Cast, rf, django_assert_num_queries) -> None:
    from openhour.web import errors

    views = (
        errors.bad_request,
        errors.forbidden,
        errors.not_found,
        errors.server_error,
        errors.csrf_failure,
        errors.too_many,
    )
    with django_assert_num_queries(0):
        statuses = [view(rf.get("/")).status_code for view in views]
    assert statuses == [400, 403, 404, 500, 403, 429]


def test_a_body_that_is_too_long_or_has_too_many_fields_is_a_400(cast: Cast) -> None:
    client = Client(raise_request_exception=False)
    assert client.post("/account/login/", {f"f{n}": "x" for n in range(600)}).status_code == 400
    big = client.post("/account/login/", "x=" + "y" * 1_100_000, content_type="application/x-www-form-urlencoded")
    assert big.status_code == 400


def test_naughty_words_at_the_sign_in_page_break_nothing(cast: Cast) -> None:
    """Each from another address, so that none is turned away unread for being the sixth."""
    import json

    naughty = [*json.loads(shared("badinput/blns.json").read_text()), "\x00", "x" * 5000, "a@" + "b" * 300 + ".test"]
    for number, word in enumerate(naughty):
        address = f"10.{number // 65025 % 255}.{number // 255 % 255}.{number % 255}"
        answer = Client(REMOTE_ADDR=address).post("/account/login/", {"login": word, "password": word, "next": word})
        assert answer.status_code in {422, 429, 302}, word
        assert answer.status_code != 302, word


@pytest.mark.parametrize(
    "path", ["/%00", "/\ud83d", "/practice/%ff", "/practice/trail/?since=%00&page=%F0", "/c/x", "//evil.test/"]
)
def test_addresses_that_are_none_break_nothing(cast: Cast, sign_in, path: str) -> None:
    assert sign_in("olga").get(path.encode("utf-8", "replace").decode()).status_code in {200, 301, 302, 404, 422}
