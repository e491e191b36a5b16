"""Homework of earlier hours as the room shows it: what was asked, why, what came back, answer by answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from openhour.catalog import HomeworkForm, NotOnShelf
from openhour.catalog.forms import Field
from openhour.records.queries.session import Hour
from openhour.records.shelf import shelf
from openhour.ui.words import time_of_day, weekday

STATES = {"given": "not back yet", "returned": "came back", "reviewed": "looked at"}


@dataclass(frozen=True, slots=True)
class HomeworkShown:
    """entries: for each row that the patient filled in, pairs of question and answer; empty answers are left out."""

    id: UUID
    title: str
    given_at: datetime
    due_on: date | None
    why: str
    objective: str
    state: str
    entries: tuple[tuple[tuple[str, str], ...], ...]


def homework_shown(hour: Hour) -> tuple[HomeworkShown, ...]:
    """What was given before this hour, newest first."""
    texts = {one.thread: one.text for one in hour.objectives}
    return tuple(
        HomeworkShown(
            id=one.pk,
            title=one.title,
            given_at=one.made_at,
            due_on=one.due_on,
            why=one.why,
            objective=texts.get(one.objective, "") if one.objective else "",
            state=STATES.get(one.state, one.state),
            entries=_entries(_form(one.form_key), one.answers),
        )
        for one in hour.given_before
    )


def _form(key: str) -> HomeworkForm | None:
    try:
        return shelf().pinned("homework", key)  # type: ignore[return-value]
    except NotOnShelf:
        return None


def _entries(form: HomeworkForm | None, rows: Iterable[Mapping[str, Any]]) -> tuple[tuple[tuple[str, str], ...], ...]:
    filled = (_entry(form.fields if form else (), row) for row in rows)
    return tuple(row for row in filled if row)


def _entry(fields: tuple[Field, ...], row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """In the order of the form, whatever was filled in first; what the form doesn't know comes last."""
    known = {field.slug: field for field in fields}
    order = [slug for slug in known if slug in row] + [slug for slug in row if slug not in known]
    said = ((slug, str(row[slug])) for slug in order if str(row[slug] or "").strip())
    return tuple(
        (known[slug].title, _told(known[slug], text)) if slug in known else (slug, text) for slug, text in said
    )


def _told(field: Field, text: str) -> str:
    """A day and a time as they are read; a number with the end of its scale."""
    try:
        if field.kind == "date":
            return weekday(date.fromisoformat(text))
        if field.kind == "time":
            return time_of_day(time.fromisoformat(text))
    except ValueError:
        return text
    return f"{text} of {field.maximum}" if field.kind == "scale" else text
