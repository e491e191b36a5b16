"""Answer a signal: what may be in the way, what somebody will do about it, and when to look again.

Under a minute: two presses are enough, and a sentence is never asked for, except why nothing is done. What else waits in
the same treatment can be answered with it. The therapist
answers, also late; the supervisor where it was passed to them. Refuses with every gap at once: nothing that may be in
the way, nothing that will be done, doing something and nothing, choices that aren't offered, and a signal that was
answered meanwhile. Answers are added, never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.kernel import Finding, Refused
from openhour.kernel.writable import tidied, writable_gaps
from openhour.records.models import Signal, SignalAnswer
from openhour.records.queries.signal import titles_of
from openhour.workflows.progress.signals import WAITING, signal_to_answer
from openhour.workflows.progress.words import DOING, IN_THE_WAY, LOOK_AFTER_AT_MOST, NOTHING, WORDS_AT_MOST

_WHY_NOTHING = "Say in a few words why nothing is done for now."


@transaction.atomic
def answer_signal(
    actor: Actor,
    signal_id: UUID,
    *,
    in_the_way: Iterable[str],
    doing: Iterable[str],
    alternatives: Iterable[str] = (),
    words: str = "",
    look_after: int,
    also: Iterable[UUID] = (),
    at: datetime,
) -> None:
    """in_the_way: of `IN_THE_WAY`; doing: of `DOING`; alternatives: slugs of the episode's pinned procedure;
    look_after: attended sessions, 1 to `LOOK_AFTER_AT_MOST`. also: other signals of the same treatment for which the same
    holds; those that wait for nobody any more are passed over. Raises NotAllowed, or Refused with places `in_the_way`,
    `doing`, `words`, `look_after`."""
    signal = signal_to_answer(actor, signal_id)
    others = _others(actor, signal, also)
    held = tuple(dict.fromkeys(in_the_way)), tuple(dict.fromkeys(doing)), tuple(dict.fromkeys(alternatives))
    sentence, offered = tidied(words), [slug for slug, _ in titles_of(signal.episode.procedure_key)]
    gaps = [*_turn(actor, signal), *_gaps(*held, offered, sentence, look_after)]
    if gaps:
        raise Refused(gaps)
    for one in (signal, *others):
        _add(actor, one, held, sentence, look_after, at)
        one.state, one.answered_at, one.look_after = "answered", at, look_after
        one.save(update_fields=["state", "answered_at", "look_after"])
        choices = {"in_the_way": list(held[0]), "doing": [*held[1], *held[2]]}
        trail.write(actor, "signal.answered", one, at=at, **choices, look_after=look_after)


def _others(actor: Actor, signal: Signal, also: Iterable[UUID]) -> list[Signal]:
    """Locked; only those that the actor may answer themselves: own ones, or those that were passed to them."""
    rows = Signal.objects.select_for_update(of=("self",), no_key=True).select_related("owner", "episode")
    same = rows.filter(pk__in=list(also), episode=signal.episode_id, owner=signal.owner_id, state__in=WAITING)
    theirs = same.exclude(pk=signal.pk).order_by("pk")
    return [one for one in theirs if one.state != "open" or actor.user_id == one.owner.user_id]


def _turn(actor: Actor, signal: Signal) -> Iterator[Finding]:
    if signal.state == "open" and actor.user_id != signal.owner.user_id:
        yield Finding(
            "signal.not-passed", "This still waits for the therapist; it comes to you when its time is over."
        )


def _gaps(
    in_the_way: tuple[str, ...],
    doing: tuple[str, ...],
    alternatives: tuple[str, ...],
    offered: list[str],
    words: str,
    look_after: int,
) -> Iterator[Finding]:
    if not in_the_way or not set(in_the_way) <= set(IN_THE_WAY):
        yield Finding("signal.in-the-way", "Choose what may be in the way; a guess is enough.", "in_the_way")
    if not set(doing) <= set(DOING) or not set(alternatives) <= set(offered):
        yield Finding("signal.doing-unknown", "Choose from what is offered here.", "doing")
    elif not doing and not alternatives:
        yield Finding("signal.doing", "Choose what you will do, or that nothing is done for now.", "doing")
    elif NOTHING in doing and len(doing) + len(alternatives) > 1:
        yield Finding("signal.doing-both", "Either something is done, or nothing for now.", "doing")
    yield from writable_gaps(words, "words", WORDS_AT_MOST, asked=_WHY_NOTHING if doing == (NOTHING,) else "")
    if not 1 <= look_after <= LOOK_AFTER_AT_MOST:
        words_of = f"Look again after 1 to {LOOK_AFTER_AT_MOST} sessions."
        yield Finding("signal.look-after", words_of, "look_after")


def _add(
    actor: Actor, signal: Signal, held: tuple[tuple[str, ...], ...], words: str, look_after: int, at: datetime
) -> None:
    in_the_way, doing, alternatives = (list(one) for one in held)
    SignalAnswer.objects.create(
        signal=signal,
        kind="answer",
        by_id=actor.staff_id,
        as_supervisor=actor.user_id != signal.owner.user_id,
        in_the_way=in_the_way,
        doing=doing,
        alternatives=alternatives,
        procedure_key=signal.episode.procedure_key,
        words=words,
        look_after=look_after,
        made_at=at,
    )
