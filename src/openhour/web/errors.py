"""Error pages that need no database, no session and no sign-in, and tell nothing about what was asked for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import loader


def _page(name: str, status: int) -> HttpResponse:
    return HttpResponse(loader.render_to_string(name, using="jinja2"), status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400"""
    return _page("ui/400.html", 400)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403"""
    return _page("ui/403.html", 403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404, the same for a foreign record and for a missing one."""
    return _page("ui/404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500"""
    return _page("ui/500.html", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 where the form's token doesn't fit."""
    return _page("ui/csrf.html", 403)


def too_many(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """429 after too many attempts to sign in, or to prove who one is."""
    return _page("web/home/429.html", 429)
