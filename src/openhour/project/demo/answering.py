"""How the demo's patients answer before a visit: the front desk issues the link, each answer comes one by one."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, timedelta
from uuid import UUID

from openhour.guard.actor import Actor, link_actor
from openhour.project.demo.courses import answers_at
from openhour.project.demo.lives import Chart
from openhour.records.models import Response
from openhour.records.shelf import shelf
from openhour.workflows.hour.typed import base_of
from openhour.workflows.safety.finish_response import finish_response
from openhour.workflows.safety.issue_link import issue_link
from openhour.workflows.safety.record_answer import record_answer
from openhour.workflows.safety.save_topic import save_topic


def send_link(chart: Chart, visit: UUID, at: datetime) -> Actor:
    """The patient behind their link."""
    return link_actor(str(issue_link(chart.stage.actors["dee"], visit, at=at).id))


def answer_all(
    chart: Chart, patient: Actor, visit: UUID, number: int, at: datetime, *, risk: int = 0, topic: bool = True
) -> Generator[datetime, None, None]:
    """Every open form of the visit, from `at` on, eight seconds an answer; then what they want to talk about."""
    yield at
    forms = Response.objects.filter(visit_id=visit, state="open").order_by("made_at", "instrument")
    for form in forms:
        instrument = shelf().instrument_pinned(form.instrument_key)
        stage = chart.stage_of(number)
        for item, value in answers_at(instrument, chart.person.course, stage, chart.chance, risk=risk).items():
            at += timedelta(seconds=8)
            record_answer(patient, form.pk, item, value, at=at)
        finish_response(patient, form.pk, at=at)
    if topic:
        save_topic(patient, chart.work.topic, base=base_of(""), at=at + timedelta(seconds=40))
