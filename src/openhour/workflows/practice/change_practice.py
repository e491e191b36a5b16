"""Change what stands about the practice itself: name, address, numbers for claims, the words for a crisis.

Called by `openhour practice change`. Refuses before there is a practice, and what `init_practice` would refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import require
from openhour.kernel import Finding, Refused
from openhour.records.models import Practice
from openhour.workflows.practice.practice_words import PracticeWords, practice_gaps

FIELDS = tuple(PracticeWords.__dataclass_fields__)


@transaction.atomic
def change_practice(actor: Actor, changes: Mapping[str, str], *, at: datetime) -> Practice:
    """changes: field of PracticeWords -> new words; the rest stays. Raises Refused, NotAllowed."""
    require(actor, "practice.write")
    practice = Practice.objects.select_for_update().first()
    if practice is None:
        raise Refused(Finding("practice.missing", "There is no practice yet; begin with `practice init`."))
    words = replace(PracticeWords(**{name: getattr(practice, name) for name in FIELDS}), **changes)
    if gaps := tuple(practice_gaps(words)):
        raise Refused(gaps)
    for name, value in words.columns().items():
        setattr(practice, name, value)
    practice.save()
    trail.write(actor, "practice.changed", None, at=at, fields=sorted(changes))
    return practice
