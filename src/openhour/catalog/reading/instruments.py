"""Read an instrument: its items and choices, scoring, bands, flags, change rule and examples, checked against each other."""

from __future__ import annotations

import re
from itertools import pairwise

from openhour.catalog.instrument import Band, ChangeRule, Choice, Example, Flag, Instrument, Item, Scoring
from openhour.catalog.kinds import BETTER, SCORING
from openhour.catalog.reading.examples import check_examples
from openhour.catalog.reading.head import read_pin
from openhour.catalog.reading.table import Table

_LOINC = re.compile(r"\d{1,7}-\d", re.ASCII)
_LOINC_ANSWER = re.compile(r"LA\d{1,7}-\d", re.ASCII)


def read_instrument(table: Table, digest: str) -> Instrument:
    """The instrument in the file; complaints go to the table's findings."""
    items = _items(table)
    scoring = _scoring(table.table("score"), items)
    instrument = Instrument(
        pin=read_pin(table, "instrument", digest),
        title=table.text("title"),
        short=table.text("short"),
        why=table.text("why"),
        licence=table.text("licence"),
        source=table.text("source"),
        loinc_panel=_loinc(table, "loinc_panel"),
        loinc_total=_loinc(table, "loinc_total"),
        minutes=table.number("minutes", least=1, most=120),
        stem=table.text("stem"),
        items=items,
        scoring=scoring,
        bands=_bands(table, scoring.minimum, scoring.maximum),
        flags=tuple(_flag(row, items) for row in table.tables("flag", needed=False)),
        change=_change(table.table("change"), scoring.minimum, scoring.maximum),
        data_columns=_columns(table, items),
        examples=tuple(_example(row) for row in table.tables("example")),
    )
    table.close()
    check_examples(table, instrument)
    return instrument


def _items(table: Table) -> tuple[Item, ...]:
    shared = _choices(table) if table.has("choice") else ()
    rows = table.tables("item")
    table.unique(rows, "id")
    items = tuple(_item(row, shared) for row in rows)
    if rows and not any(item.scored for item in items):
        table.refuse("empty", "At least one item must count in the total.", "item")
    return items


def _item(row: Table, shared: tuple[Choice, ...]) -> Item:
    own = _choices(row) if row.has("choice") or not shared else shared
    item = Item(row.slug("id"), row.text("text"), _loinc(row, "loinc"), row.yes("scored", True), own)
    row.close()
    return item


def _choices(table: Table) -> tuple[Choice, ...]:
    rows = table.tables("choice")
    choices = tuple(_choice(row) for row in rows)
    if len({choice.score for choice in choices}) < len(choices):
        table.refuse("duplicate", "Two answers count the same score.", "choice")
    return choices


def _choice(row: Table) -> Choice:
    loinc = row.text("loinc", "")
    if loinc and not _LOINC_ANSWER.fullmatch(loinc):
        row.refuse("bad-loinc", "A LOINC answer code looks like LA6568-5.", "loinc")
    choice = Choice(row.number("score", most=1_000), row.text("text"), loinc)
    row.close()
    return choice


def _scoring(table: Table, items: tuple[Item, ...]) -> Scoring:
    scored = [[choice.score for choice in item.choices] for item in items if item.scored and item.choices]
    scoring = Scoring(
        kind=table.one_of("kind", SCORING),
        minimum=table.number("minimum"),
        maximum=table.number("maximum"),
        missing_at_most=table.number("missing_at_most", most=max(len(scored) - 1, 0)),
        source=table.text("source"),
    )
    table.close()
    lowest, highest = sum(map(min, scored)), sum(map(max, scored))
    if (scoring.minimum, scoring.maximum) != (lowest, highest):
        sentence = f"The answers of the scored items add up to between {lowest} and {highest}."
        table.refuse("out-of-range", sentence, "maximum" if scoring.minimum == lowest else "minimum")
    return scoring


def _bands(table: Table, low: int, high: int) -> tuple[Band, ...]:
    rows = table.tables("band")
    bands = tuple(_band(row, low, high) for row in rows)
    for row, (below, above) in zip(rows[1:], pairwise(bands), strict=True):
        if above.at_least <= below.at_least:
            row.refuse("not-ascending", "Bands stand in rising order, each from a higher score.", "at_least")
    if bands and bands[0].at_least != low:
        rows[0].refuse("out-of-range", f"The first band begins at the lowest score, {low}.", "at_least")
    table.unique(rows, "label")
    return bands


def _band(row: Table, low: int, high: int) -> Band:
    band = Band(row.number("at_least"), row.text("label"))
    row.close()
    if not low <= band.at_least <= high:
        row.refuse("out-of-range", f"A band lies between {low} and {high}.", "at_least")
    return band


def _flag(row: Table, items: tuple[Item, ...]) -> Flag:
    flag = Flag(
        item=row.text("item"),
        at_least=row.number("at_least", least=1, most=1_000),
        raises=row.slug("raises"),
        source=row.text("source"),
        confirmed=row.yes("confirmed", True),
    )
    row.close()
    asked = next((item for item in items if item.id == flag.item), None)
    if asked is None:
        row.refuse("unknown-item", "The instrument has no item of that id.", "item")
    elif asked.choices and flag.at_least > max(choice.score for choice in asked.choices):
        row.refuse("out-of-range", "No answer of the item reaches this score.", "at_least")
    return flag


def _change(table: Table, low: int, high: int) -> ChangeRule:
    rule = ChangeRule(
        better=table.one_of("better", BETTER),
        reliable_points=table.maybe_number("reliable_points", least=1, most=max(high - low, 1)),
        caseness_at=table.maybe_number("caseness_at", least=low, most=max(high, low)),
        source=table.text("source"),
        confirmed=table.yes("confirmed", True),
    )
    table.close()
    return rule


def _columns(table: Table, items: tuple[Item, ...]) -> tuple[str, ...]:
    columns = table.texts("data_columns", needed=False)
    if columns and len(columns) != sum(item.scored for item in items):
        table.refuse("wrong-count", "One column is needed for each scored item, in their order.", "data_columns")
    return columns


def _example(row: Table) -> Example:
    answers: list[int | None] = []
    written = row.raw("answers")
    for answer in written if isinstance(written, list) else []:
        if answer == "-":
            answers.append(None)
        elif isinstance(answer, int) and not isinstance(answer, bool):
            answers.append(answer)
        else:
            row.refuse("wrong-type", 'An answer is a whole number, or "-" where there is none.', "answers")
    if not isinstance(written, list):
        row.refuse("missing-key", "An example needs a list of answers.", "answers")
    example = Example(
        answers=tuple(answers),
        total=row.maybe_number("total"),
        band=row.text("band") if row.has("band") else None,
        flags=row.texts("flags", needed=False),
    )
    row.close()
    return example


def _loinc(table: Table, key: str) -> str:
    code = table.text(key, "")
    if code and not _LOINC.fullmatch(code):
        table.refuse("bad-loinc", "A LOINC code looks like 44249-1.", key)
    return code
