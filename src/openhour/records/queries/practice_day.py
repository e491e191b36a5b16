"""Which day it is at the practice: in the zone of the site that was set up first, UTC before there is one.

For what belongs to no visit, such as the day of a consent or of a diagnosis; what belongs to a visit asks its own site.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from openhour.records.models import Site


def first_zone() -> QuerySet[Site, str]:
    """The name of the zone as a query, for one row more in somebody else's."""
    return Site.objects.order_by("-active", "pk").values_list("zone", flat=True)[:1]


def practice_zone() -> ZoneInfo:
    """One query."""
    return ZoneInfo(first_zone().first() or "UTC")


def practice_day(at: datetime) -> date:
    """The date on the wall of the practice; one query."""
    return at.astimezone(practice_zone()).date()
