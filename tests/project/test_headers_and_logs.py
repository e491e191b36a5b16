"""What every answer carries, and what a log line may hold: no message of an exception, no query string, no words."""

from __future__ import annotations

import logging
import sys
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from openhour.project.headers import HeadersMiddleware
from openhour.project.logs import QuietFormatter

WORDS = "Ana Almond spoke of the autumn"
EXPECTED = {
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}


def answer(path: str, response: HttpResponse | None = None) -> HttpResponse:
    given = HttpResponse() if response is None else response
    return HeadersMiddleware(lambda request: given)(RequestFactory().get(path))


@pytest.mark.parametrize("path", ["/", "/patients/", "/account/login/", "/p/a-link/", "/static/ui/openhour.css"])
@pytest.mark.parametrize("status", [200, 302, 404, 500])
def test_every_answer_carries_the_headers_errors_and_files_included(path, status):
    said = answer(path, HttpResponse(status=status))
    assert {name: said.headers[name] for name in EXPECTED} == EXPECTED


@pytest.mark.parametrize("sense", ["camera", "geolocation", "microphone", "payment", "usb"])
def test_no_page_may_look_listen_or_take_money(sense):
    assert f"{sense}=()" in answer("/").headers["Permissions-Policy"]


def test_a_key_of_the_therapist_may_be_asked_for_by_our_own_pages_alone():
    allowed = answer("/").headers["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in allowed
    assert "publickey-credentials-create=(self)" in allowed
    assert "*" not in allowed


@pytest.mark.parametrize("path", ["/", "/patients/", "/staticx/", "/x/static/ui.css", "/STATIC/ui.css", "/static"])
def test_a_page_is_kept_by_no_cache(path):
    assert answer(path).headers["Cache-Control"] == "no-store"


def test_a_style_sheet_may_be_kept():
    assert "Cache-Control" not in answer("/static/ui/openhour.css").headers


def test_what_an_answer_says_itself_stays():
    own = HttpResponse(headers={"Cache-Control": "private, max-age=60", "X-Frame-Options": "SAMEORIGIN"})
    said = answer("/", own)
    assert said.headers["Cache-Control"] == "private, max-age=60"
    assert said.headers["X-Frame-Options"] == "SAMEORIGIN"


def line_of(**changes: object) -> str:
    record = logging.LogRecord("openhour.test", logging.ERROR, __file__, 1, "The %s failed.", ("backup",), None)
    record.__dict__.update(changes)
    return QuietFormatter().format(record)


def raised(error: BaseException) -> tuple[object, ...]:
    try:
        raise error
    except BaseException:  # noqa: BLE001 - a SystemExit too
        return sys.exc_info()


def test_a_plain_line_says_when_how_bad_who_and_what():
    line = line_of()
    assert line.endswith(" ERROR openhour.test The backup failed.")
    assert line[:4].isdigit(), "the time stands in front"


@pytest.mark.parametrize(
    "error",
    [
        ValueError(WORDS),
        KeyError(WORDS),
        UnicodeDecodeError("utf-8", WORDS.encode(), 0, 1, WORDS),
        OSError(2, WORDS, WORDS),
        ExceptionGroup(WORDS, [ValueError(WORDS)]),
        SystemExit(WORDS),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_exception_is_logged_by_its_kind_and_its_place_and_never_by_its_words(error):
    error.add_note(WORDS)
    line = line_of(exc_info=raised(error), msg=WORDS, args=())
    assert f" {type(error).__name__}\n" in line
    assert "test_headers_and_logs.py:" in line
    assert "in raised" not in line
    assert line.rstrip().endswith("raised")
    for word in WORDS.split():
        assert f"{word} " not in line


def test_the_exception_behind_the_exception_stays_unsaid():
    error = ValueError("outer")
    error.__cause__ = KeyError(WORDS)
    line = line_of(exc_info=raised(error))
    assert "KeyError" not in line
    assert WORDS not in line


def test_the_source_line_that_failed_is_not_repeated():
    try:
        raise ValueError("Ana " + "Almond")
    except ValueError:
        line = line_of(exc_info=sys.exc_info())
    assert "Almond" not in line
    assert '"' not in line


def test_a_text_made_of_the_exception_before_is_not_used():
    line = line_of(exc_info=raised(ValueError(WORDS)), exc_text=f"Traceback\nValueError: {WORDS}")
    assert WORDS not in line


def test_a_stack_that_somebody_asked_for_is_not_printed():
    assert WORDS not in line_of(stack_info=WORDS)


def test_a_call_outside_of_any_exception_is_a_plain_line():
    assert line_of(exc_info=(None, None, None)).endswith("The backup failed.")


def test_a_refused_request_is_logged_by_its_route_and_never_by_its_address():
    match = SimpleNamespace(view_name="patient-chart")
    line = line_of(
        msg="Not Found: %s",
        args=(f"/patients/?name={WORDS}",),
        status_code=404,
        request=SimpleNamespace(resolver_match=match, path=f"/patients/{WORDS}", META={"QUERY_STRING": WORDS}),
    )
    assert line.endswith(" ERROR openhour.test 404 patient-chart")


@pytest.mark.parametrize("request_", [None, SimpleNamespace(), SimpleNamespace(resolver_match=None)])
def test_a_request_that_found_no_route_has_no_address_in_the_log(request_):
    line = line_of(msg=f"Not Found: /{WORDS}", args=(), status_code=404, request=request_)
    assert line.endswith(" 404 unknown address")


def test_a_fault_with_a_status_is_logged_by_its_place():
    line = line_of(
        exc_info=raised(ValueError(WORDS)), status_code=500, msg=f"Internal Server Error: /{WORDS}", args=()
    )
    assert "ValueError" in line
    assert WORDS not in line


def test_a_line_through_a_whole_logger_keeps_the_words_out():
    said: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(self.format(record))

    handler = Kept()
    handler.setFormatter(QuietFormatter())
    logger = logging.getLogger("openhour.test.whole")
    logger.addHandler(handler)
    try:
        raise LookupError(WORDS)
    except LookupError:
        logger.exception("while reading %s", WORDS)
    finally:
        logger.removeHandler(handler)
    assert len(said) == 1
    assert "LookupError" in said[0]
    assert WORDS not in said[0]
