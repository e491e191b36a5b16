"""Raise what is noticed about a course of treatment, and clear what needs nobody's thought any more, in the transaction
that changed it.

Called after a form is finished, after an hour was held, and by the daily look. Asks nobody's leave: what happened to the
chart has been allowed, and this only says what it means. One signal stands for one kind on one instrument: two requests at
once raise it once, and it isn't raised again from the same scores after it ended. An alert is something else: it comes
from a single answer, comes first, and isn't touched here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, QuerySet, Subquery

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.measures.signals import Seen
from openhour.records.models import Battery, Episode, Signal
from openhour.records.queries.course import courses_of, models_in_use
from openhour.workflows.progress.noticing import View, cleared, noticed, views_of
from openhour.workflows.progress.words import ANSWER_WITHIN


@transaction.atomic
def raise_signals(actor: Actor, episode_id: UUID, *, at: datetime) -> tuple[UUID, ...]:
    """Ids of the signals that were raised now. Nothing for a treatment that has ended or isn't there."""
    episode = episodes_to_look_at().filter(pk=episode_id).first()
    if episode is None:
        return ()
    held = list(Signal.objects.filter(episode=episode_id).select_related("owner").order_by("seen_at"))
    views = views_of(episode, courses_of([episode_id])[episode_id], models_in_use(), held, at=at)
    _clear(actor, held, cleared(views), at)
    raised = [_raise(actor, episode, seen, views, at) for seen in noticed(views)]
    return tuple(signal for signal in raised if signal is not None)


def episodes_to_look_at() -> QuerySet[Any]:
    """Open courses of treatment with what is asked in them."""
    battery = Battery.objects.filter(episode=OuterRef("pk"), state="active").values("forms")[:1]
    rows = Episode.objects.filter(state="open").select_related("therapist")
    return rows.annotate(battery_forms=Subquery(battery))


def _raise(actor: Actor, episode: Episode, seen: Seen, views: Iterable[View], at: datetime) -> UUID | None:
    keys = {view.instrument.pin.slug: view.instrument.pin.key for view in views}
    try:
        with transaction.atomic():
            signal = Signal.objects.create(
                patient_id=episode.patient_id,
                episode=episode,
                owner=episode.therapist,
                instrument=seen.instrument,
                instrument_key=keys.get(seen.instrument, ""),
                kind=seen.kind,
                seen_at=at,
                sentence=seen.sentence,
                against=seen.against,
                sureness=seen.sureness,
                evidence={**seen.facts(), "on": seen.on.isoformat(), "clears_when": seen.clears_when},
                model_version=seen.model,
                due_at=at + ANSWER_WITHIN,
                made_at=at,
            )
    except IntegrityError:  # another request saw it at the same moment; one is enough
        return None
    trail.write(actor, "signal.raised", signal, at=at, kind=seen.kind, instrument=seen.instrument)
    return signal.pk


def _clear(actor: Actor, signals: Iterable[Signal], over: frozenset[tuple[str, str]], at: datetime) -> None:
    """One that was answered stays until the system has looked again: its end is told in words."""
    for signal in signals:
        if signal.state in ("open", "passed-to-supervisor") and (signal.instrument, signal.kind) in over:
            signal.state, signal.cleared_at = "cleared", at
            signal.save(update_fields=["state", "cleared_at"])
            trail.write(actor, "signal.cleared", signal, at=at)
