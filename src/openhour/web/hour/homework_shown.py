"""Homework of earlier hours as the room shows it: what was asked, why, what came back, answer by answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from openhour.catalog import HomeworkForm, NotOnShelf
from openhour.records.queries.session import Hour
from openhour.records.shelf import shelf

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
    titles = {field.slug: field.title for field in form.fields} if form else {}
    filled = (
        tuple((titles.get(slug, slug), str(value)) for slug, value in row.items() if str(value or "").strip())
        for row in rows
    )
    return tuple(row for row in filled if row)
