"""The server, started as an operator starts it: it answers, gathers its files once, and ends when told."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

PROGRAM = "from openhour.project.cli import main; main()"


def openhour(*arguments: str, home: Path) -> subprocess.Popen[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OPENHOUR_", "DJANGO_"))}
    given = {**clean, "OPENHOUR_HOME": str(home), "OPENHOUR_HTTPS": "0"}
    return subprocess.Popen([sys.executable, "-c", PROGRAM, *arguments], env=given, stderr=subprocess.PIPE, text=True)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def answer_of(port: int, path: str, within: float = 60.0) -> tuple[int, str]:
    last = time.monotonic() + within
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except OSError:
            if time.monotonic() > last:
                raise
            time.sleep(0.2)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def test_before_the_database_is_made_it_says_what_to_do(home: Path) -> None:
    process = openhour("serve", "--port", str(free_port()), home=home)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "openhour migrate" in said


def test_it_answers_with_its_style_sheet_and_ends_when_told(home: Path) -> None:
    assert openhour("migrate", home=home).wait(120) == 0
    port = free_port()
    process = openhour("serve", "--port", str(port), "--workers", "1", home=home)
    try:
        status, page = answer_of(port, "/account/login/")
        assert status == 200
        sheet = page.split('<link rel="stylesheet" href="')[1].split('"')[0]
        assert answer_of(port, sheet)[0] == 200
        assert sheet != "/static/ui/openhour.css", "the name holds a digest, so that a browser may keep the file"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def test_files_that_are_gathered_are_not_gathered_again(home: Path) -> None:
    stamp = home / "static" / ".gathered"
    before = stamp.stat().st_mtime_ns
    port = free_port()
    process = openhour("serve", "--port", str(port), "--workers", "1", home=home)
    try:
        assert answer_of(port, "/account/login/")[0] == 200
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
    assert stamp.stat().st_mtime_ns == before


def test_the_keys_are_readable_by_their_owner_alone(home: Path) -> None:
    for name in ("secret.key", "trail.key"):
        assert (home / name).stat().st_mode & 0o077 == 0
