"""What a note says in full: the facts of the hour and the words of the therapist, as one value with one spelling.

The sign page shows it, `sign_note` freezes it, and from then on a note is read from the frozen text alone. Facts are
those of the rows at this moment; no judgement is made here and none is filled in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from openhour.billing.timecode import code_for
from openhour.catalog import Procedure
from openhour.kernel import Finding
from openhour.records.models import Assignment
from openhour.records.queries.hour_facts import risk_to_address
from openhour.records.queries.hour_measures import Measure, measures_of
from openhour.records.queries.session import Hour
from openhour.records.shelf import shelf

SCHEMA = "openhour-note/1"

Content = dict[str, Any]


def canonical(content: Content) -> str:
    """The one spelling of a content: keys in order, no spare space, nothing escaped that needn't be."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest_of(text: str) -> str:
    """SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def billed_as(hour: Hour) -> Procedure | Finding | None:
    """The procedure whose code the minutes support, the reason there is none, or None while the times are missing."""
    if hour.procedure.time.billed_from is None:
        return hour.procedure
    if hour.session is None or hour.session.minutes is None:
        return None
    return code_for(hour.session.minutes, hour.family)


def content_of(hour: Hour, measures: Iterable[Measure] | None = None) -> Content:
    """Everything but the signature. measures: those of the hour's responses, from one who has them already."""
    visit, session = hour.visit, hour.session
    billed = billed_as(hour)
    return {
        "schema": SCHEMA,
        "visit": str(visit.pk),
        "patient": {
            "name": f"{visit.patient.first_name} {visit.patient.last_name}",
            "number": visit.patient.number,
            "birth_date": visit.patient.birth_date.isoformat(),
        },
        "day": hour.day.isoformat(),
        "zone": visit.site.zone,
        "started": _local(hour, session.started_at if session else None),
        "stopped": _local(hour, session.stopped_at if session else None),
        "minutes": session.minutes if session else None,
        "times_reason": session.times_reason if session else "",
        "place": {
            "site": visit.site.name,
            "address": f"{visit.site.address}, {visit.site.city}, {visit.site.state} {visit.site.zip_code[:5]}",
            "room": visit.room.name if visit.room else "",
            "place_of_service": visit.site.place_of_service,
        },
        "people": {"therapist": visit.therapist.signature, "others": session.people if session else ""},
        "procedure": {"key": hour.procedure.pin.key, "title": hour.procedure.title},
        "code": billed.code.value if isinstance(billed, Procedure) else "",
        "code_title": (billed.code.title or billed.title) if isinstance(billed, Procedure) else "",
        "diagnoses": [{"code": one.code, "title": one.title} for one in hour.diagnoses],
        "plan_version": hour.plan.version if hour.plan else None,
        "objectives": _objectives(hour),
        "interventions": _interventions(hour),
        "measures": [_measure(one) for one in (measures_of(hour.responses) if measures is None else measures)],
        "risk": {"asked_for": risk_to_address(hour), "text": session.risk if session else ""},
        "homework": {
            "given": [_given(hour, one) for one in hour.given_today],
            "reviewed": [_reviewed(one) for one in hour.reviewed_today],
        },
        "review_waiver": session.review_waiver if session else "",
        "layout": {"key": hour.layout.pin.key, "title": hour.layout.title, "short": hour.layout.short},
        "sections": sections_of(hour),
        "next_visit": _local(hour, hour.next_visit.starts_at if hour.next_visit else None),
    }


def sections_of(hour: Hour) -> list[dict[str, Any]]:
    """The sections of the format in its order, then those that were carried along from another one, if they hold words."""
    texts = {slug: one["text"] for slug, one in hour.note.sections.items()} if hour.note else {}
    own = [
        {"slug": one.slug, "title": one.title, "text": texts.get(one.slug, ""), "carried": False}
        for one in hour.layout.sections
    ]
    held = {one.slug for one in hour.layout.sections}
    carried = [
        {"slug": slug, "title": title_of_section(slug), "text": text, "carried": True}
        for slug, text in sorted(texts.items())
        if slug not in held and text.strip()
    ]
    return own + carried


def title_of_section(slug: str) -> str:
    """The title that the section has in whichever format holds it, with the format's short name."""
    for layout in shelf().notes:
        for section in layout.sections:
            if section.slug == slug:
                return f"{section.title} ({layout.short})"
    return slug.replace("-", " ").capitalize()


def _local(hour: Hour, moment: datetime | None) -> str | None:
    """To the minute, with the offset of the site's zone on that day."""
    return moment.astimezone(hour.visit.site.tz).isoformat(timespec="minutes") if moment else None


def _objectives(hour: Hour) -> list[dict[str, str]]:
    texts = {str(one.thread): (one.text, one.goal.text) for one in hour.objectives}
    worked = hour.session.objectives if hour.session else []
    earlier = ("An objective of an earlier version of the plan", "")
    return [
        {
            "thread": entry["thread"],
            "text": texts.get(entry["thread"], earlier)[0],
            "goal": texts.get(entry["thread"], earlier)[1],
            "response": entry["response"],
        }
        for entry in worked
    ]


def _interventions(hour: Hour) -> list[dict[str, str]]:
    titles = {one.slug: one.title for one in hour.procedure.interventions}
    chosen = hour.session.interventions if hour.session else []
    return [{"slug": slug, "title": titles.get(slug, slug.replace("-", " "))} for slug in chosen]


def _measure(measure: Measure) -> dict[str, Any]:
    latest = measure.latest
    return {
        "key": measure.instrument.pin.key,
        "title": measure.instrument.short,
        "day": latest.on.isoformat(),
        "total": latest.total,
        "band": latest.band,
        "since_last": measure.since_last,
        "since_first": measure.since_first,
        "reliable": measure.reliable,
        "flagged": list(latest.flagged),
    }


def _given(hour: Hour, assignment: Assignment) -> dict[str, Any]:
    texts = {one.thread: one.text for one in hour.objectives}
    return {
        "title": assignment.title,
        "form": assignment.form_key,
        "why": assignment.why,
        "objective": texts.get(assignment.objective, "") if assignment.objective else "",
        "due": assignment.due_on.isoformat() if assignment.due_on else None,
    }


def _reviewed(assignment: Assignment) -> dict[str, Any]:
    return {
        "title": assignment.title,
        "form": assignment.form_key,
        "completion": assignment.completion,
        "review": assignment.review,
    }
