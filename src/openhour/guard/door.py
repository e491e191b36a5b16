"""The decorator of every staff page: signed in, with one of the roles named; else sign-in, or "not found".

Carries its roles as an attribute so that the test which walks the URL map can compare them with the access table.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from openhour.guard.policy import NotAllowed
from openhour.guard.roles import Role

View = Callable[..., HttpResponse]


def _way_back(request: HttpRequest) -> str:
    """Where to go after signing in: the page itself, or the page whose button was pressed, which a GET can't repeat."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    own = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return urlsplit(came_from).path if own else "/"


def staff(*roles: Role) -> Callable[[View], View]:
    """Let in whoever holds one of the roles. Everybody else signed in gets 404, whoever isn't gets the sign-in page.

    NotAllowed raised inside also becomes 404: a foreign record and a missing one look the same.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(_way_back(request))
            if not any(request.actor.holds(role) for role in roles):  # type: ignore[attr-defined]
                raise Http404
            try:
                return view(request, *args, **kwargs)
            except NotAllowed:
                raise Http404 from None

        guarded.roles = frozenset(roles)  # type: ignore[attr-defined]
        return guarded

    return decorate
