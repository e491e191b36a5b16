"""What a patient wrote on a homework form, read field by field: entries and their answers, by the form's definition.

Pure over a form and words; used by `return_homework` and by the patient's page. A name is `<entry>.<field>`, entry 1
first. Refuses (as findings beside the field) a name that the form doesn't have, and words that a field can't hold:
a day, a time, a number inside its scale, or text that is not too long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time

from openhour.catalog import HomeworkForm
from openhour.catalog.forms import Field
from openhour.kernel import Finding
from openhour.workflows.hour.typed import text_gaps, tidy

ENTRIES_AT_MOST = 40
LINE_AT_MOST, TEXT_AT_MOST = 400, 4_000

Rows = tuple[dict[str, str], ...]


def name_of(entry: int, slug: str) -> str:
    """The name of a field on the page; entry counts from 1."""
    return f"{entry}.{slug}"


def place_of(form: HomeworkForm, name: str) -> tuple[int, Field] | None:
    """The entry (from 1) and the field behind a name; None where the form has no such place."""
    entry, dot, slug = name.partition(".")
    field = next((one for one in form.fields if one.slug == slug), None)
    counted = entry.isascii() and entry.isdigit() and len(entry) < 4 and not entry.startswith("0")
    if not (dot and counted and field and int(entry) <= ENTRIES_AT_MOST):
        return None
    return int(entry), field


def said(rows: Iterable[Mapping[str, str]], name: str) -> str:
    """What stands at a name; empty where nothing does."""
    entry, _, slug = name.partition(".")
    held = tuple(rows)
    place = int(entry) - 1
    return str(held[place].get(slug) or "") if place < len(held) else ""


def laid(rows: Iterable[Mapping[str, str]], words: Mapping[str, str]) -> Rows:
    """The entries with the words laid over them; empty answers and empty entries at the end are left out."""
    held = [dict(row) for row in rows]
    for name, text in words.items():
        entry, _, slug = name.partition(".")
        held.extend({} for _ in range(int(entry) - len(held)))
        held[int(entry) - 1][slug] = text
    kept = [{slug: text for slug, text in row.items() if str(text).strip()} for row in held]
    while kept and not kept[-1]:
        kept.pop()
    return tuple(kept)


def neat(field: Field, text: str) -> str:
    """As it is kept: one kind of line break; no space around what is a day, a time or a number."""
    return tidy(text) if field.kind in ("text", "long-text") else text.strip()


def gaps(form: HomeworkForm, words: Mapping[str, str]) -> Iterator[Finding]:
    """Why words can't stand where they were written; the place is the name."""
    for name, text in words.items():
        place = place_of(form, name)
        if place is None:
            yield Finding("homework.unknown-field", "There is no such question on this form.")
        elif neat(place[1], text).strip():
            yield from _field_gaps(place[1], neat(place[1], text), name)


def _field_gaps(field: Field, text: str, name: str) -> Iterator[Finding]:
    if field.kind == "date" and not _is_day(text):
        yield Finding("homework.day", "Please write a day, such as 2026-11-23.", name)
    elif field.kind == "time" and not _is_time(text):
        yield Finding("homework.time", "Please write a time, such as 14:30.", name)
    elif field.kind == "scale" and not _on_scale(field, text):
        sentence = f"Please give a whole number from {field.minimum} to {field.maximum}."
        yield Finding("homework.scale", sentence, name)
    elif field.kind in ("text", "long-text"):
        yield from text_gaps(text, name, LINE_AT_MOST if field.kind == "text" else TEXT_AT_MOST)


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_time(text: str) -> bool:
    try:
        return (
            text.isascii()
            and time.fromisoformat(text).isoformat(timespec="minutes") == text[:5]
            and len(text) in (5, 8)
        )
    except ValueError:
        return False


def _on_scale(field: Field, text: str) -> bool:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        return False
    return int(field.minimum or 0) <= int(text) <= int(field.maximum or 0)
