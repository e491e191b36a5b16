"""A server that is killed in mid-sentence, again and again, loses no acknowledged word.

A real server process on a loopback port, a real sign-in over HTTP, a therapist who types, and `kill -9` at moments that
nobody chose. After each restart everything that was answered "saved" is there, and at the end the trail holds.
"""

from __future__ import annotations

import contextlib
import html
import http.client
import http.cookiejar
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
KILLS, ENOUGH, SECONDS = 20, 5, 45
PATIENCE = 60  # seconds; a slow machine is no fault
PASSWORD = "correct horse battery staple"

SETTINGS = """
from openhour.project.settings.site import *
ALLOWED_HOSTS = ["127.0.0.1"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
"""

FILL = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.cast import build_cast
print(build_cast().ana_visit.pk)
"""

CHECK = """
import django, json
django.setup()
from openhour.guard import trail
from openhour.guard.models import TrailEntry
from openhour.records.models import Note
note = Note.objects.get()
saves = TrailEntry.objects.filter(action="note.saved").count()
broken = [str(finding) for finding in trail.verify_trail()]
print(json.dumps({"sections": note.sections, "revision": note.revision, "saves": saves, "broken": broken}))
"""


class Practice:
    """A practice of its own in a folder, its server, and one therapist's browser."""

    def __init__(self, home: Path) -> None:
        self.home, self.port, self.log = home, free_port(), home / "server.log"
        (home / "killed_settings.py").write_text(SETTINGS)
        path = os.pathsep.join([str(home), str(CHECKOUT), str(CHECKOUT / "src")])
        self.env = {
            name: value for name, value in os.environ.items() if not name.startswith(("OPENHOUR_", "DJANGO_"))
        }
        self.env |= {
            "OPENHOUR_HOME": str(home),
            "OPENHOUR_HTTPS": "0",
            "OPENHOUR_REQUIRE_SECOND_FACTOR": "0",
            "DJANGO_SETTINGS_MODULE": "killed_settings",
            "PYTHONPATH": path,
        }
        self.visit = self.python(FILL).strip().splitlines()[-1]
        self.cookies = http.cookiejar.CookieJar()
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.server: subprocess.Popen[bytes] | None = None

    def python(self, code: str) -> str:
        """Run a few lines in a process of their own."""
        done = subprocess.run(
            [sys.executable, "-c", code], env=self.env, cwd=CHECKOUT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def start(self) -> None:
        """The server of the practice, as it is run for real."""
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--workers", "1", "openhour.project.wsgi:application"]
        self.server = subprocess.Popen(
            command,
            env=self.env,
            cwd=self.home,
            start_new_session=True,
            stdout=self.log.open("ab"),
            stderr=subprocess.STDOUT,
        )
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with contextlib.suppress(OSError, http.client.HTTPException):
                self.get("/account/login/")
                return
            time.sleep(0.1)
        raise AssertionError(f"the server didn't come up: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """-9, the master and its workers."""
        assert self.server is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait()

    def get(self, path: str) -> str:
        with self.browser.open(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE) as answer:
            return str(answer.read().decode())

    def post(self, path: str, fields: list[tuple[str, str]], **headers: str) -> tuple[int, str]:
        body = urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, headers)
        try:
            with self.browser.open(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def sign_in(self) -> None:
        page = self.get("/account/login/")
        fields = [("login", "ben@example.test"), ("password", PASSWORD), ("csrfmiddlewaretoken", token_of(page))]
        self.post("/account/login/", fields, Referer=f"http://127.0.0.1:{self.port}/")
        assert any(cookie.name == "openhour" for cookie in self.cookies)

    def open_room(self) -> tuple[str, str]:
        """The CSRF token and the revision of a freshly opened room."""
        page = self.get(f"/visits/{self.visit}/session/")
        assert "Ana Almond" in page, re.search("<title>(.*?)</title>", page).group(1)
        return token_of(page), html.unescape(re.search(r'name="revision" value="([^"]*)"', page).group(1))

    def save(self, token: str, revision: str, section: str, text: str) -> tuple[int, dict[str, object]]:
        fields = [("revision", revision), ("fields", section), (section, text)]
        status, body = self.post(f"/visits/{self.visit}/note/save/", fields, **{"X-CSRFToken": token})
        return status, json.loads(body) if body.startswith("{") else {}


def token_of(page: str) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def practice(tmp_path) -> Iterator[Practice]:
    """Running and signed in; killed for good at the end."""
    pytest.importorskip("granian", reason="the server isn't installed")
    made = Practice(tmp_path)
    made.start()
    made.sign_in()
    yield made
    made.kill()


def test_no_acknowledged_word_is_lost(practice):
    chance = random.Random(60)
    acknowledged, typed, kills, lost_answers = "", "", 0, 0
    until = time.monotonic() + SECONDS
    while kills < KILLS and (time.monotonic() < until or kills < ENOUGH):
        token, revision = practice.open_room()
        page_text = shown(practice)
        assert page_text in (acknowledged, typed), "neither what was acknowledged nor what was under way"
        acknowledged = typed = page_text
        if kills % 2:  # so that there is a word to lose, however slow the machine is
            status, body = practice.save(token, revision, "sections.data", f"{acknowledged} word{len(acknowledged)}")
            assert status == 200
            acknowledged = typed = f"{acknowledged} word{len(acknowledged)}"
            revision = str(body["revision"])
        killer = threading.Timer(chance.uniform(0.05, 0.8), practice.kill)
        killer.start()
        while True:
            typed = f"{acknowledged} word{len(acknowledged)}"
            try:
                status, body = practice.save(token, revision, "sections.data", typed)
            except (OSError, http.client.HTTPException):
                lost_answers += 1
                break
            if status != 200:
                break
            acknowledged, revision = typed, str(body["revision"])
        killer.join()
        kills += 1
        practice.start()
    practice.get(f"/visits/{practice.visit}/session/")
    found = json.loads(practice.python(CHECK))
    assert found["sections"]["data"]["text"] in (acknowledged, typed)
    assert found["broken"] == []
    assert found["saves"] == found["revision"], "one entry of the trail for each save, and none without one"
    assert kills >= ENOUGH
    assert len(acknowledged) > kills, "words were saved between the kills"


def shown(practice: Practice) -> str:
    """What stands in the first section of the page."""
    page = practice.get(f"/visits/{practice.visit}/session/")
    return html.unescape(re.search(r'name="sections.data"[^>]*>\n([^<]*)</textarea>', page).group(1))


def test_a_save_whose_answer_was_lost_is_sent_again_and_kept_once(practice):
    token, revision = practice.open_room()
    assert practice.save(token, revision, "sections.data", "Once and no more")[0] == 200
    practice.kill()
    practice.start()
    status, body = practice.save(token, revision, "sections.data", "Once and no more")
    assert (status, body["saved"]) == (200, True)
    found = json.loads(practice.python(CHECK))
    assert found["sections"]["data"] == {"text": "Once and no more", "revision": 1}
    assert (found["saves"], found["broken"]) == (1, [])
