"""What the tests of progress share: weeks of hours with scores, an expected course that is in use, and short ways to act."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from openhour.measures.course import Course
from openhour.measures.growth import Growth
from tests.cast import NOW
from tests.workflows.hours import answer

if TYPE_CHECKING:
    from openhour.records.models import CourseModel, Episode, Response, Session, Signal
    from tests.cast import Cast

WORSE = (14, 17, 20, 22)
"""Totals of PHQ-9, week by week, the last of them in the week before Ana's hour."""


def spread(total: int, items: int = 9, top: int = 3) -> tuple[int, ...]:
    """Answers that add up to the total; the last question is answered last, so that none raises an alert needlessly."""
    given = []
    for _ in range(items):
        given.append(min(top, total))
        total -= given[-1]
    return tuple(given)


def week(number: int, of: int) -> datetime:
    """The hour of the week; the last one lies a week before now."""
    return NOW - timedelta(weeks=of - number)


def hold(episode: Episode, start: datetime) -> Session:
    """An hour that was held, with nothing written."""
    from openhour.records.models import Session, Site, Visit

    visit = Visit.objects.create(
        episode=episode,
        patient=episode.patient,
        therapist=episode.therapist,
        site=Site.objects.get(),
        procedure="psychotherapy-60",
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        state="held",
        made_at=start,
    )
    return Session.objects.create(
        visit=visit,
        patient=episode.patient,
        episode=episode,
        therapist=episode.therapist,
        started_at=start,
        stopped_at=start + timedelta(minutes=55),
        made_at=start,
    )


def score(episode: Episode, total: int, on: date, slug: str = "phq-9") -> Response:
    """A form, finished a quarter of an hour before the hour."""
    items = {"phq-9": 9, "gad-7": 7}[slug]
    return answer(episode, slug, spread(total, items), on)


def go_through(episode: Episode, totals: tuple[int | None, ...] = WORSE) -> None:
    """One week for each total: the form, then the hour. None = nothing was answered that week."""
    for number, total in enumerate(totals):
        start = week(number, len(totals))
        if total is not None:
            score(episode, total, start.date())
            score(episode, 5, start.date(), "gad-7")
        hold(episode, start)


def usual(**more: object) -> Course:
    """People fall by three points with each unit of ln(session), give or take; PHQ-9."""
    growth = Growth(
        centres=(15.0,),
        level=(15.0, 0.8),
        slope=(-3.0, 0.0),
        fixed=((0.0,) * 4,) * 4,
        between=(2.0, 0.0, 1.0),
        residual=6.0,
    )
    facts = {
        "slug": "phq-9-practice", "version": "1", "instrument": "phq-9", "source": "Elm Street Therapy",
        "confirmed": True, "data_from": date(2024, 1, 1), "data_until": date(2025, 12, 31), "patients": 400,
        "scores": 2400, "better": "lower", "lowest": 0.0, "highest": 27.0, "predictors": ("intake",), "model": growth,
    }  # fmt: skip
    return Course(**{**facts, **more})  # type: ignore[arg-type]


def in_use(course: Course | None = None) -> CourseModel:
    """The course as the practice's own, in use."""
    from openhour.records.models import CourseModel

    course = course or usual()
    return CourseModel.objects.create(
        instrument=course.instrument,
        instrument_key=f"{course.instrument}@1.0.0",
        kind=course.kind,
        version=course.key,
        data_from=course.data_from,
        data_until=course.data_until,
        size=course.patients,
        scores=course.scores,
        parameters=course.to_json(),
        active_from=NOW - timedelta(days=200),
        made_at=NOW - timedelta(days=200),
    )


def off_track(cast: Cast) -> Signal:
    """Ana's PHQ-9 is worse than expected, and that has been raised."""
    from openhour.records.models import Signal
    from openhour.workflows.progress.raise_signals import raise_signals

    in_use()
    go_through(cast.ana_episode)
    raise_signals(cast.actor("ben"), cast.ana_episode.pk, at=NOW)
    return Signal.objects.get(kind="not-on-track")


def answered(cast: Cast, signal: Signal, at: datetime = NOW, **more: object) -> None:
    """Ben answers: the alliance, and they will talk about it."""
    from openhour.workflows.progress.answer_signal import answer_signal

    given = {"in_the_way": ["alliance"], "doing": ["talk"], "look_after": 2, **more}
    answer_signal(cast.actor("ben"), signal.pk, at=at, **given)  # type: ignore[arg-type]
