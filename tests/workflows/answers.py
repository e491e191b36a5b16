"""What the tests of answers share: a form that waits for Ana, a link to it, and short ways to answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from openhour.guard.actor import Actor, link_actor
from tests.cast import NOW

if TYPE_CHECKING:
    from openhour.records.models import Response
    from openhour.workflows.safety.issue_link import IssuedLink
    from openhour.workflows.safety.record_answer import Recorded
    from tests.cast import Cast

BEFORE = NOW - timedelta(hours=3)
"""Seven in the morning in Springfield, on the day of Ana's visit."""


def issue(cast: Cast, who: str = "dee", at: datetime = BEFORE) -> IssuedLink:
    """A link to Ana's visit."""
    from openhour.workflows.safety.issue_link import issue_link

    return issue_link(cast.actor(who), cast.ana_visit.pk, at=at)


def by_link(cast: Cast, at: datetime = BEFORE) -> Actor:
    """Ana, behind a new link."""
    return link_actor(str(issue(cast, at=at).id))


def form_of(cast: Cast, slug: str = "phq-9") -> Response:
    """The form that waits for Ana, as it stands."""
    from openhour.records.models import Response

    return Response.objects.get(patient=cast.ana, instrument=slug)


def give(
    actor: Actor, form_id: UUID, item: str, value: int | None, at: datetime = BEFORE + timedelta(minutes=1)
) -> Recorded:
    """One answer."""
    from openhour.workflows.safety.record_answer import record_answer

    return record_answer(actor, form_id, item, value, at=at)
