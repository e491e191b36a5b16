"""Numbers that count up without gaps: batches and superbills.

Taken inside the transaction of the thing that is numbered, with the counter's row locked: where the thing is refused
the number goes back, and two people at once never share one.
"""

from __future__ import annotations

from django.db import connection

from openhour.records.models import Counter


def next_number(name: str) -> int:
    """The next number of that kind, from 1 on. Raises RuntimeError outside a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("a number is taken in the transaction of the thing that carries it")
    Counter.objects.get_or_create(name=name)
    counter = Counter.objects.select_for_update().get(name=name)
    counter.value += 1
    counter.save(update_fields=["value"])
    return counter.value
