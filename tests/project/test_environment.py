"""The settings of a practice come from its environment: what it says holds, and what it can't say is refused in words.

Each test starts the real program with an environment of its own, as an operator does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.project.settings._numbers import whole_number


def apart(program: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OPENHOUR_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=120,
        env={**clean, "OPENHOUR_HOME": str(home), **environment},
    )


def settings_of(home: Path, names: tuple[str, ...], **environment: str) -> dict[str, Any]:
    program = (
        "import json\nfrom openhour.project.settings import site\n"
        f"print(json.dumps({{name: getattr(site, name) for name in {names!r}}}, default=str))"
    )
    done = apart(program, home, **environment)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def openhour(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    program = f"import sys\nfrom openhour.project.cli import run\nsys.exit(run({list(arguments)!r}))"
    return apart(program, home, **environment)


CAREFUL = (
    "HTTPS",
    "REQUIRE_SECOND_FACTOR",
    "IDLE_MINUTES",
    "PROXIES",
    "DEBUG",
    "DEMO",
    "ALLOWED_HOSTS",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SECURE_PROXY_SSL_HEADER",
    "SENDS_MAIL",
    "EMAIL_BACKEND",
)


def test_without_a_word_from_the_operator_every_choice_is_the_careful_one(tmp_path):
    assert settings_of(tmp_path, CAREFUL) == {
        "HTTPS": True,
        "REQUIRE_SECOND_FACTOR": True,
        "IDLE_MINUTES": 15,
        "PROXIES": 0,
        "DEBUG": False,
        "DEMO": False,
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1"],
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 365 * 24 * 60 * 60,
        "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
        "SENDS_MAIL": False,
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
    }


def test_what_the_operator_says_holds(tmp_path):
    names = (*CAREFUL[:4], "ALLOWED_HOSTS", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_PROXY_SSL_HEADER")
    said = settings_of(
        tmp_path,
        (*names, "ALLAUTH_TRUSTED_PROXY_COUNT", "SENDS_MAIL", "EMAIL_HOST", "EMAIL_USE_TLS", "SERVER_EMAIL"),
        OPENHOUR_HTTPS="0",
        OPENHOUR_REQUIRE_SECOND_FACTOR="0",
        OPENHOUR_IDLE_MINUTES="30",
        OPENHOUR_PROXIES="2",
        OPENHOUR_HOSTS="elm.example.test, www.elm.example.test",
        OPENHOUR_MAIL="smtp://mail.example.test?from=elm@example.test",
    )
    assert said == {
        "HTTPS": False,
        "REQUIRE_SECOND_FACTOR": False,
        "IDLE_MINUTES": 30,
        "PROXIES": 2,
        "ALLOWED_HOSTS": ["elm.example.test", "www.elm.example.test"],
        "SECURE_SSL_REDIRECT": False,
        "SECURE_HSTS_SECONDS": 0,
        "SECURE_PROXY_SSL_HEADER": None,
        "ALLAUTH_TRUSTED_PROXY_COUNT": 2,
        "SENDS_MAIL": True,
        "EMAIL_HOST": "mail.example.test",
        "EMAIL_USE_TLS": True,
        "SERVER_EMAIL": "elm@example.test",
    }


def test_the_keys_the_database_the_shelf_and_the_files_lie_in_the_home_of_the_practice(tmp_path):
    said = settings_of(tmp_path, ("DATABASES", "LOCAL_SHELF", "STATIC_ROOT", "SECRET_KEY"))
    assert said["DATABASES"]["default"]["NAME"] == str(tmp_path / "practice.sqlite3")
    assert said["LOCAL_SHELF"] == str(tmp_path / "shelf")
    assert said["STATIC_ROOT"] == str(tmp_path / "static")
    assert said["SECRET_KEY"] == (tmp_path / "secret.key").read_text()


@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({"OPENHOUR_DATABASE": "mysql://u:hidden@h/n"}, "OPENHOUR_DATABASE is read as"),
        ({"OPENHOUR_DATABASE": "postgresql://u:hid/den@h/n"}, "OPENHOUR_DATABASE is read as"),
        ({"OPENHOUR_MAIL": "smtp://u:hidden@h"}, "OPENHOUR_MAIL is read as"),
        ({"OPENHOUR_IDLE_MINUTES": "soon"}, "OPENHOUR_IDLE_MINUTES is a whole number, 1 or more"),
        ({"OPENHOUR_PROXIES": "-1"}, "OPENHOUR_PROXIES is a whole number, 0 or more"),
    ],
)
def test_a_setting_that_can_not_be_read_is_named_and_no_traceback_is_shown(tmp_path, environment, word):
    done = openhour(tmp_path, "migrate", **environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert "hid" not in done.stderr


def test_a_broken_key_is_one_object_for_a_program_that_asks(tmp_path):
    (tmp_path / "trail.key").write_text("5ec2e7")
    done = openhour(tmp_path, "practice", "show", "--json")
    assert (done.returncode, done.stderr) == (2, "")
    (finding,) = json.loads(done.stdout)["findings"]
    assert finding["code"] == "settings.unreadable"
    assert "trail.key is no key of 32 bytes" in finding["sentence"]
    assert "5ec2e7" not in done.stdout


def test_a_home_that_is_no_folder_is_refused_in_words(tmp_path):
    (tmp_path / "home").write_text("a file")
    done = openhour(tmp_path / "home", "migrate", "--json")
    assert (done.returncode, done.stderr) == (2, "")
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["code"], finding["place"]) == ("settings.no-folder", "OPENHOUR_HOME")


@pytest.mark.parametrize("command", [("migrate",), ("practice", "show"), ("serve",), ("trail", "verify")])
def test_where_no_database_answers_every_command_says_so_and_shows_no_traceback(tmp_path, command):
    done = openhour(tmp_path, *command, OPENHOUR_DATABASE="postgresql://u:hidden@127.0.0.1:1/none")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "openhour: The database can't be reached.\n"


@pytest.mark.parametrize("text", ["", " ", "-1", "+1", "1.5", "1e3", "0x10", "abc", "١٢", "1" * 10])
def test_what_is_no_whole_number_is_refused_by_the_name_of_its_variable(monkeypatch, text):
    monkeypatch.setenv("OPENHOUR_IDLE_MINUTES", text)
    with pytest.raises(ValueError, match=r"^OPENHOUR_IDLE_MINUTES is a whole number, 1 or more$"):
        whole_number("OPENHOUR_IDLE_MINUTES", 15, least=1)


def test_the_least_number_is_taken_and_the_one_below_it_is_not(monkeypatch):
    monkeypatch.setenv("OPENHOUR_IDLE_MINUTES", "1")
    assert whole_number("OPENHOUR_IDLE_MINUTES", 15, least=1) == 1
    monkeypatch.setenv("OPENHOUR_IDLE_MINUTES", "0")
    with pytest.raises(ValueError, match="1 or more"):
        whole_number("OPENHOUR_IDLE_MINUTES", 15, least=1)


def test_a_variable_that_is_not_set_leaves_the_number_as_it_is(monkeypatch):
    monkeypatch.delenv("OPENHOUR_IDLE_MINUTES", raising=False)
    assert whole_number("OPENHOUR_IDLE_MINUTES", 15, least=1) == 15


@given(st.integers(0, 999_999_999))
def test_every_whole_number_is_read_as_it_is_written(number):
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("OPENHOUR_PROXIES", f" {number} ")
        assert whole_number("OPENHOUR_PROXIES", 0, least=0) == number
