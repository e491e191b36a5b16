"""Words for what is stored as a slug, as these pages say them."""

from __future__ import annotations

from openhour.workflows.intake.demographics import SEXES
from openhour.workflows.intake.take_consent import METHODS, SIGNERS

SEX_WORDS = dict(SEXES)
RELATION_WORDS = {
    "self": "",
    "spouse": "through the spouse",
    "child": "through a parent",
    "other": "through somebody else",
}
VISIT_STATES = {
    "booked": ("Booked", "quiet"),
    "arrived": ("Here", "info"),
    "held": ("Held", "ok"),
    "missed": ("Missed", "warn"),
    "cancelled": ("Cancelled", "quiet"),
}
HOMEWORK_STATES = {"given": ("Given", "info"), "returned": ("Back", "accent"), "reviewed": ("Looked at", "ok")}
SIGNER_WORDS = dict(SIGNERS)
METHOD_WORDS = dict(METHODS)
