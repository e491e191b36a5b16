"""What the payer asks for: its filing deadline, and the edits of its definition, kind by kind.

The kinds and their parameters stand in `catalog.kinds.PAYER_EDITS`; a new kind is a function here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

from openhour.billing.claims import Claim
from openhour.billing.edits.edit import Edit, EditContext, hold, warn

ALARM_AT = 0.75
"""The share of the filing days after which the biller is warned (coding reference, timely filing)."""


def filing_edits(claim: Claim, context: EditContext) -> tuple[Edit, ...]:
    """Late holds the claim; three quarters of the time gone is told."""
    allowed = context.payer.filing_days
    if allowed is None or not claim.lines:
        return ()
    first = min(line.day for line in claim.lines)
    passed = (context.on - first).days
    if passed <= allowed * ALARM_AT:
        return ()
    last = (first + timedelta(days=allowed)).isoformat()
    if passed > allowed:
        return (hold("claim.late", f"The payer took claims for the oldest line until {last}.", "lines"),)
    return (warn("claim.deadline-near", f"Send this soon: the payer takes the oldest line until {last}.", "lines"),)


def payer_edits(claim: Claim, context: EditContext) -> tuple[Edit, ...]:
    """The claim goes to this very payer, who takes claims, and passes every edit of the payer's definition.

    Raises KeyError for a kind that the shelf should have refused.
    """
    if context.payer.kind == "self-pay":
        return (hold("claim.self-pay", "The patient pays this themselves: print a superbill instead.", "coverage"),)
    if claim.coverage.payer.payer_id != context.payer.payer_id:
        return (hold("claim.payer", "The claim's payer isn't the one of the coverage.", "coverage.payer"),)
    if not context.payer.edits:
        return ()
    return tuple(edit for asked in context.payer.edits for edit in KINDS[asked.kind](claim, dict(asked.parameters)))


def requires_authorization(claim: Claim, parameters: Mapping[str, object]) -> tuple[Edit, ...]:
    """codes: the services for which the payer wants an authorization number."""
    codes = _texts(parameters["codes"])
    if claim.authorization or not any(line.code in codes for line in claim.lines):
        return ()
    sentence = "This payer wants an authorization number for this service."
    return (hold("claim.authorization-missing", sentence, "claim.authorization"),)


def allowed_place_of_service(claim: Claim, parameters: Mapping[str, object]) -> tuple[Edit, ...]:
    """places: the only places of service that the payer pays for."""
    places = _texts(parameters["places"])
    return tuple(
        hold("claim.place-payer", "This payer doesn't pay for this place of service.", f"line {at}")
        for at, line in enumerate(claim.lines, start=1)
        if (line.place or claim.place) not in places
    )


def requires_member_id_pattern(claim: Claim, parameters: Mapping[str, object]) -> tuple[Edit, ...]:
    """pattern: a regular expression that the whole member id matches."""
    member = claim.coverage.member_id
    if not member or re.fullmatch(str(parameters["pattern"]), member):
        return ()
    sentence = "The member id doesn't look like one of this payer's. Compare it with the insurance card."
    return (hold("claim.member-pattern", sentence, "coverage.member-id"),)


def modifier_for_taxonomy(claim: Claim, parameters: Mapping[str, object]) -> tuple[Edit, ...]:
    """taxonomy: a prefix; modifier: what stands on every line that such a therapist renders."""
    modifier = str(parameters["modifier"])
    if not claim.rendering.taxonomy.startswith(str(parameters["taxonomy"])):
        return ()
    return tuple(
        hold("claim.modifier-missing", f"This payer wants modifier {modifier} from this therapist.", f"line {at}")
        for at, line in enumerate(claim.lines, start=1)
        if modifier not in line.modifiers
    )


KINDS: dict[str, Callable[[Claim, Mapping[str, object]], tuple[Edit, ...]]] = {
    "requires-authorization": requires_authorization,
    "allowed-place-of-service": allowed_place_of_service,
    "requires-member-id-pattern": requires_member_id_pattern,
    "modifier-for-taxonomy": modifier_for_taxonomy,
}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple | list) else (str(value),)
