"""Run `openhour` as a person does, and look at what it prints."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from openhour.project.cli import run


@dataclass(frozen=True)
class Said:
    """exit: the exit code; out, err: what was printed."""

    exit: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one object on standard output; fails where anything else is there."""
        return json.loads(self.out)

    @property
    def codes(self) -> list[str]:
        return [finding["code"] for finding in self.json["findings"]]


class Openhour:
    """In this process, so that a whole file of tests takes seconds; `apart` starts the real program."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Said:
        self._capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        out, err = self._capsys.readouterr()
        assert "Traceback" not in out + err
        return Said(code, out, err)

    def apart(self, *arguments: object, cwd: Path | None = None) -> Said:
        program = "from openhour.project.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", program, *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=cwd,
            timeout=120,
        )
        return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def openhour(capsys: pytest.CaptureFixture[str]) -> Openhour:
    return Openhour(capsys)
