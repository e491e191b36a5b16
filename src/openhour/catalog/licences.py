"""What may be done with an instrument's words: the four tiers, and the instruments that may not be used at all.

Read by the reader of definitions and by the loader of site wordings. Openhour ships words only where their owner lets
everybody copy them (tier A); what a site has a licence for it loads itself (tiers B and C). Instruments whose owners
ask a fee or refuse (tier D) are refused by name, whatever a file says, and nothing here imitates them.
"""

from __future__ import annotations

import re

TIERS = ("A", "B", "C", "own")
SITE_LOADS_WORDS = ("B", "C")

_FEE = "needs a licence from its owners that Openhour can't check, so it can't be loaded here."
_REFUSED: tuple[tuple[str, str, str], ...] = (
    # names as a whole word of slug, title or short name; what it is; why not
    (r"srs|session rating scale", "The Session Rating Scale (SRS)", _FEE),
    (r"ors|outcome rating scale", "The Outcome Rating Scale (ORS)", _FEE),
    (r"psychlops", "PSYCHLOPS", "is given out for a fee, so it can't be loaded here."),
    (r"eq-?5d\S*", "The EQ-5D", "may not be shown in any form without its owner's written consent."),
    (r"madrs|montgomery\S* depression.*", "The MADRS", "may not be reproduced without its owner's permission."),
    (r"epworth\S*", "The Epworth Sleepiness Scale", "is given out for a fee, so it can't be loaded here."),
)


def refused_by_name(*names: str) -> str:
    """Why an instrument of these names (slug, title, short name) is never loaded, as a sentence; empty where it may be."""
    told = " | ".join(re.sub(r"[^a-z0-9]+", " ", name.casefold()) for name in names)
    joined = " | ".join(name.casefold() for name in names)
    for pattern, what, why in _REFUSED:
        if re.search(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])", told) or re.search(
            rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])", joined
        ):
            return f"{what} {why}"
    return ""
