"""Add a place where hours are held.

Called by `openhour practice add-site`. Refuses a name that is taken, a place of service at which no procedure on the
shelf is held, an unknown time zone, closing before opening, and an address that a claim could not carry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.policy import require
from openhour.kernel import Finding, Refused
from openhour.records.models import Site
from openhour.records.shelf import shelf
from openhour.workflows.practice import checks


@dataclass(frozen=True, slots=True)
class SiteWords:
    """place_of_service: CMS code; zone: IANA name; opens_at, closes_at: in that zone."""

    name: str
    place_of_service: str
    address: str
    city: str
    state: str
    zip_code: str
    zone: str
    phone: str = ""
    opens_at: time = time(8)
    closes_at: time = time(20)


@transaction.atomic
def add_site(actor: Actor, words: SiteWords, *, at: datetime) -> Site:
    """The new site. Raises Refused, NotAllowed."""
    require(actor, "practice.write")
    if gaps := tuple(_gaps(words, at)):
        raise Refused(gaps)
    columns = {name: getattr(words, name) for name in SiteWords.__dataclass_fields__}
    site = Site.objects.create(**{name: v.strip() if isinstance(v, str) else v for name, v in columns.items()})
    trail.write(actor, "practice.site-added", None, at=at, site=site.pk)
    return site


def _gaps(words: SiteWords, at: datetime) -> Iterator[Finding]:
    yield from checks.text(words.name, "name", "the name of the site", 60)
    yield from checks.place_of_service(words.place_of_service, shelf(), on=at.date())
    yield from checks.address(words.address, words.city, words.state, words.zip_code)
    yield from checks.phone(words.phone)
    yield from checks.zone(words.zone)
    if words.closes_at <= words.opens_at:
        yield Finding("site.hours", "The site closes after it opens.", "closes_at")
    if Site.objects.filter(name=words.name.strip()).exists():
        yield Finding("site.exists", "There is a site of this name already.", "name")
