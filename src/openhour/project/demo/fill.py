"""Fill an empty database with the demo practice: everybody's life up to now, in the order of time.

One transaction: an interrupted fill leaves nothing behind. Refuses a database in which a practice stands already.
"""

from __future__ import annotations

import gc
import heapq
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from openhour.kernel import Finding, Refused
from openhour.project.demo.hours import life
from openhour.project.demo.lives import Life
from openhour.project.demo.money import billing_days
from openhour.project.demo.people import PEOPLE, Person
from openhour.project.demo.progress import looking_days
from openhour.project.demo.setting_up import Stage, set_up
from openhour.project.demo.standing import is_filled


@transaction.atomic
def fill(now: datetime, people: Sequence[Person] = PEOPLE) -> Stage:
    """Write the practice and run every life up to now."""
    if is_filled():
        raise Refused(Finding("demo.filled", "The demo practice stands already."))
    stage = set_up(now)
    arrives = _arrives(stage, people)
    lives = [life(stage, person, number, arrives) for number, person in enumerate(people)]
    with _little_garbage():
        run([*lives, billing_days(stage), looking_days(stage)], now)
    return stage


@contextmanager
def _little_garbage() -> Iterator[None]:
    """Tens of thousands of rows come and go: looking for cycles among them all the time is what takes long."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def run(lives: Iterable[Life], now: datetime) -> None:
    """Resume whoever is next, until the next step of everybody lies ahead."""
    waiting = [(next(one), number, one) for number, one in enumerate(lives)]
    heapq.heapify(waiting)
    while waiting and waiting[0][0] <= now:
        _, number, one = waiting[0]
        following = next(one, None)
        if following is None:
            heapq.heappop(waiting)
        else:
            heapq.heapreplace(waiting, (following, number, one))


def _arrives(stage: Stage, people: Sequence[Person]) -> str:
    """Who of Ben's patients sits in the waiting room: the next of today, or the last where the day is over."""
    of_today = [one for one in people if one.therapist == "ben" and one.day == "today" and one.special != "new"]
    ahead = [one for one in of_today if stage.on(stage.today, one.hour) > stage.now]
    return next((one.first for one in (*ahead, *of_today[-1:])), "")
