"""Text that can be kept: what a person typed, before a verb writes it.

Called by verbs that keep words of patients and staff. Refuses what no database can hold and what is longer than its
place; nothing is cut off in silence, so a refused text stays where it was typed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from openhour.kernel.finding import Finding

_NEVER = re.compile(r"[\x00\ud800-\udfff]")  # PostgreSQL holds no NUL, neither database half a letter
_NOT_IN_A_LINE = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


def tidied(text: str, *, one_line: bool = True) -> str:
    """Without spaces around it; several lines keep one kind of line break, where browsers send CR LF."""
    return text.strip() if one_line else text.replace("\r\n", "\n").replace("\r", "\n").strip()


def can_be_kept(text: str) -> bool:
    """False for text that no database can hold; asked before text is looked for, which would be an error too."""
    return _NEVER.search(text) is None


def writable_gaps(
    text: str, place: str, at_most: int, *, asked: str = "", one_line: bool = True
) -> Iterator[Finding]:
    """Why the text can't be kept at `place`. at_most counts characters; asked: the sentence where it may not be empty.

    Codes: `<place>.missing`, `<place>.too-long`, `<place>.unreadable`.
    """
    kept = tidied(text, one_line=one_line)
    if asked and not kept:
        yield Finding(f"{place}.missing", asked, place)
    if len(kept) > at_most:
        yield Finding(f"{place}.too-long", f"{len(kept):,} characters are too many; {at_most:,} fit here.", place)
    if _NEVER.search(kept):
        yield Finding(
            f"{place}.unreadable", "This holds a character that can’t be kept; please type it again.", place
        )
    elif one_line and _NOT_IN_A_LINE.search(kept):
        yield Finding(
            f"{place}.unreadable", "This is one line of letters; it holds a character of another kind.", place
        )


def mark_of(*words: object) -> str:
    """What a page sends back to say which words it showed: the first 16 digits of their SHA-256."""
    joined = "\x1f".join("" if word is None else str(word) for word in words)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:16]
