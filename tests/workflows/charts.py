"""What the tests of intake and plan share: one refused call, and what the trail and the rows hold after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from openhour.guard.models import TrailEntry
from openhour.guard.policy import NotAllowed
from openhour.kernel import Refused
from openhour.records.models import Response
from openhour.records.shelf import shelf
from tests.cast import NOW, TODAY, Cast


def codes_of(call: Callable[[], Any]) -> list[str]:
    """The codes of a refusal; nothing may stand in the trail after it that wasn't there before."""
    before = TrailEntry.objects.count()
    with pytest.raises(Refused) as refused:
        call()
    assert TrailEntry.objects.count() == before
    return [finding.code for finding in refused.value.findings]


def places_of(call: Callable[[], Any]) -> list[str]:
    """The fields beside which a refusal stands."""
    with pytest.raises(Refused) as refused:
        call()
    return [finding.place for finding in refused.value.findings]


def nobody_but(may: set[str], call: Callable[[str], Any]) -> None:
    """Everybody else of the cast is answered as if there were nothing."""
    for who in sorted({"ben", "carla", "sam", "dee", "eli", "olga"} - may):
        with pytest.raises(NotAllowed):
            call(who)


def entry(action: str) -> TrailEntry:
    """The one entry of that action."""
    return TrailEntry.objects.get(action=action)


def scored(cast: Cast, total: int, on: date = TODAY, slug: str = "phq-9", who: str = "ana") -> Response:
    """A finished form with its score."""
    instrument = shelf().instrument(slug, on=on)
    band = next((one.label for one in reversed(instrument.bands) if total >= one.at_least), "")
    return Response.objects.create(
        patient=getattr(cast, who),
        episode=getattr(cast, f"{who}_episode"),
        instrument=slug,
        instrument_key=instrument.pin.key,
        instrument_digest=instrument.pin.digest,
        due_on=on,
        state="complete",
        answers={item.id: 0 for item in instrument.items},
        total=total,
        band=band,
        completed_at=NOW,
        made_at=NOW,
    )
