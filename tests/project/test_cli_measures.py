"""`openhour measures import`: what it prints, what it keeps, and that nothing bad shows a traceback."""

from __future__ import annotations

import csv

import pytest

from openhour.records.models import MeasureSource, Response
from tests.cast import NOW
from tests.project.command_line import openhour

__all__ = ["openhour"]
pytestmark = pytest.mark.django_db
HEAD = "MRN,Day," + ",".join(f"a{item}" for item in range(1, 10))
MAP = [f"--map={wanted}" for wanted in ("patient=MRN", "date=Day", *(f"q{item}=a{item}" for item in range(1, 10)))]
GOOD, BAD, OLD = (
    "P-1001,2026-02-27,1,1,1,1,1,1,1,1,0",
    "P-9999,2026-02-27,1,1,1,1,1,1,1,1,0",
    "P-1001,2025-02-20,1,1,1,1,1,1,1,1,3",
)


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr("openhour.project.cli.measures._now", lambda: NOW)


@pytest.fixture
def answers(cast, tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text("\n".join((HEAD, GOOD, BAD, OLD)), encoding="utf-8")
    return path


def bring_in(openhour, path, *more, mapped=MAP):
    return openhour("measures", "import", path, "--source", "old system", "--instrument", "phq-9", *mapped, *more)


def test_a_person_reads_what_was_kept_what_was_not_and_what_to_look_at(openhour, answers):
    said = bring_in(openhour, answers)
    assert said.exit == 0
    assert said.out.splitlines() == [
        "3 rows: 2 kept, 0 there already, 1 refused.",
        "  row 3, column MRN: There is no patient of this number.",
        "  row 4: PHQ-9 item 9 was answered with 3 on 2025-02-20: too old for an alert; look at it yourself.",
    ]
    assert Response.objects.count() == 2


def test_one_json_object(openhour, answers):
    said = bring_in(openhour, answers, "--dry-run", "--json").json
    assert (said["rows"], said["kept"], said["refused"], said["dry_run"]) == (3, 2, 1, True)
    assert said["codes"] == {"patient.unknown": 1}
    assert said["flags"][0]["alert"] is False
    assert not Response.objects.exists()


def test_the_next_file_of_the_source_needs_no_mapping(openhour, answers):
    bring_in(openhour, answers)
    assert "2 there already" in bring_in(openhour, answers, mapped=()).out
    assert MeasureSource.objects.get().mapping["q1"] == "a1"


def test_a_mapping_may_stand_in_a_file(openhour, answers, tmp_path):
    pairs = tmp_path / "map.txt"
    pairs.write_text("# ours\n" + "\n".join(one.removeprefix("--map=") for one in MAP), encoding="utf-8")
    assert bring_in(openhour, answers, mapped=("--map", pairs)).exit == 0
    assert Response.objects.count() == 2


def test_every_bad_row_goes_into_the_report_and_nothing_is_overwritten(openhour, answers, tmp_path):
    report = tmp_path / "bad.csv"
    bring_in(openhour, answers, "--report", report)
    rows = list(csv.reader(report.open(encoding="utf-8")))
    assert rows == [
        ["row", "column", "code", "reason"],
        ["3", "MRN", "patient.unknown", "There is no patient of this number."],
    ]
    again = bring_in(openhour, answers, "--report", report, "--json")
    assert (again.exit, again.codes) == (2, ["out.exists"])


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--map", "q1"), "map.unreadable"),
        (("--map", "=a1"), "usage"),
        (("--map", "q99=a1"), "map.unknown"),
        (("--delimiter", ";;"), "usage"),
        (("--instrument", "mystery"), "instrument.unknown"),
        (("--source", "\ud800"), "usage"),
    ],
    ids=["no-file", "no-name", "unknown", "delimiter", "instrument", "source"],
)
def test_what_cannot_be_is_refused_with_its_code(openhour, answers, more, code):
    said = bring_in(openhour, answers, *more, "--json")
    assert said.exit == 2
    assert code in said.codes


def test_a_file_that_is_none_is_refused(openhour, cast, tmp_path):
    assert bring_in(openhour, tmp_path / "nothing.csv", "--json").codes == ["file.missing"]
    empty = tmp_path / "empty.parquet"
    empty.write_bytes(b"PAR1")
    assert bring_in(openhour, empty, "--json").exit == 2
