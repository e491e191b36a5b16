"""The range in which a course is expected: drawn behind the curve, said in the sentence, kept in the table."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhour.ui.charts import CoursePoint, LikelyPoint, score_course

DAYS = [date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 19)]
LIKELY = [LikelyPoint(DAYS[0], 14, 16, 18), LikelyPoint(DAYS[1], 9.4, 13, 16.6), LikelyPoint(DAYS[2], 6.2, 11, 15.8)]


def drawn(*scores, likely=LIKELY, **more):
    points = [CoursePoint(day, score) for day, score in zip(DAYS, scores, strict=True)]
    return str(score_course(points, "PHQ-9", maximum=27, likely=likely, **more))


@pytest.mark.parametrize(
    ("last", "better", "words"),
    [
        (11, "lower", "; as expected by then (7 to 15)."),
        (15, "lower", "; as expected by then (7 to 15)."),
        (16, "lower", "; worse than expected by then (7 to 15)."),
        (6, "lower", "; better than expected by then (7 to 15)."),
        (16, "higher", "; better than expected by then (7 to 15)."),
        (6, "higher", "; worse than expected by then (7 to 15)."),
    ],
)
def test_the_sentence_holds_the_last_score_against_what_was_expected(last, better, words):
    assert words in drawn(16, 14, last, better=better)


def test_the_band_is_drawn_once_with_its_edges_and_its_middle():
    picture = drawn(16, 14, 11)
    assert picture.count('class="likely"') == 1
    assert picture.count('class="likely-edge"') == 2
    assert picture.count('class="expected"') == 1
    assert picture.index('class="likely"') < picture.index('class="course"')


def test_the_table_says_for_each_day_what_was_expected():
    table = drawn(16, 18, None).split("<table")[1]
    assert "<td>14 to 18</td>" in table
    assert "10 to 16, worse than expected" in table
    assert "7 to 15" in table  # also where there is no score


def test_without_a_range_nothing_is_said_of_it():
    picture = drawn(16, 14, 11, likely=())
    assert "expected" not in picture.lower()
    assert "likely" not in picture


def test_a_day_of_which_nothing_is_expected_is_left_empty():
    picture = drawn(16, 14, 25, likely=LIKELY[:2])
    assert "by then" not in picture


def test_one_day_alone_is_no_band():
    assert "<polygon" not in drawn(16, 14, 11, likely=LIKELY[:1])


def test_scores_that_are_no_whole_numbers_keep_the_edges_as_they_are():
    assert "by then (6.2 to 15.8)" in drawn(16, 14, 11.5)


def test_the_picture_reaches_as_far_as_what_is_expected():
    ahead = [*LIKELY, LikelyPoint(date(2026, 3, 2), 4, 8, 12)]
    xs = [
        float(spot.split(",")[0])
        for spot in drawn(16, 14, 11, likely=ahead).split('class="course" points="')[1].split('"')[0].split()
    ]
    assert xs[-1] < 200  # three weeks of eight


@given(
    st.lists(
        st.tuples(st.floats(-50, 50), st.floats(0, 40), st.floats(0, 40)).map(
            lambda one: (one[0], one[0] + one[1], one[0] + one[1] + one[2])
        ),
        min_size=3,
        max_size=3,
    ),
    st.lists(st.integers(0, 27), min_size=3, max_size=3),
)
def test_no_word_contradicts_the_numbers_beside_it(bands, scores):
    likely = [LikelyPoint(day, *band) for day, band in zip(DAYS, bands, strict=True)]
    table = drawn(*scores, likely=likely)
    for score, (low, _, high) in zip(scores, bands, strict=True):
        assert low <= score <= high or "than expected" in table


def test_other_words_take_the_place_of_the_sentence_for_whoever_is_no_clinician():
    picture = drawn(16, 14, 11, words="Clearly better than when you began.", reliable_points=5)
    assert "<figcaption>Clearly better than when you began.</figcaption>" in picture
    assert "by then" not in picture
    assert "PHQ-9 fell" not in picture
    heads = picture.split("<thead>")[1].split("</thead>")[0]
    assert heads.count("<th") == 4
    assert "Band" not in heads
    assert "Noted" not in heads
    for row in picture.split("<tbody>")[1].split("<tr>")[1:]:
        assert row.count("<td") == 3
