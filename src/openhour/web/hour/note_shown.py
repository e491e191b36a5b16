"""A note as it is read, from its content alone: before it is signed, afterwards, and on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openhour.records.queries.note_content import Content
from openhour.ui.words import long_date, short_date, time_of_day
from openhour.web.hour import facts_shown


@dataclass(frozen=True, slots=True)
class NoteShown:
    """facts: label and sentence. objectives: text, response. sections: title, text, carried.
    signature: lines; empty before it is signed."""

    title: str
    day: str
    patient: str
    facts: tuple[tuple[str, str], ...]
    diagnoses: tuple[str, ...]
    objectives: tuple[tuple[str, str], ...]
    interventions: tuple[str, ...]
    measures: tuple[tuple[str, str, str], ...]
    homework: tuple[str, ...]
    risk: str
    sections: tuple[tuple[str, str], ...]
    signature: dict[str, str]


def note_shown(content: Content) -> NoteShown:
    """Everything that the content holds, in the order of a record."""
    patient = content["patient"]
    return NoteShown(
        title=f"Progress note, {content['layout']['short']}",
        day=facts_shown.day_of(content),
        patient=patient["name"],
        facts=_facts(content),
        diagnoses=tuple(f"{one['code']} {one['title']}" for one in content["diagnoses"]),
        objectives=tuple((one["text"], one["response"]) for one in content["objectives"]),
        interventions=tuple(one["title"] for one in content["interventions"]),
        measures=tuple(
            (one["title"], "no score" if one["total"] is None else str(one["total"]), facts_shown.reading(one))
            for one in content["measures"]
        ),
        homework=_homework(content),
        risk=content["risk"]["text"],
        sections=tuple((one["title"], one["text"]) for one in content["sections"]),
        signature=_signature(content),
    )


def _facts(content: Content) -> tuple[tuple[str, str], ...]:
    patient = content["patient"]
    born = short_date(date.fromisoformat(patient["birth_date"]))
    pairs = [
        ("Patient", f"{patient['name']}, born {born}, {patient['number']}"),
        ("Date of service", facts_shown.day_of(content)),
        ("Time", facts_shown.times(content)),
        ("Times corrected", content["times_reason"]),
        ("Place", facts_shown.place(content)),
        ("Present", facts_shown.people(content)),
        ("Booked as", content["procedure"]["title"]),
        ("Charged as", f"{content['code']}, {content['code_title']}" if content["code"] else "not charged"),
        ("Plan", f"Version {content['plan_version']}" if content["plan_version"] else ""),
        ("Plan review", content["review_waiver"]),
        ("Next visit", facts_shown.at_words(content["next_visit"])),
    ]
    return tuple((label, words) for label, words in pairs if words)


def _homework(content: Content) -> tuple[str, ...]:
    done = {"all": "done", "some": "partly done", "none": "not done", "": "looked at"}
    reviewed = [
        f"Looked at: {one['title']}, {done.get(one['completion'], '')}"
        + (f". {one['review']}" if one["review"] else "")
        for one in content["homework"]["reviewed"]
    ]
    given = [
        f"Given: {facts_shown.given_words(one)}"
        + (f", for “{one['objective']}”" if one["objective"] else "")
        + (f". {one['why']}" if one["why"] else "")
        for one in content["homework"]["given"]
    ]
    return (*reviewed, *given)


def _signature(content: Content) -> dict[str, str]:
    held: dict[str, Any] = content.get("signature", {})
    if not held:
        return {}
    at = datetime.fromisoformat(held["signed_at"])
    return {
        "name": held["name"],
        "licence": f"{held['licence_state']} {held['licence_number']}",
        "at": f"{long_date(at.replace(tzinfo=None))}, {time_of_day(at.replace(tzinfo=None))}",
    }
