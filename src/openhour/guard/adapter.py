"""How the sign-in library is held: staff accounts are made by the practice's owner, nobody signs up."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffOnly(DefaultAccountAdapter):
    """No sign-up page; everything else as the library does it."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False
