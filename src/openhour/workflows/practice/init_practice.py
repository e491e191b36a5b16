"""Begin a practice: its one row, and its first owner with a one-time password.

Called by `openhour practice init`. Refuses a second practice, an NPI whose check digit fails, and what can't be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from openhour.guard import trail
from openhour.guard.actor import Actor
from openhour.guard.models import User
from openhour.guard.policy import require
from openhour.guard.roles import Role
from openhour.kernel import Finding, Refused
from openhour.records.models import Practice
from openhour.workflows.practice import checks
from openhour.workflows.practice.passwords import give_one_time_password
from openhour.workflows.practice.practice_words import PracticeWords, practice_gaps


@dataclass(frozen=True, slots=True)
class Begun:
    """password: shown once, then known to nobody."""

    practice: Practice
    owner: User
    password: str


@transaction.atomic
def init_practice(actor: Actor, words: PracticeWords, *, owner_name: str, owner_email: str, at: datetime) -> Begun:
    """The practice and its owner. Raises Refused, NotAllowed."""
    require(actor, "practice.write")
    gaps = [*practice_gaps(words), *checks.text(owner_name, "owner_name", "the owner's name", 120)]
    gaps += [Finding(one.code, one.sentence, "owner_email") for one in checks.email(owner_email)]
    if Practice.objects.exists():
        gaps.append(Finding("practice.exists", "There is a practice already; change it with `practice change`."))
    if User.objects.filter(email=owner_email.strip().lower()).exists():
        gaps.append(Finding("staff.exists", "Somebody has this e-mail address already.", "owner_email"))
    if gaps:
        raise Refused(gaps)
    practice = Practice.objects.create(id=1, **words.columns())
    owner = User.objects.create_user(owner_email, name=owner_name.strip(), roles=[Role.OWNER.value])
    password = give_one_time_password(owner, at=at)
    trail.write(actor, "practice.begun", None, at=at, owner=owner.pk)
    return Begun(practice, owner, password)
