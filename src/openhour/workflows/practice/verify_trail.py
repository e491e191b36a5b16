"""Verify the whole trail again, and write down that it was done and what was found.

Called by `openhour trail verify` and by the owner's button. Refuses everyone but the owner.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.models import TrailHead
from openhour.guard.policy import require
from openhour.kernel import Finding


@dataclass(frozen=True, slots=True)
class Verified:
    """entries: how many the head counts; findings: every place that doesn't hold, none for a trail that holds."""

    entries: int
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """True for a trail in which nothing was changed, removed or reordered."""
        return not self.findings


@transaction.atomic
def verify_trail(actor: Actor, *, at: datetime) -> Verified:
    """Raises NotAllowed. The entry about the verification is written after it, and is not part of what was verified."""
    require(actor, "trail.read")
    count = TrailHead.objects.select_for_update().get(pk=1).count
    found = tuple(trail.verify_trail())
    trail.write(actor, "trail.verified", None, at=at, entries=count, findings=len(found))
    return Verified(count, found)
