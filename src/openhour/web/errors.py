"""Error pages that need no database and tell nothing about what was asked for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import loader

_WORDS = {
    400: ("That didn't arrive whole", "The browser sent something that can't be read. Go back and try once more."),
    403: (
        "This page was open too long",
        "Go back, reload the page and send it again. What you typed is still there.",
    ),
    404: ("Nothing here", "The page doesn't exist, or it isn't yours to see."),
    429: ("Too many attempts", "Signing in is locked for a quarter of an hour. Your owner can help you sooner."),
    500: ("Something went wrong on our side", "Nothing you saved is lost. Go back and try again."),
}


def _page(request: HttpRequest, status: int) -> HttpResponse:
    title, sentence = _WORDS[status]
    words = {"status": status, "title": title, "sentence": sentence}
    return HttpResponse(loader.render_to_string("ui/error.html", words, using="jinja2"), status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400"""
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403"""
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404, the same for a foreign record and for a missing one."""
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500"""
    return _page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 where the form's token doesn't fit."""
    return _page(request, 403)


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """429 after too many wrong passwords."""
    return _page(request, 429)
