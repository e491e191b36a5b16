"""Who is asking: the signed-in user from the session's own row, idle log-off, the actor for verbs and queries, and what
must be done first after signing in: a password of one's own, then a second factor where the practice requires one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from openhour.guard.actor import Actor
from openhour.guard.models import SignInSession, User
from openhour.guard.sessions import SessionStore

NOBODY = Actor(None, "", frozenset(), "nobody")
_TOUCH_AFTER = timedelta(seconds=60)


class StaffRequest(HttpRequest):
    """A request as the doors see it: `actor` is who asks, `received_at` when."""

    actor: Actor
    received_at: datetime


def _user_of(request: HttpRequest) -> User | AnonymousUser:
    session = cast(SessionStore, request.session)
    if not session.get(SESSION_KEY) or session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return AnonymousUser()
    user = session.user
    if user is None or str(user.pk) != session[SESSION_KEY]:  # signed in during this very request
        user = User.objects.filter(pk=session[SESSION_KEY]).first()
    sealed = session.get(HASH_SESSION_KEY, "")
    if user is None or not user.is_active or not constant_time_compare(sealed, user.get_session_auth_hash()):
        session.flush()
        return AnonymousUser()
    return user


class SignedInMiddleware(AuthenticationMiddleware):
    """Sets `request.user` without a query of its own."""

    def process_request(self, request: HttpRequest) -> None:
        """Lazy, so pages that ask nobody cost nothing."""
        request.user = SimpleLazyObject(lambda: _user_of(request))  # type: ignore[assignment]


class ActorMiddleware:
    """Ends sessions that lay idle, then sets `request.actor` and `request.received_at`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The clock is read here, once a request; rules and verbs get it as an argument."""
        staff = cast(StaffRequest, request)
        staff.received_at = timezone.now()
        staff.actor = NOBODY
        session = cast(SessionStore, request.session)
        if request.user.is_authenticated:
            seen = session.last_seen
            if seen and staff.received_at - seen > timedelta(minutes=settings.IDLE_MINUTES):
                session.flush()
                request.user = AnonymousUser()
            else:
                staff.actor = request.user.actor()
                if session.session_key and (seen is None or staff.received_at - seen > _TOUCH_AFTER):
                    SignInSession.objects.filter(pk=session.session_key).update(last_seen=staff.received_at)
        session.last_seen = staff.received_at  # a session that is saved later in this request was seen now
        return self.get_response(request)


_PASSWORD = frozenset({"account_change_password", "account_logout"})
_ENROL = _PASSWORD | {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}


class FirstStepsMiddleware:
    """Until the first steps are done, the pages for them and log-out are the only ones open. Patients' links, which
    ask for no sign-in, stay open too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do before the address is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponse | None:
        """Send the signed-in person to the step that is next, unless they are there."""
        match = request.resolver_match
        if match is None or match.route.startswith("c/") or not request.user.is_authenticated:
            return None
        session = cast(SessionStore, request.session)
        if request.user.temporary_until is not None:
            return None if match.view_name in _PASSWORD else redirect("account_change_password")
        if settings.REQUIRE_SECOND_FACTOR and not session.second_factor:
            return None if match.view_name in _ENROL else redirect("mfa_index")
        return None
