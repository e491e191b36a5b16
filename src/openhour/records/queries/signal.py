"""Signals as clinicians read them: the list, and one signal with the course behind it and everything that was said.

Called by the pages of this chapter, by Today, and by the session room. A therapist sees their own; a supervisor those of
the therapists they supervise; nobody else sees that there is one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, QuerySet

from openhour.catalog import NotOnShelf
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed
from openhour.records.models import Signal, SignalAnswer
from openhour.records.queries.course import EpisodeCourse, Models, courses_of, models_in_use
from openhour.records.queries.json_rows import json_rows, moment_of
from openhour.records.queries.scoping import within
from openhour.records.shelf import shelf

WAITING = ("open", "passed-to-supervisor")
ENDED_SHOWN = 30
OF_EPISODE_SHOWN = 20


@dataclass(frozen=True, slots=True)
class SignalLine:
    """A signal in a list. instrument: short name, empty where it is about none. mine: it is in the reader's own care.
    look_after: attended sessions until the system looks again."""

    id: UUID
    patient_id: UUID
    patient: str
    number: str
    episode_id: UUID
    owner: str
    mine: bool
    kind: str
    instrument: str
    sentence: str
    seen_at: datetime
    due_at: datetime
    state: str
    passed_at: datetime | None
    answered_at: datetime | None
    look_after: int | None
    looked_at: datetime | None
    happened: str
    happened_words: str
    cleared_at: datetime | None
    wants_supervision: bool

    @property
    def waiting(self) -> bool:
        """Somebody has to answer it."""
        return self.state in WAITING

    def overdue(self, at: datetime) -> bool:
        """Its time to be answered is over."""
        return self.waiting and self.due_at <= at


def signal_rows(actor: Actor) -> QuerySet[Signal]:
    """The signals that the actor may read, with what a line shows and what was said; the longest due first."""
    rows = within(actor, "signal.read", Signal.objects.all(), therapist="owner").annotate(answers_json=_answers())
    return rows.select_related("patient", "owner").order_by("due_at", "id")


def _answers() -> Any:
    """Few for each signal, so they travel with it."""
    return json_rows(
        SignalAnswer.objects.filter(signal=OuterRef("pk")),
        "signal",
        at="made_at",
        by="by__name",
        kind="kind",
        as_supervisor="as_supervisor",
        in_the_way="in_the_way",
        doing="doing",
        alternatives="alternatives",
        procedure_key="procedure_key",
        words="words",
        look_after="look_after",
    )


@dataclass(frozen=True, slots=True)
class SignalList:
    """mine: wait for the reader; passed: waited too long for their therapist, and wait for the reader who supervises
    them; supervision: answered, and the therapist wants to bring it to supervision; answered: to be looked at again;
    ended: the last ones that were looked at again, or cleared by themselves."""

    mine: tuple[SignalLine, ...]
    passed: tuple[SignalLine, ...]
    supervision: tuple[SignalLine, ...]
    answered: tuple[SignalLine, ...]
    ended: tuple[SignalLine, ...]


@transaction.atomic
def signals_of(actor: Actor, *, at: datetime) -> SignalList:
    """Two SQL queries and the trail, which names the patients in one entry."""
    standing = list(signal_rows(actor).exclude(state__in=("looked-again", "cleared")))
    over = signal_rows(actor).filter(state__in=("looked-again", "cleared"))
    ended = list(over.order_by("-looked_at", "-cleared_at", "id")[:ENDED_SHOWN])
    found = lines_of(actor, [*standing, *ended])
    _name(actor, found, "signals", at)
    return SignalList(
        mine=tuple(line for line in found if line.waiting and line.mine),
        passed=tuple(line for line in found if line.state == "passed-to-supervisor" and not line.mine),
        supervision=tuple(line for line in found if line.wants_supervision and not line.mine),
        answered=tuple(line for line in found if line.state == "answered" and line.mine),
        ended=tuple(line for line in found if line.state in ("looked-again", "cleared")),
    )


def _name(actor: Actor, lines: Iterable[SignalLine], page: str, at: datetime) -> None:
    patients = sorted({str(line.patient_id) for line in lines})
    trail.write(actor, "chart.read", at=at, page=page, patients=patients)


def waiting_for(actor: Actor) -> QuerySet[Signal]:
    """Those that wait: of a therapist their own, of a supervisor those that were passed to them."""
    return signal_rows(actor).filter(state__in=WAITING)


def lines_of(actor: Actor, rows: Iterable[Signal]) -> tuple[SignalLine, ...]:
    """Rows of `signal_rows` as lines."""
    return tuple(_line(actor, row) for row in rows)


def _line(actor: Actor, row: Any) -> SignalLine:
    given = given_in(row)
    return SignalLine(
        id=row.pk,
        patient_id=row.patient_id,
        patient=row.patient.full_name,
        number=row.patient.number,
        episode_id=row.episode_id,
        owner=row.owner.name,
        mine=row.owner.user_id == actor.user_id,
        kind=row.kind,
        instrument=short_of(row.instrument_key),
        sentence=row.sentence,
        seen_at=row.seen_at,
        due_at=row.due_at,
        state=row.state,
        passed_at=row.passed_at,
        answered_at=row.answered_at,
        look_after=row.look_after,
        looked_at=row.looked_at,
        happened=row.happened,
        happened_words=row.happened_words,
        cleared_at=row.cleared_at,
        wants_supervision=row.state == "answered" and bool(given) and "supervision" in given[-1].doing,
    )


def short_of(key: str) -> str:
    """`PHQ-9`; empty for no instrument, and for one that the shelf doesn't hold any more."""
    try:
        return shelf().instrument_pinned(key).short if key else ""
    except NotOnShelf:
        return ""


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What somebody said about a signal. alternatives: titles, of the definition as it stood then."""

    at: datetime
    by: str
    kind: str
    as_supervisor: bool
    in_the_way: tuple[str, ...]
    doing: tuple[str, ...]
    alternatives: tuple[str, ...]
    words: str
    look_after: int | None


@dataclass(frozen=True, slots=True)
class SignalDetail:
    """line: as in the list. against, sureness: sentences. answers: oldest first. course: of the episode, up to now.
    held_since: attended sessions since it was answered. others: what else was seen in this treatment, newest first.
    may_answer: it waits for this reader; may_pass: they may hand it on; may_return: they supervise, and it waits."""

    line: SignalLine
    against: str
    sureness: str
    evidence: dict[str, Any]
    model_version: str
    instrument: str
    answers: tuple[GivenAnswer, ...]
    course: EpisodeCourse
    models: Models
    held_since: int
    others: tuple[SignalLine, ...]
    may_answer: bool
    may_return: bool
    may_pass: bool
    alternatives: tuple[tuple[str, str], ...]


@transaction.atomic
def signal_of(actor: Actor, signal_id: UUID, *, at: datetime) -> SignalDetail:
    """The signal, with one trail entry. Raises NotAllowed where it isn't there or isn't theirs to read."""
    row: Any = signal_rows(actor).select_related("episode").filter(pk=signal_id).first()
    if row is None:
        raise NotAllowed("signal.read")
    others = signal_rows(actor).filter(episode=row.episode_id).exclude(pk=row.pk).order_by("-seen_at")
    course = courses_of([row.episode_id])[row.episode_id]
    trail.write(actor, "chart.read", row, at=at, page="signal")
    return _detail(actor, row, lines_of(actor, others[:OF_EPISODE_SHOWN]), course)


def _detail(actor: Actor, row: Any, others: tuple[SignalLine, ...], course: EpisodeCourse) -> SignalDetail:
    line = _line(actor, row)
    passed = row.state == "passed-to-supervisor"
    return SignalDetail(
        line=line,
        against=row.against,
        sureness=row.sureness,
        evidence=row.evidence,
        model_version=row.model_version,
        instrument=row.instrument,
        answers=given_in(row),
        course=course,
        models=models_in_use(),
        held_since=course.held_since(row.answered_at) if row.answered_at else 0,
        others=others,
        may_answer=line.waiting and (line.mine or passed),
        may_return=passed and not line.mine,
        may_pass=row.state == "open" and line.mine and row.owner.supervisor_id is not None,
        alternatives=titles_of(row.episode.procedure_key),
    )


def given_in(row: Any) -> tuple[GivenAnswer, ...]:
    """What was said about a row of `signal_rows`, oldest first."""
    return tuple(sorted((_given(one) for one in row.answers_json or []), key=lambda one: one.at))


def _given(one: dict[str, Any]) -> GivenAnswer:
    at = moment_of(one["at"])
    assert at is not None
    titles = dict(titles_of(one["procedure_key"]))
    return GivenAnswer(
        at=at,
        by=one["by"],
        kind=one["kind"],
        as_supervisor=bool(one["as_supervisor"]),
        in_the_way=tuple(_held(one["in_the_way"])),
        doing=tuple(_held(one["doing"])),
        alternatives=tuple(titles.get(slug, slug) for slug in _held(one["alternatives"])),
        words=one["words"],
        look_after=one["look_after"],
    )


def _held(value: Any) -> list[str]:
    """A JSON column inside of JSON: SQLite gives it back as text."""
    return json.loads(value) if isinstance(value, str) else value


def titles_of(procedure_key: str) -> tuple[tuple[str, str], ...]:
    """Slug and title of each other kind of help that the pinned definition offers where there is no gain."""
    try:
        procedure: Any = shelf().pinned("procedure", procedure_key)
    except NotOnShelf:
        return ()
    return tuple((one.slug, one.title) for one in procedure.alternatives if "no-gain" in one.offer_when)
