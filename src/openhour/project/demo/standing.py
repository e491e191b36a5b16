"""Whether the demo practice stands already. Apart from `fill`, so that a second start loads none of what filling needs."""

from __future__ import annotations

from openhour.kernel import Finding, Refused
from openhour.project.demo.people import PRACTICE
from openhour.records.models import Practice


def is_filled() -> bool:
    """True where the demo stands already. Raises Refused where another practice does."""
    name = Practice.objects.values_list("name", flat=True).first()
    if name is not None and name != PRACTICE.name:
        raise Refused(
            Finding("demo.real-practice", "This database holds another practice; the demo stays out of it.")
        )
    return name is not None
