"""Whether a patient finds the work together less good than it was: a word for the therapist, and no alert.

Called where a therapist sees a measure. What is asked about the work together isn't validated, or has no cut-off: so this
says what moved, not what is wrong. It is shown to who treats and who supervises; the front desk reads no measures.
"""

from __future__ import annotations

from collections.abc import Sequence

from openhour.catalog.instrument import Instrument

ALLIANCE = ("session-feedback", "wai-sr")
"""Slugs of the forms that ask about the work together."""

LOW_SHARE = 0.6
"""Of the range of our own form, at or below which the ratings are low. [local policy] Most people rate near the top."""

FALL_SHARE = 0.2
"""Of the range, from which a fall since the form before is told. [local policy]"""

LOW = "Low: ask how you work together."
FALLING = "Lower than last time: ask what changed between you."


def alliance_word(instrument: Instrument, totals: Sequence[int]) -> str:
    """What to say of the last of the totals, oldest first; empty for other forms, and where nothing is to be said."""
    if instrument.pin.slug not in ALLIANCE or not totals:
        return ""
    lowest, span = instrument.scoring.minimum, instrument.scoring.maximum - instrument.scoring.minimum
    if len(totals) > 1 and totals[-2] - totals[-1] >= FALL_SHARE * span:
        return FALLING
    own = not instrument.validated  # for a published form no source gives a level that is low
    return LOW if own and totals[-1] - lowest <= LOW_SHARE * span else ""
