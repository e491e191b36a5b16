"""Words of a file, made fit to stand in a finding: one line, nothing invisible, not too long."""

from __future__ import annotations


def printable(text: str, most: int = 240) -> str:
    """The text with each unprintable letter replaced, cut at `most` letters."""
    kept = "".join(letter if letter.isprintable() else "�" for letter in text[: most + 1])
    return kept if len(kept) <= most else kept[: most - 1] + "…"
