"""What a cell says: a number, nothing, or something that is no number; and never an exception."""

from __future__ import annotations

import json
import math

import numpy as np
import pyarrow as pa
import pytest

from openhour.outcomes.cells import Codes, numbers_in, read_number, texts_in
from tests.shared_data import shared


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 3), (" 3 ", 3), ("3.0", 3), ("+3", 3), ("-1.5", -1.5), (".5", 0.5), ("1e2", 100), ("007", 7)],
)
def test_a_number_is_read_as_spreadsheets_write_it(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize("text", ["", "  ", "NA", "na", "N/A", "NaN", ".", "NULL"])
def test_an_empty_cell_is_no_number_and_no_mistake(text):
    assert math.isnan(read_number(text))


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "3,5",
        "1 2",
        "inf",
        "-Infinity",
        "1e999",
        "0x10",
        "١",
        "²",
        "½",
        "3\x00",
        "1_000",
        "$3",
        "--1",
        "9" * 500,
    ],
)
def test_anything_else_is_no_number(text):
    assert read_number(text) is None


def test_codes_that_mean_no_answer_are_numbers_or_words():
    codes = Codes.of("7, 9,Refused,,")
    assert codes == Codes((7.0, 9.0), frozenset({"refused"}))
    assert [math.isnan(read_number(text, codes)) for text in ("7", "9.0", " REFUSED ", "8")] == [
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("kind", [pa.binary(), pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())])
def test_text_of_every_kind_is_read_the_same(kind):
    column = pa.array(["1", "x", None, "", "1"], pa.string()).cast(
        pa.binary() if kind == pa.binary() else pa.string()
    )
    column = column.dictionary_encode() if pa.types.is_dictionary(kind) else column.cast(kind)
    found = numbers_in(column)
    assert found.bad.tolist() == [1]
    assert np.array_equal(found.values, [1, np.nan, np.nan, np.nan, 1], equal_nan=True)


def test_numbers_of_every_kind_are_read_and_infinity_is_bad():
    assert numbers_in(pa.array([1, None, 9], pa.int8()), Codes.of("9")).values.tolist()[0] == 1
    found = numbers_in(pa.array([1.0, float("inf"), float("nan"), None]))
    assert (found.bad.tolist(), np.isnan(found.values).tolist()) == ([1], [False, False, True, True])


def test_dates_and_truth_values_are_no_scores():
    assert numbers_in(pa.array([True, False])).bad.tolist() == [0, 1]


def test_text_that_is_not_utf8_is_found():
    texts, bad = texts_in(pa.array([b"Ana ", b"\xff", None], pa.binary()))
    assert (texts.to_pylist(), bad.tolist()) == (["Ana", "", ""], [1])


def test_no_naughty_string_raises():
    strings = json.loads(shared("badinput/blns.json").read_text())
    assert len(strings) > 400
    column = pa.array([string.encode("utf-8", "surrogatepass") for string in strings], pa.binary())
    found = numbers_in(column)
    for place, string in enumerate(strings):
        alone = read_number(string)
        assert (alone is None) == (place in found.bad)
        assert alone is None or math.isnan(alone) or alone == found.values[place]
