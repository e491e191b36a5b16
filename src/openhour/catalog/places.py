"""Places of service: the CMS two-digit codes an hour may be held in, with our own short words for them.

Read by the shelf (a setting may name only these), the site form and the claim. The codes are a public CMS code set;
the words here are ours, chosen for outpatient therapy, and are not CMS's descriptors.
"""

from __future__ import annotations

from openhour.kernel import Coded

_WORDS = {
    "02": "Video or phone, patient elsewhere than at home",
    "03": "School",
    "04": "Homeless shelter",
    "10": "Video or phone, patient at home",
    "11": "Private practice office",
    "12": "Patient's home",
    "13": "Assisted living",
    "14": "Group home",
    "18": "Workplace",
    "19": "Hospital outpatient clinic, off campus",
    "20": "Urgent care",
    "22": "Hospital outpatient clinic, on campus",
    "49": "Independent clinic",
    "50": "Federally qualified health center",
    "52": "Partial hospitalization program",
    "53": "Community mental health center",
    "57": "Substance use clinic, non-residential",
    "62": "Outpatient rehabilitation center",
    "71": "Public health clinic",
    "72": "Rural health clinic",
    "99": "Another place",
}


def place_is_known(code: str) -> bool:
    """True for a two-digit code in this table."""
    return code in _WORDS


def place_words(code: str) -> str:
    """Our words for the code. Raises KeyError where the table has none."""
    return _WORDS[code]


def places() -> tuple[Coded, ...]:
    """All places in order of their codes, system `pos`."""
    return tuple(Coded("pos", code, words) for code, words in sorted(_WORDS.items()))
