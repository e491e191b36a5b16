"""Read the items of an instrument with their answers: words where they may ship, ids and values alone where not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from openhour.catalog.instrument import Choice, Condition, Item
from openhour.catalog.licences import SITE_LOADS_WORDS
from openhour.catalog.reading.table import Table

_LOINC = re.compile(r"\d{1,7}-\d", re.ASCII)
_LOINC_ANSWER = re.compile(r"LA\d{1,7}-\d", re.ASCII)
_MOST_ANSWER = 1_000


@dataclass(frozen=True, slots=True)
class Words:
    """Which words a file must and may bring. personal: the questions are the patient's own, so they stand nowhere here."""

    tier: str
    personal: bool = False

    def question(self, row: Table, key: str = "text") -> str:
        """The words of a question or a stem."""
        if self.personal and not row.has(key):
            return ""
        return self.answer(row, key)

    def answer(self, row: Table, key: str = "text") -> str:
        """The words of an answer, or of anything that only free instruments bring."""
        if self.tier not in SITE_LOADS_WORDS:
            return row.text(key)
        if row.has(key):
            row.text(key)
            sentence = f"The words of a tier {self.tier} instrument aren't free: a site loads its own (wordings/)."
            row.refuse("words-not-free", sentence, key)
        return ""


def read_items(table: Table, words: Words) -> tuple[Item, ...]:
    """All items, each with its choices; those at the top of the file hold for every item without its own."""
    shared = _choices(table, words) if table.has("choice") or table.has("scale") else ()
    symptom_at = table.maybe_number("symptom_at", least=1, most=_MOST_ANSWER)
    rows = table.tables("item")
    table.unique(rows, "id")
    items = tuple(_item(row, shared, words, symptom_at) for row in rows)
    if rows and not any(item.scored for item in items):
        table.refuse("empty", "At least one item must count in the total.", "item")
    _conditions_hold(rows, items)
    return items


def _item(row: Table, shared: tuple[Choice, ...], words: Words, symptom_at: int | None) -> Item:
    own = row.has("choice") or row.has("scale") or not shared
    item = Item(
        id=row.slug("id"),
        text=words.question(row),
        loinc=loinc(row, "loinc"),
        scored=row.yes("scored", True),
        choices=_choices(row, words) if own else shared,
        reversed=row.yes("reversed", False),
        adds=row.yes("adds", True),
        asked_if=_condition(row.table("asked_if")) if row.has("asked_if") else None,
        symptom_at=row.maybe_number("symptom_at", least=1, most=_MOST_ANSWER)
        if row.has("symptom_at")
        else symptom_at,
    )
    row.text("part", "")  # read with the subscales
    row.close()
    if item.choices and not item.values:
        row.refuse("empty", "At least one answer must count.", "choice")
    return item


def _choices(table: Table, words: Words) -> tuple[Choice, ...]:
    if table.has("scale"):
        return _scale(table, words)
    rows = table.tables("choice")
    choices = tuple(_choice(row, words) for row in rows)
    if len({choice.score for choice in choices}) < len(choices):
        table.refuse("duplicate", "Two answers count the same score.", "choice")
    return choices


def _scale(table: Table, words: Words) -> tuple[Choice, ...]:
    """`scale = [0, 10]`: every whole number from the first to the last; its words are the numbers themselves."""
    written = table.raw("scale")
    ends = [end for end in written if type(end) is int] if isinstance(written, list) else []
    if len(ends) != 2 or len(written) != 2 or not 0 <= ends[0] < ends[1] <= 100:
        table.refuse("bad-scale", "A scale is written [0, 10]: its first and its last whole number.", "scale")
        return ()
    free = words.tier not in SITE_LOADS_WORDS
    return tuple(Choice(score, str(score) if free else "", "") for score in range(ends[0], ends[1] + 1))


def _choice(row: Table, words: Words) -> Choice:
    code = row.text("loinc", "")
    if code and not _LOINC_ANSWER.fullmatch(code):
        row.refuse("bad-loinc", "A LOINC answer code looks like LA6568-5.", "loinc")
    choice = Choice(row.number("score", most=_MOST_ANSWER), words.answer(row), code, row.yes("applies", True))
    row.close()
    return choice


def _condition(table: Table) -> Condition:
    condition = Condition(table.texts("any"), table.number("at_least", least=1, most=_MOST_ANSWER))
    table.close()
    return condition


def _conditions_hold(rows: tuple[Table, ...], items: tuple[Item, ...]) -> None:
    """An item may depend only on items before it: that also keeps two from waiting for each other."""
    before: set[str] = set()
    for row, item in zip(rows, items, strict=True):
        if item.asked_if is not None and not set(item.asked_if.any_of) <= before:
            sentence = "An item can depend only on scored items that stand before it."
            row.refuse("unknown-item", sentence, "asked_if")
        if item.scored:
            before.add(item.id)


def loinc(table: Table, key: str) -> str:
    """A LOINC code or nothing."""
    code = table.text(key, "")
    if code and not _LOINC.fullmatch(code):
        table.refuse("bad-loinc", "A LOINC code looks like 44249-1.", key)
    return code
