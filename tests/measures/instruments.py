"""Measures for the tests, made by hand so that they don't depend on what stands on the shelf."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from openhour.catalog.instrument import Band, ChangeRule, Choice, Flag, Instrument, Item, Scoring
from openhour.catalog.pin import Pin

CHOICES = tuple(Choice(value, f"choice {value}", "") for value in range(4))
BANDS = (
    Band(0, "minimal"),
    Band(5, "mild"),
    Band(10, "moderate"),
    Band(15, "moderately severe"),
    Band(20, "severe"),
)


def questions(count: int, *, unscored: int = 0, choices: tuple[Choice, ...] = CHOICES) -> tuple[Item, ...]:
    scored = [Item(str(place), f"question {place}", "", True, choices) for place in range(1, count + 1)]
    beside = [
        Item(str(place), "how difficult", "", False, choices) for place in range(count + 1, count + unscored + 1)
    ]
    return (*scored, *beside)


NINE = Instrument(
    pin=Pin("instrument", "nine", "1.0.0", date(2026, 1, 1), "0" * 64),
    title="Nine questions on mood",
    short="NINE",
    why="To see how the weeks go.",
    licence="test",
    source="test",
    loinc_panel="",
    loinc_total="",
    minutes=2,
    stem="",
    items=questions(9, unscored=1),
    scoring=Scoring("sum", 0, 27, 0, "test"),
    bands=BANDS,
    flags=(Flag("9", 1, "suicide-risk", "test", True),),
    change=ChangeRule("lower", 6, 10, "test", True),
    data_columns=tuple(f"DPQ{place:02}0" for place in range(1, 10)),
    examples=(),
)
"""Shaped like the PHQ-9: nine scored items of 0-3, one beside the total, item 9 dangerous from 1."""

SEVEN = replace(
    NINE,
    pin=replace(NINE.pin, slug="seven"),
    short="SEVEN",
    items=questions(7),
    scoring=Scoring("sum", 0, 21, 0, "test"),
    bands=(Band(0, "minimal"), Band(5, "mild"), Band(10, "moderate"), Band(15, "severe")),
    flags=(),
    change=ChangeRule("lower", 4, 8, "test", True),
    data_columns=(),
)

WELL = replace(
    NINE,
    pin=replace(NINE.pin, slug="well"),
    short="WELL",
    items=questions(5, choices=tuple(Choice(value, "", "") for value in range(6))),
    scoring=Scoring("sum", 0, 25, 1, "test"),
    bands=(Band(0, "low"), Band(13, "good")),
    flags=(),
    change=ChangeRule("higher", 3, 12, "test", True),
    data_columns=(),
)
"""Higher is better, one of five may be missing."""

GAPPED = replace(
    SEVEN,
    items=questions(2, choices=(Choice(0, "", ""), Choice(2, "", ""), Choice(4, "", ""))),
    scoring=Scoring("sum", 0, 8, 0, "test"),
)
"""Choices that skip numbers: 1 and 3 are no answers."""
