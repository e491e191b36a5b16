"""The fields of the room as the template draws them: value, what somebody else wrote meanwhile, errors, and the token.

A value that couldn't be kept stands in its field again with the base it was sent with, so it is judged again when it is
sent again; where two people wrote, the other's words become the base, because the page shows both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from openhour.catalog import Intervention
from openhour.kernel import Finding
from openhour.records.queries.hour_measures import Measure
from openhour.records.queries.note_content import content_of, title_of_section
from openhour.records.queries.session import Hour
from openhour.web.hour import facts_shown
from openhour.web.hour.kept import Kept
from openhour.web.hour.posted import COMPLETION, REVIEW, base_of_value, token_of
from openhour.workflows.hour.fields import RESPONSE, SECTION, Value, response_of


@dataclass(frozen=True, slots=True)
class SectionShown:
    """A section of the note. carried: from another format; facts: label and sentence of what stands above it."""

    name: str
    title: str
    prompts: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    required: bool
    carried: bool


@dataclass(frozen=True, slots=True)
class FieldsShown:
    """values: by name. theirs: what somebody else wrote meanwhile. token: the hidden `revision`."""

    values: dict[str, Any]
    theirs: dict[str, Value]
    token: str
    sections: tuple[SectionShown, ...]
    likely: tuple[Intervention, ...]
    others: tuple[tuple[str, tuple[Intervention, ...]], ...]
    unsaved: bool


def fields_shown(hour: Hour, kept: Kept, measures: tuple[Measure, ...]) -> FieldsShown:
    """All fields of the room. measures: of the hour's responses."""
    sections = _sections(hour, measures)
    stored = _stored(hour, sections)
    shown = stored | {name: kept.typed[name].value for name in kept.unsaved if name in kept.typed and name in stored}
    bases = {name: base_of_value(value) for name, value in stored.items()}
    bases |= {name: kept.typed[name].base for name in kept.unsaved if name in kept.typed and name not in kept.theirs}
    likely, others = _interventions(hour, shown["interventions"])
    return FieldsShown(shown, kept.theirs, token_of(bases), sections, likely, others, not kept.whole)


def errors_of_fields(findings: Iterable[Finding]) -> dict[str, list[str]]:
    """Sentences by the name of their field."""
    errors: dict[str, list[str]] = {}
    for finding in findings:
        errors.setdefault(finding.place, []).append(finding.sentence)
    return errors


def _stored(hour: Hour, sections: tuple[SectionShown, ...]) -> dict[str, Any]:
    session, note = hour.session, hour.note
    texts = {slug: one["text"] for slug, one in note.sections.items()} if note else {}
    stored: dict[str, Any] = {one.name: texts.get(one.name[len(SECTION) :], "") for one in sections}
    stored |= {
        f"{RESPONSE}{one.thread}": response_of(session, str(one.thread)) if session else "" for one in hour.objectives
    }
    stored |= {name: getattr(session, name) if session else "" for name in ("risk", "people", "review_waiver")}
    stored["interventions"] = tuple(session.interventions) if session else ()
    stored["objectives"] = tuple(entry["thread"] for entry in session.objectives) if session else ()
    for one in hour.given_before:
        stored |= {f"{REVIEW}{one.pk}": one.review, f"{COMPLETION}{one.pk}": one.completion}
    return stored


def _sections(hour: Hour, measures: tuple[Measure, ...]) -> tuple[SectionShown, ...]:
    facts = facts_shown.by_section(content_of(hour, measures), hour.layout)
    own = tuple(
        SectionShown(SECTION + one.slug, one.title, one.prompts, facts[one.slug], one.required, False)
        for one in hour.layout.sections
    )
    held = {one.slug for one in hour.layout.sections}
    texts = {slug: one["text"] for slug, one in hour.note.sections.items()} if hour.note else {}
    carried = tuple(
        SectionShown(SECTION + slug, title_of_section(slug), (), (), False, True)
        for slug, text in sorted(texts.items())
        if slug not in held and text.strip()
    )
    return own + carried


def _interventions(
    hour: Hour, chosen: tuple[str, ...]
) -> tuple[tuple[Intervention, ...], tuple[tuple[str, tuple[Intervention, ...]], ...]]:
    """First those of the plan and those already chosen; the rest by approach, folded away."""
    planned = {slug for one in hour.objectives for slug in one.interventions} | set(chosen)
    known = {one.slug for one in hour.procedure.interventions}
    gone = tuple(Intervention(slug, slug.replace("-", " "), "") for slug in chosen if slug not in known)
    likely = tuple(one for one in hour.procedure.interventions if one.slug in planned) + gone
    groups: dict[str, list[Intervention]] = {}
    for one in hour.procedure.interventions:
        if one.slug not in planned:
            groups.setdefault(one.approach, []).append(one)
    return likely, tuple((approach, tuple(held)) for approach, held in groups.items())
