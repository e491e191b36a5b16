"""What changed since last time, question by question."""

from __future__ import annotations

from openhour.measures import ItemChange, item_changes
from tests.measures.instruments import NINE, WELL


def test_each_question_says_whether_it_became_better_or_worse():
    found = item_changes(NINE, {"1": 3, "2": 0, "3": 2}, {"1": 1, "2": 1, "3": 2})
    assert [item.item for item in found] == [str(place) for place in range(1, 11)]
    assert found[0] == ItemChange("1", 3, 1, -2, "better")
    assert found[1] == ItemChange("2", 0, 1, 1, "worse")
    assert found[2] == ItemChange("3", 2, 2, 0, "same")


def test_without_both_answers_nothing_is_said():
    found = item_changes(NINE, {"1": 3, "2": None, "3": 7}, {"1": None, "2": 2, "3": 1})
    assert [(item.before, item.after, item.change, item.direction) for item in found[:3]] == [
        (3, None, None, "unknown"),
        (None, 2, None, "unknown"),
        (None, 1, None, "unknown"),
    ]


def test_where_higher_is_better_a_rise_is_better():
    assert item_changes(WELL, {"1": 1}, {"1": 4})[0].direction == "better"
