"""The page on expected courses is true: its table is what the simulation finds, and its example is read by the shelf."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from openhour.catalog import shelf_with, shipped_folder
from openhour.measures.signals import KINDS
from openhour.outcomes import growth, held_out
from tests.project.command_line import openhour

__all__ = ["openhour"]
DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "expected-courses.md").read_text("utf-8")
DEFINITION = (DOCS / "definitions" / "course.md").read_text("utf-8")


def told() -> list[list[str]]:
    """The rows of the simulation's table."""
    rows = [line.strip("| \n").split(" | ") for line in PAGE.splitlines() if line.startswith("| ")]
    return [row for row in rows if len(row) == 6 and "%" in row[2]]


def test_the_table_is_what_the_simulation_finds(openhour):
    found = openhour("course", "simulate", "--seed", 1, "--patients", 2000, "--json").json["signals"]
    assert len(told()) == len(found)
    for (kind, truth, caught, peace, right, lead), one in zip(told(), found, strict=True):
        assert (kind, truth) == (one["kind"], one["truth"])
        for words, name in ((caught, "sensitivity"), (peace, "specificity"), (right, "ppv")):
            assert float(words.removesuffix(" %")) == pytest.approx(100 * one[name]["share"], abs=2), (kind, name)
        assert float(lead) == pytest.approx(one["lead_sessions"]["middle"], abs=1)


def test_the_page_names_every_signal_and_every_threshold():
    for kind in KINDS:
        assert kind.replace("-", " ") in PAGE
    assert f"{growth.FEWEST} patients" in PAGE
    assert f"outside {100 * held_out.HELD_LOW:.0f} to {100 * held_out.HELD_HIGH:.0f} %" in PAGE


def test_every_command_on_the_page_exists(openhour):
    commands = re.findall(r"openhour course (\w+)", PAGE)
    assert {"check", "fit", "show", "simulate"} <= set(commands)
    for command in set(commands):
        assert openhour("course", command, "--help").exit == 0


def test_the_example_of_the_definition_page_is_read(tmp_path):
    (block,) = re.findall(r"^```toml\n(.*?)^```$", DEFINITION, re.MULTILINE | re.DOTALL)
    (tmp_path / "courses").mkdir()
    (tmp_path / "courses" / "own.toml").write_text(block)
    shelf = shelf_with(tmp_path)
    assert not [finding for finding in shelf.findings if "own" in finding.place]
    assert shelf.starting_course("gad-7", on=date(2027, 2, 1)).confirmed


def test_the_definition_page_mentions_every_key():
    words = set(re.findall(r"[a-z_0-9]+", DEFINITION + (DOCS / "definitions" / "README.md").read_text("utf-8")))
    for path in (shipped_folder() / "courses").glob("*.toml"):
        values = tomllib.loads(path.read_text("utf-8"))
        keys = {*values, *values["growth"], *values["spread"], *values["example"][0]}
        assert keys <= words
