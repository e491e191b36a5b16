"""Look again at what was answered, after as many attended sessions as were agreed, and write down what happened.

Called after an hour was held, after a form is finished, and by the daily look; nobody has to remember it. The latest
score is held against the one that stood when somebody answered, by the published rule of reliable change: better, worse,
or about the same. Where nothing was answered since, it says that nobody knows. Twice changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.catalog import Instrument, NotOnShelf
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.measures import reliable_change
from openhour.records.models import Signal
from openhour.records.queries.course import EpisodeCourse, Scored, courses_of, models_in_use
from openhour.records.shelf import shelf
from openhour.workflows.progress.noticing import still_seen, views_of
from openhour.workflows.progress.raise_signals import episodes_to_look_at

_WORDS = {"better": "better", "worse": "worse", "no reliable change": "same"}


@transaction.atomic
def look_again(actor: Actor, episode_id: UUID, *, at: datetime) -> tuple[UUID, ...]:
    """Ids of the signals that were looked at now."""
    rows = Signal.objects.select_for_update(of=("self",), no_key=True).filter(episode=episode_id, state="answered")
    waiting = list(rows.select_related("owner").order_by("answered_at", "id"))
    if not waiting:
        return ()
    course = courses_of([episode_id])[episode_id]
    due = [signal for signal in waiting if _is_due(signal, course)]
    seen = _seen_now(episode_id, course, at) if due else frozenset()
    for signal in due:
        _write(actor, signal, course, seen, at)
    return tuple(signal.pk for signal in due)


def _is_due(signal: Signal, course: EpisodeCourse) -> bool:
    if signal.answered_at is None or signal.look_after is None:
        return False
    return course.held_since(signal.answered_at) >= signal.look_after


def _seen_now(episode_id: UUID, course: EpisodeCourse, at: datetime) -> frozenset[tuple[str, str]]:
    episode = episodes_to_look_at().filter(pk=episode_id).first()
    return still_seen(views_of(episode, course, models_in_use(), (), at=at)) if episode else frozenset()


def _write(
    actor: Actor, signal: Signal, course: EpisodeCourse, seen: frozenset[tuple[str, str]], at: datetime
) -> None:
    still = (signal.instrument, signal.kind) in seen
    signal.happened, signal.happened_words = what_happened(signal, course, still=still)
    signal.state, signal.looked_at = "looked-again", at
    signal.save(update_fields=["state", "looked_at", "happened", "happened_words"])
    trail.write(actor, "signal.looked-again", signal, at=at, happened=signal.happened)


def what_happened(signal: Signal, course: EpisodeCourse, *, still: bool) -> tuple[str, str]:
    """`better`, `same`, `worse` or `unknown`, and a sentence. still: the same thing is seen now."""
    if not signal.instrument:
        return ("same", "The same is seen as before.") if still else ("better", "It isn’t seen any more.")
    before, now = _before_and_now(signal, course)
    instrument = _instrument(signal.instrument_key)
    short = instrument.short if instrument else signal.instrument.upper()
    if now is None:
        return "unknown", f"{short} was not answered since."
    if before is None or before.total is None or now.total is None:
        return "better", f"{short} was answered again: {now.total}."
    verdict = reliable_change(instrument, before.total, now.total) if instrument else None
    word = _WORDS.get(verdict or "", "unknown")
    return word, f"{short} went from {before.total} to {now.total}{_how_sure(verdict, instrument)}.{_tail(still)}"


def _before_and_now(signal: Signal, course: EpisodeCourse) -> tuple[Scored | None, Scored | None]:
    answered_at = signal.answered_at or signal.seen_at
    forms = course.of(signal.instrument)
    before = [one for one in forms if one.finished_at <= answered_at]
    since = [one for one in forms if one.finished_at > answered_at]
    return before[-1] if before else None, since[-1] if since else None


def _instrument(key: str) -> Instrument | None:
    try:
        return shelf().instrument_pinned(key)
    except NotOnShelf:
        return None


def _how_sure(verdict: str | None, instrument: Instrument | None) -> str:
    if verdict == "better":
        return ", reliably better than when this was answered"
    if verdict == "worse":
        return ", reliably worse than when this was answered"
    if verdict is None or instrument is None:
        return "; no confirmed rule says whether that is more than chance"
    return f", less than the {instrument.change.reliable_points} points that are more than chance"


def _tail(still: bool) -> str:
    return " What was seen then is still seen." if still else " What was seen then isn’t seen any more."
