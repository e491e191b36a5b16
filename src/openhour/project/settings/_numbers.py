"""A whole number from the environment, where a practice may change one."""

from __future__ import annotations

import os


def whole_number(variable: str, unless: int, *, least: int) -> int:
    """What the variable says, or `unless` where it isn't set. Raises ValueError, naming the variable, for anything
    that is no whole number from `least` on."""
    given = os.environ.get(variable, str(unless)).strip()
    if not (given.isascii() and given.isdigit() and len(given) <= 9 and int(given) >= least):
        raise ValueError(f"{variable} is a whole number, {least} or more")
    return int(given)
