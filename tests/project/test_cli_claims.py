"""`openhour claims write`: a batch and its file together, or neither; every reason on one line, exit code 2."""

from __future__ import annotations

import re
import shlex
import stat
from pathlib import Path

import pytest

from openhour.guard import trail
from openhour.guard.models import TrailEntry
from openhour.records.models import Charge, ClaimBatch
from tests.billing.cast import pyx12_accepts
from tests.project.command_line import openhour
from tests.workflows.bills import SENT, hour, insure, nothing_written, states

__all__ = ["openhour"]
pytestmark = pytest.mark.django_db
WRITE = ("claims", "write", "--payer", "example-payer")


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr("openhour.project.cli.claims._now", lambda: SENT)


@pytest.fixture
def waiting(cast):
    insure(cast)
    return [hour(cast), hour(cast, "cleo"), hour(cast, days=1, diagnoses=[])]


def test_the_file_is_there_accepted_and_for_the_owners_eyes(openhour, waiting, tmp_path):
    out = tmp_path / "monday.txt"
    said = openhour(*WRITE, "--out", out)
    assert (said.exit, said.err) == (0, "")
    assert "Batch 1: 2 claims, $360.00." in said.out
    assert "1 hour held back" in said.out
    assert out.read_text() == ClaimBatch.objects.get().content
    assert pyx12_accepts(out.read_text())[0]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["monday.txt"]


def test_one_json_object_says_what_was_written(openhour, waiting, tmp_path):
    out = tmp_path / "monday.txt"
    said = openhour(*WRITE, "--out", out, "--json")
    batch = ClaimBatch.objects.get()
    assert said.json == {
        "batch": 1,
        "payer": "example-payer",
        "claims": 2,
        "total": "360.00",
        "held": 1,
        "digest": batch.digest,
        "file": str(out),
    }


def test_without_a_file_the_batch_waits(openhour, waiting):
    said = openhour(*WRITE, "--json")
    assert (said.exit, said.json["file"]) == (0, None)
    assert states() == ["claimed", "claimed", "ready"]


def test_the_trail_says_that_the_command_line_wrote_it(openhour, waiting):
    openhour(*WRITE)
    assert TrailEntry.objects.get(action="batch.written").actor == "command-line"
    assert ClaimBatch.objects.get().by is None
    assert list(trail.verify_trail()) == []


def test_a_second_run_finds_nothing_to_claim(openhour, waiting, tmp_path):
    openhour(*WRITE)
    said = openhour(*WRITE, "--out", tmp_path / "again.txt", "--json")
    assert (said.exit, said.codes) == (2, ["batch.held"])
    assert list(tmp_path.iterdir()) == []
    assert ClaimBatch.objects.count() == 1


def test_a_file_that_is_there_is_never_overwritten(openhour, waiting, tmp_path):
    out = tmp_path / "monday.txt"
    out.write_text("last week")
    said = openhour(*WRITE, "--out", out, "--json")
    assert (said.exit, said.codes) == (2, ["out.exists"])
    assert out.read_text() == "last week"
    assert nothing_written()


def test_where_no_file_can_be_there_is_no_batch(openhour, waiting, tmp_path, monkeypatch):
    for out in (tmp_path / "gone" / "x.txt", tmp_path):
        assert openhour(*WRITE, "--out", out).exit == 2
    monkeypatch.setattr("openhour.project.cli.claims.os.fsync", _full)
    said = openhour(*WRITE, "--out", tmp_path / "x.txt", "--json")
    assert (said.exit, said.codes) == (2, ["out.not-written"])
    assert nothing_written()
    assert list(tmp_path.iterdir()) == []


def _full(handle: int) -> None:
    raise OSError(28, "No space left on device")


def test_where_the_file_can_not_take_its_name_the_batch_is_named(openhour, waiting, tmp_path, monkeypatch):
    monkeypatch.setattr("openhour.project.cli.claims._name_if_free", lambda part, out: _full(0))
    said = openhour(*WRITE, "--out", tmp_path / "x.txt", "--json")
    assert said.codes == ["out.not-named"]
    assert "Batch 1 is written" in said.json["findings"][0]["sentence"]
    assert list(tmp_path.iterdir()) == []
    assert ClaimBatch.objects.count() == 1


@pytest.mark.parametrize("links", [True, False])
def test_of_two_who_write_at_once_neither_covers_the_other_s_file(openhour, waiting, tmp_path, monkeypatch, links):
    """The other file appears after the look at the name and before ours is given it."""
    out = tmp_path / "monday.txt"
    out.write_text("the other's claims")
    monkeypatch.setattr("openhour.project.cli.claims._check", lambda out: None)
    if not links:
        monkeypatch.setattr("os.link", lambda part, out: _full(0))
    said = openhour(*WRITE, "--out", out, "--json")
    assert said.codes == ["out.not-named"]
    assert out.read_text() == "the other's claims"
    assert [one.name for one in tmp_path.iterdir()] == ["monday.txt"]
    assert ClaimBatch.objects.count() == 1, "the batch stands, and waits on its page"


def test_where_the_disk_knows_no_links_the_file_is_named_all_the_same(openhour, waiting, tmp_path, monkeypatch):
    monkeypatch.setattr("os.link", lambda part, out: _full(0))
    out = tmp_path / "monday.txt"
    assert openhour(*WRITE, "--out", out).exit == 0
    assert out.read_text() == ClaimBatch.objects.get().content
    assert [one.name for one in tmp_path.iterdir()] == ["monday.txt"]


@pytest.mark.parametrize(
    ("payer", "code"),
    [
        ("nobody", "payer.unknown"),
        ("self-pay", "claim.self-pay"),
        ("", "payer.unknown"),
        ("a\nb", "payer.unknown"),
        ("x" * 99, "payer.unknown"),
    ],
)
def test_a_payer_that_takes_no_claims_is_refused(openhour, waiting, payer, code):
    said = openhour("claims", "write", "--payer", payer, "--json")
    assert said.exit == 2
    assert code in said.codes
    assert nothing_written()


def test_without_a_payer_and_for_help(openhour, waiting):
    assert openhour("claims", "write").exit == 2
    for arguments in (("claims", "--help"), ("claims", "write", "--help")):
        said = openhour(*arguments)
        assert said.exit == 0
        assert "openhour claims write --payer example-payer" in said.out
    assert Charge.objects.filter(state="ready").count() == 3


def test_the_command_of_the_handbook_runs(openhour, waiting, tmp_path, monkeypatch):
    handbook = Path(__file__).resolve().parents[2] / "docs" / "handbook-biller.md"
    commands = re.findall(r"^\$ openhour (.+)$", handbook.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert commands == ["claims write --payer example-payer --out monday.txt"]
    monkeypatch.chdir(tmp_path)
    assert openhour(*shlex.split(commands[0])).exit == 0
    assert Path("monday.txt").exists()
