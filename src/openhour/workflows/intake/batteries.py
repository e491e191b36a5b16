"""What the verbs about batteries share: the version in force, and the next one.

A battery is never edited: a change is a further version, and the one before stays as superseded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime

from openhour.care.batteries import BatteryForm
from openhour.care.battery_choice import indications_for
from openhour.catalog import Procedure
from openhour.guard.actor import Actor
from openhour.records.models import Battery, Diagnosis, Episode
from openhour.records.shelf import shelf


def battery_in_force(episode: Episode) -> Battery | None:
    """The version that stands, locked; None where none was written down yet."""
    return Battery.objects.select_for_update(no_key=True).filter(episode=episode, state="active").first()


def definition_of(episode: Episode) -> Procedure:
    """The very version that the episode was opened with. Raises NotOnShelf."""
    found: Procedure = shelf().pinned("procedure", episode.procedure_key)  # type: ignore[assignment]
    return found


def indications_now(episode: Episode, procedure: Procedure, *, on: date) -> tuple[str, ...]:
    """Those that were recorded, and those whose families hold a diagnosis that stands on the day."""
    standing = Diagnosis.objects.filter(episode=episode, since__lte=on, until__isnull=True)
    return indications_for(procedure, episode.indications, standing.values_list("code", flat=True))


def write_version(
    actor: Actor,
    episode: Episode,
    standing: Battery | None,
    forms: Iterable[BatteryForm],
    *,
    origin: str,
    indications: Iterable[str],
    reason: str = "",
    at: datetime,
) -> Battery:
    """The next version, in force; the standing one is superseded."""
    if standing is not None:
        standing.state = "superseded"
        standing.save(update_fields=["state"])
    return Battery.objects.create(
        episode=episode,
        version=standing.version + 1 if standing else 1,
        origin=origin,
        procedure_key=episode.procedure_key,
        indications=list(indications),
        forms=[asdict(form) for form in forms],
        reason=reason,
        by_id=actor.user_id,
        made_at=at,
    )
