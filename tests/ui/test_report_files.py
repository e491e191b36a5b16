"""A report for eyes: pictures with the same numbers in words, files that stand alone, and what the PDF is told."""

import csv
import io
import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from openhour.kernel import Finding
from openhour.outcomes.funnel import Funnel, FunnelPoint, Limits
from openhour.outcomes.report.values import Line, MeasurePictures, Report, Spot, Step
from openhour.ui.reports import picture_files, pictures, report_data, row_words

FUNNEL = Funnel(
    (FunnelPoint(20, 0.4, 0.2, -0.8, 1.2, "as expected"), FunnelPoint(30, -5, -3, -4, -2, "below", mine=True)),
    (Limits(15, -2, 2, -3, 3), Limits(33, -1.5, 1.5, -2.5, 2.5)),
)


def measure(**more):
    facts = {
        "spots": (Spot(16, 4, 6), Spot(22, 7, 9)), "width": 3, "undrawn": True,
        "steps": (Step(3, 0.25, 0.1, 0.4), Step(6, 0.55, 0.4, 0.7)), "followed": 20, "funnel": FUNNEL,
    }  # fmt: skip
    return MeasurePictures("phq-9", "PHQ-9", "lower", 0, 27, 6, 10, True, **facts | more)


def a_report(*drawn, groups=()):
    lines = tuple(
        Line(group, "intake", "", "ended", "Ended", n=12 if not group else None, hidden=bool(group))
        for group in ("", *groups)
    )
    lines += (Line("", "change", "PHQ-9", "worse", "Worse", of=12, hidden=True),)
    return Report("site" if groups else "", groups, lines, drawn, (Finding("x", "Read this.", "rows"),), 5)


WHOLE = a_report(measure(), groups=("Main & <b>",))


def test_a_measure_has_three_pictures_with_names_for_files():
    assert [(one.name, one.title) for one in pictures(WHOLE)] == [
        ("phq-9-change", "First and last scores"),
        ("phq-9-time", "Time to improvement"),
        ("phq-9-therapists", "Therapists"),
    ]


def test_the_words_beside_a_picture_are_its_own():
    change, time, therapists = pictures(WHOLE)
    assert change.sentence == (
        "PHQ-9: first and last scores of 15 people; people whose scores few others share are not drawn."
    )
    assert change.heads == ("First score", "Last score", "People", "Change")
    assert change.rows[0] == ("15 to 17", "3 to 5", "6", "reliably better")
    assert time.rows == (("3", "25 %", "10 % to 40 %"), ("6", "55 %", "40 % to 70 %"))
    assert therapists.sentence.endswith("1 as expected and 1 below. Yours are below.")
    assert [row[0] for row in therapists.rows] == ["20", "30 (you)"]


def test_a_measure_without_points_has_no_curve_and_without_therapists_no_funnel():
    assert [one.name for one in pictures(a_report(replace(measure(), points=None)))] == [
        "phq-9-change",
        "phq-9-therapists",
    ]
    assert [one.name for one in pictures(a_report(measure(funnel=None)))] == ["phq-9-change", "phq-9-time"]
    assert pictures(a_report()) == ()


def test_a_picture_that_may_not_be_drawn_is_a_sentence_and_no_file():
    nothing = a_report(measure(spots=(), steps=(), followed=None, funnel=Funnel((), (), why_not="Too few.")))
    assert [(one.svg, one.rows, one.heads) for one in pictures(nothing)] == [("", (), ())] * 3
    assert [one.sentence for one in pictures(nothing)][2] == "PHQ-9: Too few."
    assert list(picture_files(nothing)) == []
    assert [one["svg"] for one in report_data(nothing, title="", practice="", period="")["pictures"]] == [""] * 3


def test_each_file_carries_its_colours_and_has_its_numbers_beside():
    files = dict(picture_files(WHOLE))
    assert list(files) == [
        f"phq-9-{name}.{kind}" for name in ("change", "time", "therapists") for kind in ("svg", "csv")
    ]
    for name, content in files.items():
        if name.endswith("svg"):
            root = ElementTree.fromstring(content.encode())
            assert root.find("{http://www.w3.org/2000/svg}style").text.startswith("text{font:11.5px sans-serif")
            assert root.get("viewBox")
    rows = list(csv.reader(io.StringIO(files["phq-9-time.csv"])))
    assert rows == [["Week", "Reliably better by then", "95 % interval"], *map(list, pictures(WHOLE)[1].rows)]


@pytest.fixture(scope="module")
def data():
    return report_data(WHOLE, title="Outcome report", practice="River", period="2026", parts=("quiet",))


def test_the_pdf_is_told_json_and_nothing_else(data):
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert (data["title"], data["practice"], data["period"], data["parts"]) == (
        "Outcome report", "River", "2026", ["quiet"],
    )  # fmt: skip


def test_the_pdf_has_the_whole_first_and_then_each_group(data):
    assert [group["name"] for group in data["groups"]] == ["", "Main & <b>"]
    assert data["groups"][0]["sections"] == [
        {"title": "Intake", "rows": [["Ended", "12", ""]]},
        {"title": "Change: PHQ-9", "rows": [["Worse", "hidden", ""]]},
    ]
    assert data["groups"][1]["sections"] == [{"title": "Intake", "rows": [["Ended", "hidden", ""]]}]


def test_the_pdf_says_what_is_hidden_and_what_to_know(data):
    assert data["notes"] == ["Read this."]
    assert data["hidden"].startswith("Hidden: numbers from 1 to 4")
    assert all("'Libertinus Serif'" in one["svg"] for one in data["pictures"])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (Line("", "intake", "", "x", "Ended", n=8), ["Ended", "8", ""]),
        (Line("", "intake", "", "x", "Planned", n=2, of=5, share=0.4, low=0.12, high=0.77), ["Planned", "2 of 5", "40 % (12 to 77)"]),
        (Line("", "intake", "", "x", "Mean", hidden=True, unit="points"), ["Mean", "", "hidden"]),
        (Line("", "intake", "", "x", "Worse", hidden=True), ["Worse", "hidden", ""]),
    ],
    ids=["count", "share", "hidden-mean", "hidden"],
)  # fmt: skip
def test_a_row_says_hidden_once(line, words):
    assert row_words(line, 5) == words
