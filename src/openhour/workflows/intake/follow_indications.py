"""Choose the battery that the definition asks for, when an indication or a diagnosis was recorded or has ended.

Called inside the verbs that record them, in their transaction. What a therapist chose by hand stays: new forms only join
it. Refuses nothing; where nothing changes, nothing is written.
"""

from __future__ import annotations

from datetime import datetime

from openhour.care.battery_choice import chosen_for
from openhour.catalog import NotOnShelf
from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.records.models import Battery, Episode
from openhour.records.queries.due import forms_in
from openhour.records.queries.practice_day import practice_day
from openhour.workflows.intake.batteries import battery_in_force, definition_of, indications_now, write_version


def follow_indications(actor: Actor, episode: Episode, *, at: datetime) -> Battery | None:
    """The new version; None where what stands already is what is asked for."""
    try:
        procedure = definition_of(episode)
    except NotOnShelf:
        return None
    indications = indications_now(episode, procedure, on=practice_day(at))
    standing = battery_in_force(episode)
    if standing is None and not indications:
        return None
    by_hand = standing is not None and standing.origin == "therapist"
    held = forms_in(standing.forms) if standing else ()
    forms = chosen_for(procedure, indications, held, by_hand=by_hand)
    if standing is not None and forms == held and list(indications) == standing.indications:
        return None
    origin = "therapist" if by_hand else "definition"
    battery = write_version(actor, episode, standing, forms, origin=origin, indications=indications, at=at)
    slugs = [form.instrument for form in forms]
    trail.write(actor, "battery.chosen", battery, at=at, version=battery.version, instruments=slugs)
    return battery
