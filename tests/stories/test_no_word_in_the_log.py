"""A real server writes its log while names, answers and secrets go through it: none of them is in there afterwards, nor
in an error page, nor in any address that a page leads to."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
from collections.abc import Iterator

import pytest

from tests.stories.test_kill_dash_nine import Practice, token_of

CANARY = "Zaunkoenigin"
BREAKS = """

def breaks(get_response):
    def middleware(request):
        if "HTTP_X_BREAK" in request.META:
            raise ValueError(f"{request.POST!r} {request.GET!r} {request.path}")
        return get_response(request)
    return middleware

MIDDLEWARE = [*MIDDLEWARE, "killed_settings.breaks"]
"""


class Talkative(Practice):
    """Keeps every answer, so that all pages can be looked through at the end."""

    def begin(self) -> None:
        settings = self.home / "killed_settings.py"
        settings.write_text(settings.read_text() + BREAKS)
        self.pages: list[str] = []
        self.start()
        self.sign_in()

    def get(self, path: str) -> str:
        try:
            page = super().get(path)
        except urllib.error.HTTPError as refused:
            page = refused.read().decode()
        if hasattr(self, "pages"):
            self.pages.append(page)
        return page

    def send(self, path: str, fields: dict[str, str], **headers: str) -> int:
        status, page = self.post(path, list(fields.items()), **headers)
        self.pages.append(page)
        return status


@pytest.fixture
def practice(tmp_path) -> Iterator[Talkative]:
    pytest.importorskip("granian", reason="the server isn't installed")
    made = Talkative(tmp_path)
    made.begin()
    yield made
    made.kill()


def test_a_name_and_an_answer_pass_through_and_leave_no_trace(practice):
    token, revision = practice.open_room()
    assert practice.save(token, revision, "sections.data", f"{CANARY} slept badly")[0] == 200
    here = {"Referer": f"http://127.0.0.1:{practice.port}/patients/"}
    form = {"csrfmiddlewaretoken": token_of(practice.get("/patients/"))}
    assert practice.send("/patients/", {"q": CANARY, **form}, **here) == 200
    assert practice.send("/patients/", {"q": CANARY}) == 403, "no token"
    assert practice.send("/account/login/", {"login": CANARY, "password": CANARY}) == 403
    for header in ("patients/", "c/no-such-link/topic/"):
        assert practice.send(f"/{header}", {"q": CANARY, "topic": CANARY, **form}, **here, **{"X-Break": "1"}) == 500
    for path in ("/patients/{}/", "/patients/?q={}", "/c/{}/", "/c/{}/topic/", "/{}", "/visits/{}/?name={}"):
        practice.get(path.format(CANARY, CANARY))
    practice.send("/c/no-such-link/topic/", {"topic": CANARY})
    assert practice.send("/patients/", {f"{CANARY}{n}": CANARY for n in range(600)} | form, **here) == 400
    practice.kill()

    log = practice.log.read_text()
    assert "ValueError" in log, "there is a log, and faults are in it"
    assert "unknown address" in log
    assert "404" in log
    for words in (CANARY, urllib.parse.quote(CANARY), CANARY.lower(), "Almond", "slept badly"):
        assert words not in log, re.findall(f".*{words}.*", log)[:3]


def test_no_page_leads_to_an_address_with_a_word_in_it(practice):
    form = {"csrfmiddlewaretoken": token_of(practice.get("/patients/"))}
    here = {"Referer": f"http://127.0.0.1:{practice.port}/patients/"}
    practice.send("/patients/", {"q": "alm", **form}, **here)
    practice.send("/visits/book/", {"words": "alm", **form}, **here)
    for path in ("/today/", "/alerts/", "/schedule/", "/schedule/week/", f"/visits/{practice.visit}/session/"):
        practice.get(path)
    addresses = {one for page in practice.pages for one in re.findall(r'(?:href|action|src)="([^"]*)"', page)}
    assert len(addresses) > 20
    for address in addresses:
        for word in ("alm", "Ana", "Ben", "example.test", "P-1001", "1985"):
            assert word not in address, address
