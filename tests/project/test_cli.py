"""What every command promises: help with an example, one JSON object, exit code 0 or 2, and a light start."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time

import click
import pytest

from openhour.project.cli import openhour as program
from openhour.project.cli.commands import COMMANDS
from tests.outcomes.files import NINE_COLUMNS, answers_csv, parquet_file
from tests.project.command_line import openhour

__all__ = ["openhour"]
HEAVY = ("numpy", "pyarrow", "django", "scipy", "pandas", "openhour.catalog", "openhour.records")


def test_help_lists_every_command_and_imports_nothing_heavy():
    program = (
        "import sys\nfrom openhour.project.cli import run\ncode = run(['--help'])\n"
        f"print('heavy:', [name for name in {HEAVY!r} if name in sys.modules], code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert "heavy: [] 0" in done.stdout
    assert all(f"  {registered.name}" in done.stdout for registered in COMMANDS)


def every_command() -> list[tuple[str, ...]]:
    """What a person types for each command, those inside a group too."""
    typed: list[tuple[str, ...]] = []
    context = click.Context(program)
    for name in program.list_commands(context):
        command = program.get_command(context, name)
        typed += [(name, inner) for inner in command.commands] if isinstance(command, click.Group) else [(name,)]
    return typed


@pytest.mark.parametrize("typed", every_command(), ids=" ".join)
def test_every_command_has_help_with_an_example_and_speaks_json(openhour, typed):
    said = openhour(*typed, "--help")
    assert said.exit == 0
    assert f"Example:\n    openhour {' '.join(typed)}" in said.out
    assert "--json" in said.out


def test_names_in_the_register_are_unique():
    assert len({registered.name for registered in COMMANDS}) == len(COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["score"], ["score", "phq-9"], ["change", "x.csv", "--cutoff", "z"], ["--nonsense"], []],
)
def test_a_wrong_call_exits_2_and_says_why_on_standard_error(openhour, arguments):
    said = openhour(*arguments)
    assert (said.exit, said.out) == (2, "")
    assert said.err


def test_a_wrong_call_with_json_is_one_object_on_standard_output(openhour):
    said = openhour("score", "--json")
    assert (said.exit, said.err) == (2, "")
    assert said.codes == ["usage"]


def test_a_refusal_with_json_names_code_sentence_and_place(openhour):
    said = openhour("score", "phq-9", "nowhere.csv", "--json")
    assert said.exit == 2
    assert said.json == {
        "findings": [{"code": "file.missing", "sentence": "There is no such file.", "place": "nowhere.csv"}]
    }


def test_what_is_printed_can_not_steer_the_terminal(openhour):
    said = openhour("score", "phq-9", "\x1b[2Jno\nwhere.csv")
    assert "\x1b" not in said.err
    assert said.err.count("\n") == 1


def test_the_real_program_gives_the_exit_code(openhour):
    assert openhour.apart("--version").exit == 0
    said = openhour.apart("score", "phq-9", "nowhere.csv")
    assert (said.exit, said.out) == (2, "")
    assert "There is no such file" in said.err


def test_a_reader_that_has_seen_enough_is_no_error():
    program = "from openhour.project.cli import main; main()"
    piped = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {sys.executable} -c '{program}' instruments --json | true"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "Traceback" not in piped.stderr


def test_instruments_lists_what_can_be_scored(openhour):
    said = openhour("instruments", "--json")
    slugs = {one["slug"]: one for one in said.json["instruments"]}
    assert {"phq-9", "gad-7"} <= slugs.keys()
    assert slugs["phq-9"]["case_cutoff"] == 10
    assert "phq-9" in openhour("instruments").out


def test_a_person_at_a_terminal_sees_progress_and_a_pipe_does_not(tmp_path):
    path = answers_csv(tmp_path, [(place, *[1] * 9) for place in range(200)])
    words = [
        sys.executable,
        "-c",
        "from openhour.project.cli import main; main()",
        "score",
        "phq-9",
        str(path),
        "--json",
    ]
    ours, theirs = pty.openpty()
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=theirs, timeout=60)
    os.close(theirs)
    assert b"Scoring PHQ-9" in os.read(ours, 4096)
    assert json.loads(done.stdout)["n"] == 200
    assert subprocess.run(words, capture_output=True, timeout=60).stderr == b""


def test_a_program_that_is_killed_leaves_no_half_written_result(tmp_path):
    path = parquet_file(tmp_path, {name: [1] * 2_000_000 for name in NINE_COLUMNS})
    out = tmp_path / "scores.csv"
    started = subprocess.Popen(
        [sys.executable, "-c", "from openhour.project.cli import main; main()", "score", "phq-9", path, "--out", out],
        stdout=subprocess.DEVNULL,
    )
    while started.poll() is None and not any(part.stat().st_size for part in tmp_path.glob(".scores*")):
        time.sleep(0.01)
    started.kill()
    assert started.wait() != 0
    assert not out.exists()
