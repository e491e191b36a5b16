"""What a person typed, before it is kept: one kind of line break, no characters that no database can hold.

Used by every verb that keeps words. Nothing is cut off in silence: text that is too long is refused, and stays where
it was typed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from openhour.kernel import Finding


def tidy(text: str) -> str:
    """Browsers send CR LF where a person pressed Enter; we keep LF. Nothing else is touched."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def text_gaps(text: str, place: str, at_most: int) -> Iterator[Finding]:
    """Why the text can't be kept; at_most counts characters."""
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        yield Finding("text.unstorable", "This holds a character that can't be kept; please type it again.", place)
    if len(text) > at_most:
        yield Finding("text.too-long", f"{len(text):,} characters are too many; {at_most:,} fit here.", place)


def base_of(text: str) -> str:
    """What a browser sends back to say from which words it began: the first 16 digits of their SHA-256."""
    return hashlib.sha256(tidy(text).encode("utf-8", "surrogatepass")).hexdigest()[:16]
