"""Give homework in an hour: a form from the shelf, for an objective of the plan, until a day.

Called from the session room while the note is not signed. Refuses a form that isn't on the shelf, homework that serves
no objective where a plan is in force (every task has its reason), and a day that has passed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from openhour.catalog import HomeworkForm, NotOnShelf
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.records.models import Assignment, Objective
from openhour.records.shelf import shelf
from openhour.workflows.hour.opening import OpenHour, open_hour
from openhour.workflows.hour.typed import text_gaps, tidy

WHY_AT_MOST = 400


@dataclass(frozen=True, slots=True)
class Homework:
    """form: slug on the shelf. objective: thread of the objective it serves. due_on: None = until the next visit."""

    form: str
    objective: UUID | None = None
    due_on: date | None = None
    why: str = ""


@transaction.atomic
def assign_homework(actor: Actor, visit_id: UUID, homework: Homework, *, at: datetime) -> Assignment:
    """The assignment. Raises Refused with every reason (places: fields of Homework), NotAllowed."""
    hour = open_hour(actor, visit_id, at=at)
    form = _form(homework.form, hour)
    gaps = (*_form_gaps(form), *_objective_gaps(hour, homework), *_day_gaps(hour, homework))
    if gaps := (*gaps, *text_gaps(homework.why, "why", WHY_AT_MOST)):
        raise Refused(gaps)
    assert form is not None, "_form_gaps has looked"
    given = Assignment.objects.create(
        patient_id=hour.visit.patient_id,
        episode=hour.visit.episode,
        session=hour.session,
        form=form.pin.slug,
        form_key=form.pin.key,
        title=form.title[:120],
        why=tidy(homework.why).strip(),
        objective=homework.objective,
        due_on=homework.due_on,
        made_at=at,
    )
    trail.write(actor, "homework.assigned", hour.session, at=at, assignment=given.pk, form=form.pin.key)
    return given


def _form(slug: str, hour: OpenHour) -> HomeworkForm | None:
    try:
        return shelf().homework_form(slug, on=hour.day)
    except NotOnShelf:
        return None


def _form_gaps(form: HomeworkForm | None) -> Iterator[Finding]:
    if form is None:
        yield Finding("homework.form-unknown", "Choose one of the forms on the shelf.", "form")


def _objective_gaps(hour: OpenHour, homework: Homework) -> Iterator[Finding]:
    rows = Objective.objects.filter(
        goal__plan__episode=hour.visit.episode_id, goal__plan__state="active", state="active"
    )
    threads = set(rows.values_list("thread", flat=True))
    if homework.objective is None and threads:
        yield Finding("homework.objective-missing", "Choose the objective that this serves.", "objective")
    if homework.objective is not None and homework.objective not in threads:
        yield Finding("homework.objective-unknown", "This objective isn't in the plan any more.", "objective")


def _day_gaps(hour: OpenHour, homework: Homework) -> Iterator[Finding]:
    if homework.due_on is not None and homework.due_on < hour.day:
        yield Finding("homework.due-passed", "This day has passed.", "due_on")
