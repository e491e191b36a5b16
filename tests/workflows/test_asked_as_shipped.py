"""What the definition of the hour asks before a first visit, of a practice that has loaded no words of its own."""

from __future__ import annotations

import pytest

from openhour.records.models import Response
from openhour.workflows.safety.request_measures import request_measures
from tests.cast import NOW


@pytest.mark.parametrize(
    ("indication", "more"),
    [
        ("depression", set()),
        ("anxiety", set()),
        ("ptsd", {"pc-ptsd-5"}),
        ("ocd", set()),
        ("relationship", set()),
        ("grief", set()),
        ("stress", set()),
        ("behavior", set()),
    ],
)
def test_only_what_may_be_shown_is_asked(cast, indication, more):
    """The batteries name WSAS, DAST-10 and others too: a practice without words for them isn't stuck, and asks none."""
    cast.ana_episode.indications = [indication]
    cast.ana_episode.save()
    request_measures(cast.actor("dee"), cast.ana_visit.pk, at=NOW)
    asked = set(Response.objects.values_list("instrument", flat=True))
    assert asked == {"phq-9", "gad-7", "asq", "audit-c", *more}
