"""Every command of the spreadsheet handbook runs on the files that the handbook shows, and gives what it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pandas as pd
import pytest

from tests.project.command_line import openhour

__all__ = ["openhour"]
HANDBOOK = Path(__file__).resolve().parents[2] / "docs" / "handbook-spreadsheet.md"
FILES = ("answers.csv", "trial.csv", "weekly.csv")
TEXT = HANDBOOK.read_text()
COMMANDS = re.findall(r"^\$ openhour (.+)$", TEXT, flags=re.MULTILINE)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    shown = re.findall(r"```csv\n(.+?)```", TEXT, flags=re.DOTALL)
    for name, content in zip(FILES, shown, strict=True):
        (tmp_path / name).write_text(content)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shown_runs(openhour, folder, command):
    said = openhour(*shlex.split(command))
    assert (said.exit, said.err) == (0, "")
    assert said.out
    if "--json" in command:
        assert said.json["n"] > 0


def test_the_handbook_shows_every_command_for_files():
    assert len(COMMANDS) == 11
    for name in ("instruments", "score", "change", "gains"):
        assert any(command.startswith(name) for command in COMMANDS)


def test_the_scores_are_those_the_handbook_tells(openhour, folder):
    openhour(*shlex.split(next(command for command in COMMANDS if command.startswith("score"))))
    rows = pd.read_csv(folder / "scores.csv", index_col="id")
    assert rows["total"].dropna().to_dict() == {"A1": 8, "A2": 18}
    assert rows["flags"].dropna().to_dict() == {"A2": "suicide-risk"}
    assert rows["reason"].dropna().to_dict() == {"A3": "not answered: q2", "A4": "outside the choices: q2"}


def test_the_classes_are_those_the_handbook_tells(openhour, folder):
    openhour(*shlex.split(next(command for command in COMMANDS if command.startswith("change"))))
    rows = pd.read_csv(folder / "judged.csv", index_col="id")
    assert set(rows.columns) == {"pre", "post", "change", "index", "category", "reason"}
    assert rows["category"].dropna().to_dict() == {
        "A1": "recovered",
        "A2": "unchanged",
        "A3": "improved",
        "A5": "harmed",
    }
    assert rows["reason"].dropna().to_dict() == {"A4": "no last score"}
    weekly = openhour(
        *shlex.split("change weekly.csv --id patient --time week --value phq9 --instrument phq-9 --json")
    )
    assert weekly.json["counts"] == {"recovered": 1, "improved": 0, "unchanged": 1, "deteriorated": 0, "harmed": 0}


def test_the_other_ways_to_judge_are_those_the_program_knows():
    from openhour.project.cli.change_terms import APPROACHES, METHODS

    for method in METHODS:
        assert f"`{method}`" in TEXT or f"--method {method}`" in TEXT or method == "JT"
    for option in (
        "--mid",
        "--percent",
        *(f"--approach {name}" for name in APPROACHES if name in ("distribution", "statistical")),
    ):
        assert option in TEXT


def test_the_sentences_under_when_a_file_is_refused_are_those_of_the_program(openhour, folder):
    for content, words in (
        ("a;b\n1;2\n", "The file seems to be separated by semicolons"),
        ("before,after\n3,x\n", "The cell holds no number"),
        ("before,after\n3,1\n3,2\n", "All first scores are the same"),
    ):
        (folder / "bad.csv").write_text(content)
        terms = "--reliability 0.8 --functional-mean 7 --functional-sd 7 --cutoff c --better lower"
        said = openhour(*shlex.split(f"change bad.csv --pre before --post after {terms}"))
        assert said.exit == 2
        assert words in said.err
        assert words in TEXT
