"""What the tests of the schedule's pages share: a clock that stands still, and counting what is asked of the database."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta
from types import SimpleNamespace

from django.db import connection
from django.test.utils import CaptureQueriesContext

from openhour.records.models import Episode, Visit
from tests.cast import NOW, Cast


def stop_clock(monkeypatch, at: datetime = NOW) -> None:
    """Every request is received at `at`."""
    monkeypatch.setattr("openhour.guard.middleware.timezone", SimpleNamespace(now=lambda: at))


@contextmanager
def counting():
    """Statements that ask or write rows; the ones that open and close a transaction are no queries."""
    queries: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield queries
    control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    queries += [one["sql"] for one in captured.captured_queries if not one["sql"].startswith(control)]


def fill(cast: Cast, episode: Episode, count: int, *, start: datetime = NOW + timedelta(hours=2)) -> list[Visit]:
    """`count` visits of 15 minutes one after another, without a room."""
    return [
        Visit.objects.create(
            episode=episode,
            patient=episode.patient,
            therapist=episode.therapist,
            site=cast.site,
            procedure="psychotherapy-60",
            starts_at=start + timedelta(minutes=15 * number),
            ends_at=start + timedelta(minutes=15 * (number + 1)),
            made_at=NOW,
        )
        for number in range(count)
    ]


def page(response) -> str:
    """The words of a page."""
    return response.content.decode()
