"""The decorator of every staff page: signed in, with one of the roles named; else sign-in, or "not found".

Carries its roles as an attribute so that the test which walks the URL map can compare them with the access table.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from openhour.guard.policy import NotAllowed
from openhour.guard.roles import Role

View = Callable[..., HttpResponse]


def staff(*roles: Role) -> Callable[[View], View]:
    """Let in whoever holds one of the roles. Everybody else signed in gets 404, whoever isn't gets the sign-in page.

    NotAllowed raised inside also becomes 404: a foreign record and a missing one look the same.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not any(request.actor.holds(role) for role in roles):  # type: ignore[attr-defined]
                raise Http404
            try:
                return view(request, *args, **kwargs)
            except NotAllowed:
                raise Http404 from None

        guarded.roles = frozenset(roles)  # type: ignore[attr-defined]
        return guarded

    return decorate
