"""Homework that the tests share: what Ben gave to Ana a week before her visit."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.cast import NOW

if TYPE_CHECKING:
    from openhour.records.models import Assignment
    from tests.cast import Cast


def thought_record(cast: Cast) -> Assignment:
    """A thought record from the week before, with nothing written on it."""
    from openhour.records.models import Assignment, Session, Visit

    start = NOW - timedelta(days=7)
    visit = Visit.objects.create(
        episode=cast.ana_episode,
        patient=cast.ana,
        therapist=cast.ben,
        site=cast.site,
        procedure="psychotherapy-60",
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        made_at=start,
    )
    session = Session.objects.create(
        visit=visit, patient=cast.ana, episode=cast.ana_episode, therapist=cast.ben, made_at=start
    )
    return Assignment.objects.create(
        patient=cast.ana,
        episode=cast.ana_episode,
        session=session,
        form="thought-record",
        form_key="thought-record@1.0.0",
        title="Thought record",
        why="To catch the thought behind the low days",
        made_at=start,
    )
