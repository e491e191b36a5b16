"""Read a site's wording of an instrument, and check it against the definition it is for: same items, same answers.

Refuses words for instruments that bring their own, and for those whose owners allow no use here, by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from openhour.catalog.instrument import Instrument, Item
from openhour.catalog.licences import SITE_LOADS_WORDS, refused_by_name
from openhour.catalog.pin import Pin
from openhour.catalog.reading.table import Table
from openhour.catalog.wording import SiteLicence, Wording

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?", re.ASCII)
Words = dict[int, str]


def read_wording(table: Table, digest: str, instruments: Mapping[str, Instrument]) -> Wording:
    """The wording in the file; complaints go to the table's findings. instruments: by key, without words."""
    table.one_of("schema", ("wording/1",))
    key, language = table.text("instrument"), table.text("language")
    instrument = _instrument(table, key, instruments)
    if language and not _LANGUAGE.fullmatch(language):
        table.refuse("bad-language", "A language is written en, es or pt-BR.", "language")
    licence = _licence(table.table("licence"))
    shared = _choices(table) if table.has("choice") else {}
    items, choices = _items(table, shared)
    wording = Wording(
        pin=Pin("wording", key.partition("@")[0], f"{key.partition('@')[2]}+{language}", licence.since, digest),
        instrument=key,
        language=language,
        title=table.text("title", ""),
        stem=table.text("stem"),
        items=items,
        choices=choices,
        licence=licence,
    )
    table.close()
    if instrument is not None:
        _fits(table, wording, instrument)
    return wording


def _instrument(table: Table, key: str, instruments: Mapping[str, Instrument]) -> Instrument | None:
    if reason := refused_by_name(key.partition("@")[0], str(table.raw("title") or "")):
        table.refuse("refused-instrument", reason, "instrument")
        return None
    instrument = instruments.get(key)
    if instrument is None and key:
        sentence = "The shelf holds no instrument of that name and version, written as core-10@1.0.0."
        table.refuse("not-on-shelf", sentence, "instrument")
    if instrument is not None and instrument.tier not in SITE_LOADS_WORDS:
        table.refuse("words-not-needed", f"{instrument.short} brings its own words.", "instrument")
        return None
    return instrument


def _items(table: Table, shared: Words) -> tuple[dict[str, str], dict[str, Words]]:
    rows = table.tables("item")
    table.unique(rows, "id")
    texts: dict[str, str] = {}
    choices: dict[str, Words] = {}
    for row in rows:
        item = row.slug("id")
        texts[item] = row.text("text")
        choices[item] = _choices(row) if row.has("choice") or not shared else shared
        row.close()
    return texts, choices


def _choices(table: Table) -> Words:
    words: Words = {}
    for row in table.tables("choice"):
        score, text = row.number("score", most=1_000), row.text("text")
        if score in words:
            row.refuse("duplicate", "Two answers have the same score.", "score")
        words[score] = text
        row.close()
    return words


def _licence(table: Table) -> SiteLicence:
    licence = SiteLicence(
        holder=table.text("holder"),
        kind=table.text("kind"),
        since=table.day("from"),
        until=table.day("to") if table.has("to") else None,
        document=table.text("document"),
        notice=table.text("notice", ""),
    )
    table.close()
    if licence.until is not None and licence.until < licence.since:
        table.refuse("out-of-range", "The licence ends before it begins.", "to")
    return licence


def _fits(table: Table, wording: Wording, instrument: Instrument) -> None:
    asked = [item.id for item in instrument.items]
    if len(wording.items) != len(asked):
        sentence = f"{instrument.short} has {len(asked)} questions, and this wording {len(wording.items)}."
        table.refuse("wrong-count", sentence, "item")
    for item_id in _missing(asked, wording.items):
        table.refuse("item-missing", f"The words of question {item_id} are missing.", "item")
    for place, item_id in enumerate(wording.items, start=1):
        if item_id not in asked:
            table.refuse("unknown-item", f"{instrument.short} has no question of that id.", f"item[{place}].id")
        else:
            _answers_fit(table, instrument.item(item_id), wording.choices[item_id], f"item[{place}].choice")


def _missing(asked: Iterable[str], given: Mapping[str, str]) -> list[str]:
    return [item_id for item_id in asked if item_id not in given]


def _answers_fit(table: Table, item: Item, words: Words | Mapping[int, str], key: str) -> None:
    wanted = {choice.score for choice in item.choices}
    if set(words) != wanted:
        told = ", ".join(str(score) for score in sorted(wanted))
        table.refuse("wrong-answers", f"The answers to question {item.id} count {told}; each needs its words.", key)
