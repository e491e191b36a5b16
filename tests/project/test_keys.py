"""The keys of an installation: made once, kept for good, for the owner's eyes, and never half a key."""

from __future__ import annotations

import os
import secrets
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from openhour.project.settings import _keys
from openhour.project.settings._keys import key_file


def test_the_first_start_makes_a_key_of_32_bytes(tmp_path):
    key = key_file(tmp_path / "secret.key")
    assert len(key) == 32
    assert bytes.fromhex((tmp_path / "secret.key").read_text()) == key


def test_every_later_start_finds_the_same_key(tmp_path):
    path = tmp_path / "secret.key"
    first, written = key_file(path), path.stat().st_mtime_ns
    assert key_file(path) == first
    assert path.stat().st_mtime_ns == written, "the file is read and never written again"


def test_two_practices_have_two_keys_and_one_practice_has_two(tmp_path):
    names = ("a/secret.key", "a/trail.key", "b/secret.key")
    assert len({key_file(tmp_path / name) for name in names}) == 3


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_nobody_but_the_owner_reads_a_key_whatever_the_machine_allows_by_default(tmp_path, mask):
    before = os.umask(mask)
    try:
        key_file(tmp_path / "home" / "secret.key")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "home" / "secret.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700


def test_nothing_lies_beside_the_key(tmp_path):
    key_file(tmp_path / "secret.key")
    assert [one.name for one in tmp_path.iterdir()] == ["secret.key"]


def test_a_process_that_comes_second_takes_the_key_of_the_first(tmp_path, monkeypatch):
    path, other = tmp_path / "secret.key", secrets.token_hex(32)

    def link_after_another_has(aside: Path, to: Path) -> None:
        path.write_text(other)
        raise FileExistsError(17, "File exists")

    monkeypatch.setattr(_keys.os, "link", link_after_another_has)
    assert key_file(path) == bytes.fromhex(other)
    assert [one.name for one in tmp_path.iterdir()] == ["secret.key"], "what it wrote aside is gone"


def test_a_disk_that_refuses_the_name_leaves_no_key_lying_about(tmp_path, monkeypatch):
    def refuse(aside: Path, to: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(_keys.os, "link", refuse)
    with pytest.raises(PermissionError):
        key_file(tmp_path / "secret.key")
    assert list(tmp_path.iterdir()) == []


def test_many_threads_that_start_at_once_end_with_one_key(tmp_path):
    for round_ in range(20):
        path = tmp_path / str(round_) / "secret.key"
        with ThreadPoolExecutor(8) as several:
            keys = set(several.map(lambda _, path=path: key_file(path), range(8)))
        assert len(keys) == 1
        assert [one.name for one in path.parent.iterdir()] == ["secret.key"]


def test_processes_that_start_at_once_end_with_one_key(tmp_path):
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom openhour.project.settings._keys import key_file\n"
        "time.sleep(max(0.0, float(sys.argv[2]) - time.time()))\nprint(key_file(Path(sys.argv[1])).hex())"
    )
    together = str(time.time() + 1.5)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "secret.key"), together], stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    keys = {process.communicate(timeout=60)[0].strip() for process in started}
    assert len(keys) == 1
    assert len(keys.pop()) == 64
    assert [one.name for one in tmp_path.iterdir()] == ["secret.key"]


def test_a_key_may_end_with_a_line_break(tmp_path):
    path = tmp_path / "secret.key"
    path.write_text("ab" * 32 + "\n")
    assert key_file(path) == b"\xab" * 32


@pytest.mark.parametrize(
    "broken",
    [b"", b"\n", b"ab" * 31, b"ab" * 33, b"a" + b"ab" * 31, b"hello", b"zz" * 32, b"\xff" * 64, "ä".encode() * 32],
    ids=["empty", "blank", "short", "long", "odd", "a word", "no digits", "no text", "letters"],
)
def test_a_broken_key_is_refused_by_its_name_and_never_replaced(tmp_path, broken):
    path = tmp_path / "trail.key"
    path.write_bytes(broken)
    with pytest.raises(ValueError, match=r"^trail\.key is no key of 32 bytes$"):
        key_file(path)
    assert path.read_bytes() == broken, "entries sealed with the old key would be lost with it"


def test_the_refusal_shows_no_piece_of_the_key(tmp_path):
    path = tmp_path / "secret.key"
    path.write_text("5ec2e7" * 10 + "gg")
    with pytest.raises(ValueError, match="no key") as refusal:
        key_file(path)
    assert "5ec2e7" not in str(refusal.value)
    assert "gg" not in str(refusal.value)
