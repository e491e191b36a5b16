"""One-time passwords: made by the machine, shown once, and replaced at the first sign-in."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from openhour.guard.models import User

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
VALID_FOR = timedelta(hours=72)


def give_one_time_password(user: User, *, at: datetime) -> str:
    """Set it and give it back; the caller shows it once. 79 bits of chance. Ends the user's sign-ins."""
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    user.set_password(password)
    user.temporary_until = at + VALID_FOR
    user.save()
    user.sign_ins.all().delete()
    return password
