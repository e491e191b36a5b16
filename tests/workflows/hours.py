"""What the tests of the hour share: moments of Ana's visit, her plan, consent and answers, and what the trail holds."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from openhour.records.shelf import shelf
from tests.cast import NOW

if TYPE_CHECKING:
    from openhour.records.models import Episode, Objective, Response, Visit
    from tests.cast import Cast

LATER = NOW + timedelta(minutes=55)


def minutes(count: float) -> datetime:
    """So many minutes after the visit begins."""
    return NOW + timedelta(minutes=count)


def trail_of(action: str) -> int:
    """How many entries the trail holds for the action."""
    from openhour.guard.models import TrailEntry

    return TrailEntry.objects.filter(action=action).count()


def trail_length() -> int:
    """All entries."""
    from openhour.guard.models import TrailEntry

    return TrailEntry.objects.count()


def give_consent(episode: Episode, signed_on: date = date(2026, 1, 5)) -> None:
    """The informed consent that the procedure asks for, as it stands on the shelf."""
    from openhour.records.models import Consent

    for form in shelf().consents:
        Consent.objects.create(
            patient=episode.patient,
            episode=episode,
            form_key=form.pin.key,
            form_digest=form.pin.digest,
            procedure_key="psychotherapy-60@1.0.0",
            words="Synthetic words of a consent.",
            signer="Synthetic Signer",
            signed_on=signed_on,
            digest="0" * 64,
            made_at=NOW - timedelta(days=56),
        )


def agree_plan(episode: Episode, review_by: date = date(2026, 4, 5)) -> Objective:
    """A plan in force with one goal and two objectives; the first objective."""
    from openhour.records.models import Goal, Objective, Plan

    plan = Plan.objects.create(
        episode=episode,
        version=1,
        state="active",
        approach="Cognitive behavioral therapy",
        frequency="weekly",
        amount="60 minutes",
        duration="20 sessions",
        agreed_on=date(2026, 1, 12),
        agreed_how="Agreed together in the session",
        review_by=review_by,
        made_at=NOW - timedelta(days=49),
    )
    goal = Goal.objects.create(plan=plan, rank=1, text="Feel like herself again", made_at=plan.made_at)
    texts = ("Leave the house on five days a week", "Sleep through on four nights a week")
    objectives = [
        Objective.objects.create(
            goal=goal,
            rank=rank,
            thread=uuid.uuid4(),
            text=text,
            measure="phq-9",
            baseline=18,
            target=9,
            interventions=["behavioral-activation"],
            made_at=plan.made_at,
        )
        for rank, text in enumerate(texts, start=1)
    ]
    return objectives[0]


def diagnose(episode: Episode, code: str = "F32.1", title: str = "Major depressive disorder, moderate") -> None:
    """A diagnosis that stands since the episode began."""
    from openhour.records.models import Diagnosis

    Diagnosis.objects.create(
        episode=episode,
        code=code,
        title=title,
        rank=episode.diagnoses.count() + 1,
        since=date(2026, 1, 5),
        by=episode.therapist,
        made_at=NOW - timedelta(days=56),
    )


def answer(
    episode: Episode, slug: str, answers: tuple[int | None, ...], on: date, saved_at: datetime | None = None
) -> Response:
    """A questionnaire, answered and scored as the shelf says."""
    from openhour.measures import score
    from openhour.records.models import Response

    instrument = shelf().instrument(slug, on=on)
    given = {item.id: value for item, value in zip(instrument.items, answers, strict=False) if value is not None}
    result = score(instrument, given)
    at = saved_at or datetime(on.year, on.month, on.day, 15, 45, tzinfo=NOW.tzinfo)
    return Response.objects.create(
        patient=episode.patient,
        episode=episode,
        instrument=slug,
        instrument_key=instrument.pin.key,
        instrument_digest=instrument.pin.digest,
        due_on=on,
        state="complete",
        answers=given,
        total=result.total,
        band=result.band or "",
        saved_at=at,
        completed_at=at,
        made_at=at,
    )


def ready_to_sign(cast: Cast, held_minutes: int = 55) -> Objective:
    """Ana's hour with everything that a signature asks for; the objective that was worked on."""
    from openhour.workflows.hour.correct_times import Times, correct_times
    from openhour.workflows.hour.fields import Typed
    from openhour.workflows.hour.save_note import save_note
    from openhour.workflows.hour.typed import base_of

    give_consent(cast.ana_episode)
    objective = agree_plan(cast.ana_episode)
    diagnose(cast.ana_episode)
    thread = str(objective.thread)
    ben = cast.actor("ben")
    times = Times(NOW, minutes(held_minutes), "The clock was forgotten")
    correct_times(ben, cast.ana_visit.pk, times, at=minutes(held_minutes + 1))
    words = {
        "sections.data": "She left the house four times.",
        "sections.assessment": "Moving more; mood follows.",
        "sections.plan": "Go on with the schedule.",
        f"responses.{thread}": "Proud of the four walks.",
    }
    choices = {"interventions": ("behavioral-activation",), "objectives": (thread,)}
    typed = {name: Typed(text, base_of("")) for name, text in words.items()}
    typed |= {name: Typed(slugs, ()) for name, slugs in choices.items()}
    save_note(ben, cast.ana_visit.pk, typed, at=minutes(held_minutes + 2))
    return objective


def fill_hour(cast: Cast) -> Objective:
    """Ana's twelfth week, under way: plan, measures, homework, topic, an alert; the first objective of the plan."""
    from openhour.records.models import Alert, Assignment, Session, Topic
    from openhour.workflows.hour.start_session import start_session

    give_consent(cast.ana_episode)
    objective = agree_plan(cast.ana_episode)
    diagnose(cast.ana_episode)
    for week in range(12):
        day = date(2026, 3, 2) - timedelta(weeks=11 - week)
        last = answer(cast.ana_episode, "phq-9", (2, 2, 2, 1, 1, 1, 1, 1, int(week in (0, 11))), day)
        answer(cast.ana_episode, "gad-7", (2, 1, 1, 1, 1, 1, week % 2), day)
    Alert.objects.create(
        patient=cast.ana,
        episode=cast.ana_episode,
        response=last,
        owner=cast.ben,
        kind="suicide-risk",
        item="9",
        value=1,
        due_at=NOW + timedelta(hours=20),
        made_at=NOW - timedelta(minutes=10),
    )
    Topic.objects.create(
        visit=cast.ana_visit, patient=cast.ana, text="The call with my sister", saved_at=NOW, made_at=NOW
    )
    earlier = weekly_visits(cast, 1)[0]
    session = Session.objects.create(
        visit=earlier, patient=cast.ana, episode=cast.ana_episode, therapist=cast.ben, made_at=NOW
    )
    Assignment.objects.create(
        patient=cast.ana,
        episode=cast.ana_episode,
        session=session,
        form="thought-record",
        form_key="thought-record@1.0.0",
        title="Thought record",
        why="Before the call",
        objective=objective.thread,
        state="returned",
        answers=[{"situation": "My sister rang", "thought": "I let everyone down"}],
        made_at=NOW - timedelta(days=7),
    )
    start_session(cast.actor("ben"), cast.ana_visit.pk, at=NOW)
    return objective


def weekly_visits(cast: Cast, count: int, first: int = 1) -> list[Visit]:
    """Held visits before Ana's hour, week by week."""
    from openhour.records.models import Visit

    return [
        Visit.objects.create(
            episode=cast.ana_episode,
            patient=cast.ana,
            therapist=cast.ben,
            site=cast.site,
            procedure="psychotherapy-60",
            starts_at=NOW - timedelta(weeks=week),
            ends_at=NOW - timedelta(weeks=week) + timedelta(hours=1),
            state="held",
            made_at=NOW - timedelta(weeks=week),
        )
        for week in range(first, first + count)
    ]
