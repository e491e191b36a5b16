"""Keep one answer as it is given, and raise what it must raise, long before the form is finished.

Called by the patients' pages for every tap, and by the page on which a therapist enters answers from paper. Every
answer is added to the history; the last one counts. Refuses a question that the form doesn't have and a value that is
none of its choices. A form that was sent stays as it was sent, but an answer to it that a person must see still goes
into the history and raises its alert: it is the one thing that is never turned away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.care.sitting import facts_of
from openhour.catalog import Instrument
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.measures import Score, flags_of, score
from openhour.records.models import Answer, Response
from openhour.records.shelf import shelf
from openhour.workflows.safety.answering import form_to_answer, is_link
from openhour.workflows.safety.raising import raise_alerts

SENT = Finding("response.complete", "These answers were sent already and stay as they are.", "form")


@dataclass(frozen=True, slots=True)
class Recorded:
    """needs_help: the answer raised an alert, so help is shown before anything else. kept: False where the form had
    been sent before, so that the answer stands in the history alone. revision: of the form, counts saves."""

    needs_help: bool
    kept: bool
    revision: int


@transaction.atomic
def record_answer(actor: Actor, response_id: UUID, item: str, value: int | None, *, at: datetime) -> Recorded:
    """value: the score of a choice; None takes the answer back. Raises NotAllowed, or Refused with place `q<item>`."""
    form = form_to_answer(actor, response_id, at=at)
    instrument = shelf().instrument_pinned(form.instrument_key)
    if gap := _gap(instrument, item, value):
        raise Refused(gap)
    sent = form.state == "complete"
    if sent and not flags_of(instrument, item, value):
        raise Refused(SENT)
    Answer.objects.create(response=form, item=item, value=value, by=actor.label, made_at=at)
    news = form.answers.get(item) != value
    if not sent:
        if not is_link(actor) and form.mode == "self":  # somebody else than the patient enters what they say
            form.mode, form.entered_by_id = "clinician", actor.user_id
        _keep(form, instrument, item, value, at)
    alerts = raise_alerts(actor, form, instrument, item, value, news=news, at=at)
    trail.write(actor, "answer.recorded", form, at=at, item=item, revision=form.revision)
    return Recorded(bool(alerts), not sent, form.revision)


def _gap(instrument: Instrument, item: str, value: int | None) -> Finding | None:
    try:
        choices = instrument.item(item).choices
    except KeyError:
        return Finding("answer.unknown-item", "There is no such question here.", "form")
    if value is not None and all(choice.score != value for choice in choices):
        return Finding("answer.outside-choices", "Please choose one of the answers below.", f"q{item}")
    return None


def _keep(form: Response, instrument: Instrument, item: str, value: int | None, at: datetime) -> None:
    form.answers = {**form.answers, item: value}
    form.started_at = form.started_at or at
    form.saved_at = at
    form.revision += 1
    lay_down(form, score(instrument, form.answers, facts_of(form.patient.sex)))
    form.save()


def lay_down(form: Response, result: Score) -> None:
    """Total and band (of a triage its level) where there is a score, else the code of the reason why there is no total;
    incomplete is never zero."""
    form.total, form.band = result.total, result.band or ""
    codes = [finding.code for finding in result.findings if finding.code.startswith("score.")]
    form.gap = "" if result.total is not None else next(iter(codes), "score.incomplete")
