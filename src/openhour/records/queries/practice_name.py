"""The practice as the head of a letter: its name and the lines below it. Tells nothing of any patient."""

from __future__ import annotations

from openhour.records.models import Practice


def letterhead() -> tuple[str, list[str]]:
    """Name, and address and telephone as far as they are known."""
    practice = Practice.objects.filter(pk=1).first()
    if practice is None:
        return "Openhour", []
    town = " ".join(part for part in (practice.state, practice.zip_code[:5]) if part)
    lines = [practice.address, ", ".join(part for part in (practice.city, town) if part), practice.phone]
    return practice.name, [line for line in lines if line]
