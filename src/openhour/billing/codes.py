"""Small public code lists that a claim is checked against: places of service, states, filing indicators, relations.

Codes only, no descriptions. Places: CMS place-of-service code set; states: USPS, incl. territories and military mail.
Filing indicators and relations are the values that loops 2000B and 2000C of 005010X222A1 take.
"""

from __future__ import annotations

_PLACES = """
01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 31 32 33 34 41 42
49 50 51 52 53 54 55 56 57 58 60 61 62 65 66 71 72 81 99
"""
_STATES = """
AA AE AK AL AP AR AS AZ CA CO CT DC DE FL GA GU HI IA ID IL IN KS KY LA MA MD ME MI MN MO MP MS MT
NC ND NE NH NJ NM NV NY OH OK OR PA PR RI SC SD TN TX UT VA VI VT WA WI WV WY
"""
_FILING = """
11 12 13 14 15 16 17 AM BL CH CI DS FI HM LM MA MB MC OF TV VA WC ZZ
"""

PLACES_OF_SERVICE = frozenset(_PLACES.split())
STATES = frozenset(_STATES.split())
FILING_INDICATORS = frozenset(_FILING.split())
SELF = "18"
RELATIONS = frozenset(("01", "19", "20", "21", "39", "40", "53", "G8"))
"""How a patient stands to the subscriber: spouse, child, employee, unknown, donor, other; 18 is the subscriber."""
SEXES = frozenset("FMU")
ORIGINAL, REPLACEMENT, VOID = "1", "7", "8"
FREQUENCIES = frozenset((ORIGINAL, REPLACEMENT, VOID))
