"""The National Provider Identifier and its check digit.

Ten digits; the last is a Luhn check digit over `80840` and the first nine
(45 CFR 162.406; CMS, "Requirements for NPI and NPI Check Digit").
"""

from __future__ import annotations

from openhour.kernel.finding import Finding


def npi_is_valid(npi: str) -> bool:
    """True for ten ASCII digits that begin with 1 or 2 and whose check digit holds."""
    if len(npi) != 10 or not (npi.isascii() and npi.isdigit()) or npi[0] not in "12":
        return False
    digits = [int(digit) for digit in "80840" + npi]
    doubled = [
        digit if place % 2 == 0 else (digit * 2 - 9 if digit > 4 else digit * 2)
        for place, digit in enumerate(reversed(digits))
    ]
    return sum(doubled) % 10 == 0


def npi_finding(npi: str, place: str = "npi") -> Finding | None:
    """Nothing for a good NPI, else the reason in words."""
    if npi_is_valid(npi):
        return None
    return Finding(
        "npi.invalid", "The NPI needs ten digits, and its last digit must check. Compare it with the registry.", place
    )
