"""A chart is read in an hour that matters: it must say the same as its numbers, whatever they are."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openhour.catalog.instrument import Band
from openhour.ui.charts import (
    CoursePoint,
    ItemChange,
    day_clock,
    item_change_rows,
    score_course,
    session_clock,
)

BANDS = ((0, "minimal"), (5, "mild"), (10, "moderate"), (15, "moderately severe"), (20, "severe"))
JAN, MAR = date(2026, 1, 5), date(2026, 3, 2)
NINE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def phq(*points: CoursePoint, **more):
    return score_course(points, "PHQ-9", BANDS, 27, **{"reliable_points": 6, "caseness": 10} | more)


def picture(figure: str) -> ElementTree.Element:
    """The SVG of a figure, read by an XML parser that forgives nothing."""
    return ElementTree.fromstring(figure[figure.index("<svg") : figure.index("</svg>") + 6])


def named(root: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    return [node for node in root.iter() if kind in node.get("class", "").split()]


def caption(figure: str) -> str:
    return re.search("<figcaption>(.*?)</figcaption>", figure).group(1)


def test_the_sentence_says_from_where_to_where_and_whether_it_counts():
    figure = phq(CoursePoint(JAN, 18, "item 9"), CoursePoint(MAR, 9))
    assert caption(figure) == (
        "PHQ-9 fell from 18 on 5 Jan 2026 to 9 on 2 Mar 2026, a reliable improvement; "
        "item 9 needed attention on 5 Jan 2026."
    )
    root = picture(figure)
    assert caption(figure) in root.get("aria-label")
    assert root.get("role") == "img"


@pytest.mark.parametrize(
    ("first", "last", "better", "words"),
    [
        (9, 18, "lower", "rose from 9 on 5 Jan 2026 to 18 on 2 Mar 2026, a reliable worsening"),
        (9, 18, "higher", "a reliable improvement"),
        (18, 9, "higher", "a reliable worsening"),
        (18, 12, "lower", "a reliable improvement"),
        (18, 13, "lower", "less than the 6 points of a reliable change"),
        (9, 9, "lower", "was 9 on 5 Jan 2026 and again on 2 Mar 2026"),
    ],
)
def test_better_and_worse_are_never_confused(first, last, better, words):
    assert words in caption(phq(CoursePoint(JAN, first), CoursePoint(MAR, last), better=better))


def test_without_a_known_reliable_change_nothing_is_claimed():
    figure = phq(CoursePoint(JAN, 18), CoursePoint(MAR, 3), reliable_points=None)
    assert "reliab" not in figure
    assert not named(picture(figure), "mark-better")


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ((), "PHQ-9 has not been answered yet."),
        ((CoursePoint(JAN, None),), "PHQ-9 has no score yet."),
        ((CoursePoint(JAN, 18),), "PHQ-9 was 18 (moderately severe) on 5 Jan 2026."),
    ],
)
def test_little_is_said_of_little(points, words):
    assert words in phq(*points)


def test_the_arrow_points_where_the_score_went_and_says_what_it_means():
    down = picture(phq(CoursePoint(JAN, 18), CoursePoint(MAR, 9)))
    assert len(named(down, "mark-better")) == 1
    assert not named(down, "mark-worse")
    assert [node.text for node in named(down, "verdict")] == ["reliably better since 5 Jan"]
    up = picture(phq(CoursePoint(JAN, 9), CoursePoint(MAR, 18)))
    assert len(named(up, "mark-worse")) == 1


def test_a_form_without_a_score_is_a_gap_and_never_a_zero():
    points = [CoursePoint(JAN + timedelta(weeks=week), score) for week, score in enumerate((18, 16, None, 12, 11))]
    root = picture(phq(*points))
    assert len(named(root, "course")) == 2
    assert len(named(root, "point")) == 4
    assert len(named(root, "unscored")) == 1


def test_a_flagged_answer_has_a_shape_and_a_word_of_its_own():
    root = picture(phq(CoursePoint(JAN, 18), CoursePoint(MAR, 9, "item 9")))
    assert [node.tag.rpartition("}")[2] for node in named(root, "flagged")] == ["path"]
    assert [node.text for node in named(root, "flag-text")] == ["item 9"]


def test_an_unscored_form_with_a_flag_still_says_so():
    assert "item 9 needed attention on 5 Jan 2026" in phq(CoursePoint(JAN, None, "item 9"))


def test_bands_are_named_at_the_edge_and_deepen_toward_the_worse():
    root = picture(phq(CoursePoint(JAN, 18)))
    assert [node.text for node in named(root, "band-label")] == [
        "minimal",
        "mild",
        "moderate",
        "moderately",
        "severe",
        "severe",
    ]
    depth = [float(node.get("fill-opacity")) for node in named(root, "band")]
    assert depth == sorted(depth)
    other = picture(score_course([CoursePoint(JAN, 9)], "WHO-5", ((0, "low"), (13, "good")), 25, better="higher"))
    depth = [float(node.get("fill-opacity")) for node in named(other, "band")]
    assert depth == sorted(depth, reverse=True)


def test_bands_of_the_shelf_are_taken_as_they_are():
    figure = score_course([CoursePoint(JAN, 9)], "GAD-7", (Band(0, "minimal"), Band(8, "case")), 21)
    assert "GAD-7 was 9 (case)" in figure


def test_points_are_drawn_by_day_whatever_order_they_come_in():
    assert phq(CoursePoint(MAR, 9), CoursePoint(JAN, 18)) == phq(CoursePoint(JAN, 18), CoursePoint(MAR, 9))


def test_the_table_holds_every_number():
    figure = phq(CoursePoint(JAN, 18, "item 9"), CoursePoint(date(2026, 1, 12), None), CoursePoint(MAR, 9))
    for cell in ("no score", "−9, reliably better", "moderately severe", "item 9"):
        assert f"<td>{cell}</td>" in figure


@pytest.mark.parametrize("broken", [{"minimum": 27}, {"better": "up"}])
def test_a_measure_that_cannot_be_is_refused(broken):
    with pytest.raises(ValueError, match=r"maximum|better"):
        phq(CoursePoint(JAN, 3), **broken)


POINTS = st.lists(
    st.builds(
        CoursePoint,
        st.dates(date(1999, 1, 1), date(2100, 1, 1)),
        st.none() | st.integers(-50, 200) | st.floats(),
        st.sampled_from(["", "", "item 9"]),
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(
    points=POINTS,
    title=st.text(max_size=30),
    labels=st.lists(st.text(max_size=25), max_size=6),
    better=st.sampled_from(["lower", "higher"]),
    reliable=st.none() | st.integers(0, 20),
    size=st.sampled_from([(360, 232), (480, 264), (640, 300)]),
)
def test_whatever_the_scores_the_picture_is_whole_and_inside_its_frame(points, title, labels, better, reliable, size):
    bands = tuple((5 * rank, label) for rank, label in enumerate(labels))
    width, height = size
    figure = score_course(
        points, title, bands, 27, reliable_points=reliable, better=better, expected=points, width=width, height=height
    )
    whole = ElementTree.fromstring(figure)
    root = whole.find("{*}svg")
    numbers = [
        (name, float(value))
        for node in root.iter()
        for name, value in node.items()
        if name in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height")
    ]
    assert not any("nan" in str(node.attrib.values()).lower() for node in named(root, "point"))
    for name, value in numbers:
        assert 0 <= value <= (width if name[0] in "xw" or name == "cx" else height), (name, value)
    for line in (*named(root, "course"), *named(root, "expected")):
        for spot in line.get("points").split():
            x, y = map(float, spot.split(","))
            assert 0 <= x <= width
            assert 0 <= y <= height
    scored = sum(point.scored for point in points)
    assert len(named(root, "point")) + len(named(root, "flagged")) == scored
    assert len(named(root, "unscored")) == len(points) - scored
    assert whole.find("figcaption").text == root.find("{*}desc").text


@given(st.text())
def test_no_word_of_a_definition_becomes_markup(words):
    figure = score_course([CoursePoint(JAN, 3, words), CoursePoint(MAR, None, words)], words, ((0, words),), 27)
    ElementTree.fromstring(figure)
    tags = {node.tag.rpartition("}")[2] for node in ElementTree.fromstring(figure).iter()}
    assert tags <= {
        "figure", "svg", "title", "desc", "rect", "text", "line", "polyline", "path", "circle",
        "figcaption", "details", "summary", "table", "caption", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip


def test_each_answer_says_how_it_moved():
    table = item_change_rows(
        [
            ItemChange("1", "Interest", 3, 1),
            ItemChange("2", "Mood", 1, 1),
            ItemChange("3", "Sleep", 0, 2),
            ItemChange("4", "Appetite", None, 1),
            ItemChange("9", "Death", 0, 1, flag=True),
        ],
        "PHQ-9",
    )
    rows = ElementTree.fromstring(table).findall("tbody/tr")
    changes = ["".join(row.findall("td")[2].itertext()) for row in rows]
    assert changes == ["better by 2", "same", "worse by 2", "", "worse by 1"]
    assert "not answered" in "".join(rows[3].itertext())
    assert "needs attention" in "".join(rows[4].itertext())


def test_more_is_better_where_the_measure_says_so():
    assert "better by 2" in item_change_rows([ItemChange("1", "Joy", 1, 3)], "WHO-5", steps=5, better="higher")


@given(st.integers(0, 6), st.integers(0, 6), st.integers(1, 6))
def test_as_many_dots_are_filled_as_the_answer_scored(then, now, steps):
    table = item_change_rows([ItemChange("1", "Q", min(then, steps), min(now, steps))], "T", steps=steps)
    assert table.count('class="on"') == min(then, steps) + min(now, steps)
    assert table.count("<circle") == 2 * steps


@given(st.integers(-10, 20_000))
def test_the_ring_never_runs_beyond_its_lap(seconds):
    root = ElementTree.fromstring(day_clock(seconds).replace(" data-clock-ring", "").replace(" data-clock-over", ""))
    for arc in (*named(root, "elapsed"), *named(root, "over")):
        passed, gap = map(int, arc.get("stroke-dasharray").split())
        assert 0 <= passed <= int(arc.get("pathLength")) == 3600
        assert gap >= 3600


def test_the_ring_marks_the_minutes_that_matter():
    assert ">53</text>" in day_clock(0)
    assert ">60</text>" in day_clock(0)


def test_the_clock_drops_seconds_and_stands_still_when_stopped():
    running = session_clock(NINE, NINE + timedelta(minutes=52, seconds=59))
    assert ">52 min<" in running
    assert "data-stopped-at" not in running
    held = session_clock(NINE, NINE + timedelta(hours=3), NINE + timedelta(minutes=54))
    assert ">54 min<" in held
    assert "held 9:00 am to 9:54 am" in held


def test_the_clock_refuses_a_time_that_knows_no_zone():
    with pytest.raises(ValueError, match="zone"):
        session_clock(NINE.replace(tzinfo=None), NINE)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 900), min_size=1, max_size=12, unique=True),
    st.sampled_from([320, 360, 440, 600, 720]),
)
def test_no_two_days_under_a_curve_run_into_each_other(days, width):
    points = [CoursePoint(on=JAN + timedelta(days=day), score=7) for day in days]
    root = picture(phq(*points, width=width))
    spans = []
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        if re.fullmatch(r"\d+ [A-Z][a-z]{2}( \d{4})?", text.text or ""):
            x, wide = float(text.get("x")), len(text.text) * 6.9
            left = {"start": x, "middle": x - wide / 2, "end": x - wide}[text.get("text-anchor", "start")]
            spans.append((left, left + wide))
    spans.sort()
    assert spans
    assert all(after[0] > before[1] for before, after in pairwise(spans)), spans


def test_a_year_of_weeks_still_shows_its_first_and_last_day():
    points = [CoursePoint(on=JAN + timedelta(weeks=week), score=7) for week in range(40)]
    words = "".join(picture(phq(*points, width=440)).itertext())
    assert "5 Jan" in words
    assert "5 Oct" in words
