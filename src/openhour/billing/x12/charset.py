"""Which characters may stand in a claim file, and how a name is brought into them.

Names and addresses are cleaned: written in capitals, accents dropped, delimiters and controls become blanks.
Numbers that must match the payer's own (member id, authorization) are never changed: they are refused instead.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

BASIC = r"A-Z0-9 !\"&'()+,\-./;?="
EXTENDED = BASIC + r"a-z%@\[\]_{}\\|<>#$"
"""The basic and extended character sets without `*`, `:`, `~` and `^`, which separate the parts of our files."""

_PLAIN = re.compile(f"[{BASIC}]*").fullmatch
_WRITABLE = re.compile(f"[{EXTENDED}]*").fullmatch
_FOREIGN = re.compile(f"[^{BASIC}]+")
_BLANKS = re.compile(r" {2,}")
_LETTERS = str.maketrans(
    {
        "ß": "SS",
        "ẞ": "SS",
        "Ø": "O",
        "Ł": "L",
        "Đ": "D",
        "Ð": "D",
        "Þ": "TH",
        "Æ": "AE",
        "Œ": "OE",
        "ı": "I",
        "Ħ": "H",
        "Ŋ": "NG",
        "Ŧ": "T",
        "’": "'",
        "‘": "'",
        "ʻ": "'",
        "ʼ": "'",
        "`": "'",
        "´": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "‐": "-",
        "‑": "-",
        "−": "-",
        "\u00a0": " ",
    }
)


@lru_cache(maxsize=4096)
def name(text: str, limit: int) -> str:
    """The text in capitals of the basic set, at most `limit` characters, no blank at either end; may be empty."""
    capitals = text.upper()
    if not _PLAIN(capitals):
        spelled = unicodedata.normalize("NFKD", capitals.translate(_LETTERS)).upper()
        bare = "".join(letter for letter in spelled if not unicodedata.combining(letter))
        capitals = _FOREIGN.sub(" ", bare.translate(_LETTERS))
    return _BLANKS.sub(" ", capitals).strip()[:limit].rstrip()


def is_writable(text: str) -> bool:
    """True where the text can stand in a file unchanged: extended set, no delimiter, no blank at either end."""
    return _WRITABLE(text) is not None and text == text.strip(" ")


def loses_letters(text: str) -> bool:
    """True where cleaning drops whole letters, as for a name in another script: a person must spell it."""
    spelled = unicodedata.normalize("NFKD", text.upper().translate(_LETTERS))
    return any(letter.isalpha() and not letter.isascii() for letter in spelled)
