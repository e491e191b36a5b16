"""What a session note still lacks before it can be signed: every gap at once, in a therapist's words.

Called while the note is written (shown, nothing blocked) and by `sign_note` (the blocking ones refuse). Each gap has
a place that the pages turn into a link to where it is mended.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from openhour.care.note_checks import CHECKS, NOT_HELD, supported_procedures
from openhour.care.note_facts import Asked, Gap, NoteFacts
from openhour.catalog.forms import NoteFormat
from openhour.catalog.procedure import Procedure
from openhour.kernel import Finding

__all__ = ["CHECKS", "NOT_HELD", "Asked", "Gap", "NoteFacts", "blocking", "note_gaps", "supported_procedures"]


def note_gaps(
    facts: NoteFacts, layout: NoteFormat, family: tuple[Procedure, ...], *, at: datetime
) -> tuple[Gap, ...]:
    """Every gap, in the order in which a therapist would mend them; nothing where the note can be signed as it is."""
    asked = Asked(facts, layout, family, at)
    return tuple(gap for check in CHECKS for gap in check(asked))


def blocking(gaps: Iterable[Gap]) -> tuple[Finding, ...]:
    """The findings that refuse the signature."""
    return tuple(gap.finding for gap in gaps if gap.blocks)
