"""The words of a line, a row of the CSV file and the object of the JSON: all say the same, and nothing that is hidden."""

import csv
import io
import json

import pytest

from openhour.kernel import Finding
from openhour.outcomes.funnel import Funnel, FunnelPoint
from openhour.outcomes.report.shown import (
    FIELDS,
    as_csv,
    as_facts,
    as_text,
    note_of_hidden,
    number_words,
    sections,
    value_words,
)
from openhour.outcomes.report.values import Line, MeasurePictures, Report, Step

POINT = FunnelPoint(30, 5.2, 3.14, 2.0, 4.28, "above")


def line(what="referred", words="Referred", group="", section="intake", measure="", **more):
    return Line(group, section, measure, what, words, **more)


SHARE = line("planned", "Ended as planned", n=18, of=40, share=0.45, low=0.307, high=0.602)
HIDDEN = line("worse", "Worse", "", "change", "PHQ-9", of=40, hidden=True)
LINES = (
    line(n=1240),
    SHARE,
    HIDDEN,
    line("effect", "Effect", "", "change", "PHQ-9", value=0.849, low=0.8, high=float("nan"), unit="SD"),
    line("effect", "Effect", "", "change", "GAD-7", why="All first scores are the same."),
    line(group="=Main", n=12),
)
REPORT = Report(
    "site",
    ("=Main",),
    LINES,
    (
        MeasurePictures(
            "phq-9", "PHQ-9", "lower", 0, 27, 6, 10, True,
            steps=(Step(3, 0.25, float("nan"), 0.4),), funnel=Funnel((POINT,), (), why_not=""),
        ),
    ),
    (Finding("report.no-ends", "No column says when an episode ended.", "rows.csv, column ended"),),
    5,
)  # fmt: skip


@pytest.mark.parametrize(
    ("one", "number", "value"),
    [
        (line(n=1240), "1,240", ""),
        (SHARE, "18 of 40", "45 % (31 to 60)"),
        (line(n=0, of=0, why="nobody to count"), "0 of 0", "nobody to count"),
        (HIDDEN, "hidden", "hidden"),
        (line(value=13.25, unit="points"), "", "13.2"),
        (line(unit="points", hidden=True), "", "hidden"),
        (line(value=0.849, low=0.8, high=0.9, unit="SD"), "", "0.85 (0.80 to 0.90)"),
        (line(value=1, unit="weeks"), "", "1 week"),
        (line(value=7, low=6, high=8, unit="weeks"), "", "7 weeks (6 to 8)"),
        (line(value=7, low=6, unit="weeks"), "", "7 weeks (6 to not known)"),
        (line(unit="weeks", why="fewer than half were"), "", "fewer than half were"),
        (line(n=6, of=6, share=1.0, low=0.61, high=1.0), "6 of 6", "100 % (61 to 100)"),
    ],
    ids=[
        "count", "share", "nobody", "hidden", "mean", "hidden-mean", "effect", "week", "weeks", "open", "none", "all",
    ],
)  # fmt: skip
def test_each_kind_of_line_has_its_words(one, number, value):
    assert (number_words(one, 5), value_words(one)) == (number, value)


def test_a_row_of_the_csv_has_every_fact_of_its_line():
    heads, *rows = list(csv.reader(io.StringIO(as_csv(REPORT))))
    assert tuple(heads) == FIELDS
    assert len(rows) == len(LINES)
    assert rows[1] == [
        "", "intake", "", "planned", "Ended as planned", "18", "40", "0.45", "", "0.307", "0.602", "", "no", "",
    ]  # fmt: skip
    assert dict(zip(heads, rows[2], strict=True)) | {"words": ""} == {
        "group": "", "section": "change", "measure": "PHQ-9", "what": "worse", "words": "", "n": "", "of": "40",
        "share": "", "value": "", "low": "", "high": "", "unit": "", "hidden": "yes", "why": "",
    }  # fmt: skip
    assert rows[5][0] == "'=Main"


def test_the_csv_ends_each_row_as_spreadsheets_do():
    assert as_csv(REPORT).count("\r\n") == len(LINES) + 1


def test_the_object_is_json_without_numbers_that_are_none():
    facts = json.loads(json.dumps(as_facts(REPORT), allow_nan=False))
    assert (facts["by"], facts["smallest"], facts["groups"]) == ("site", 5, ["=Main"])
    assert facts["lines"][3]["high"] is None
    assert facts["pictures"][0]["steps"] == [{"week": 3, "share": 0.25, "low": None, "high": 0.4}]
    assert facts["notes"] == [
        {
            "code": "report.no-ends",
            "sentence": "No column says when an episode ended.",
            "place": "rows.csv, column ended",
        }
    ]


def test_parts_are_headed_by_what_they_are_and_by_measure():
    assert [title for title, _ in sections(REPORT, "")] == ["Intake", "Change: PHQ-9", "Change: GAD-7"]
    assert [(title, len(lines)) for title, lines in sections(REPORT, "=Main")] == [("Intake", 1)]


def test_the_text_says_hidden_once_a_line_and_why_at_the_end():
    text = as_text(REPORT)
    (worse,) = [row for row in text.splitlines() if row.startswith("  Worse")]
    assert worse.split() == ["Worse", "hidden"]
    assert text.endswith(
        "Hidden: numbers from 1 to 4 of people or sessions, and those from which they could be computed."
    )
    assert "Note: No column says when an episode ended." in text
    assert text.index("All\n===") < text.index("=Main\n=====")


def test_therapists_are_points_without_names():
    assert "PHQ-9: therapists\n      30 cases  +3.14 points better than expected (+2.00 to +4.28): above" in as_text(
        REPORT
    )


def test_where_nothing_is_hidden_nothing_is_said_of_it():
    assert note_of_hidden(Report("", (), LINES[:2], smallest=5)) == ""
    assert note_of_hidden(Report("", (), LINES, smallest=1)) == ""
    assert "from 1 to 9" in note_of_hidden(Report("", (), LINES, smallest=10))


def test_a_line_that_isn_t_there_is_a_key_error():
    assert REPORT.line("effect", measure="GAD-7").why
    with pytest.raises(KeyError, match="finished"):
        REPORT.line("finished")
    with pytest.raises(KeyError):
        REPORT.line("effect", group="=Main")
