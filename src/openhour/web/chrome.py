"""What stands around every staff page: who is signed in, where they can go, and the messages of the last step."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template import loader


def render_page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render a Jinja2 page with the context of `page`."""
    words = {**page(request), **(context or {})}
    return HttpResponse(loader.render_to_string(template, words, request, using="jinja2"), status=status)


def page(request: HttpRequest) -> dict[str, Any]:
    """`nav` items the actor's roles allow, `signed_in` name, `notices` of the last step."""
    return {
        "nav": [],
        "signed_in": request.actor.name,  # type: ignore[attr-defined]
        "notices": [{"level": m.level_tag, "text": str(m)} for m in messages.get_messages(request)],
    }
