"""The door of every patient page: a link that works, or one plain page that tells nothing.

A patient has no account and no session. Whatever is wrong with an address (expired, withdrawn, tampered with, of
a cancelled visit, somebody else's form) gets the same page with the same status, with help for whoever needs it now.

No cookie gives any right here: the address itself is the key, and who doesn't know it can't make a browser use it. So no
page asks for the token against forged forms, and a phone that keeps no cookies loses no answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.views.decorators.csrf import csrf_exempt

from openhour.guard.policy import NotAllowed
from openhour.portal.late import passed_on
from openhour.records.queries.link import LinkClosed, OpenLink, crisis_words, link_of, whom_to_call

View = Callable[..., HttpResponse]

_PASSED_WORDS = (
    "This link no longer works. This one answer was passed on to your therapist. Please call the practice."
)
_CLOSED_WORDS = "This link no longer works, so this was not kept. Please call the practice."


def behind_link(view: View) -> View:
    """Give the view the open link in place of the token; answer 404 with the plain page where there is none."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, link_of(token, at=now_of(request)), **kwargs)
        except (LinkClosed, NotAllowed):
            return closed(request, passed=passed_on(request, token, kwargs.get("response_id")))

    return csrf_exempt(guarded)


def now_of(request: HttpRequest) -> datetime:
    """When the request came in, read once by the guard's middleware."""
    at: datetime = request.received_at  # type: ignore[attr-defined]
    return at


def wants_json(request: HttpRequest) -> bool:
    """True for a page's own script, which saves a tap."""
    return request.headers.get("Accept", "").startswith("application/json")


def closed(request: HttpRequest, *, passed: bool = False) -> HttpResponse:
    """The one page for every link that doesn't work. It never says whether there was such a link, but for one case:
    `passed`, where what a patient just marked was passed on because a person must see it."""
    if wants_json(request):
        told = _PASSED_WORDS if passed else _CLOSED_WORDS
        return JsonResponse({"closed": True, "errors": {"topic": [told]}}, status=404)
    name, phone = whom_to_call()
    words: dict[str, Any] = {"practice_name": name, "phone": phone, "crisis_text": crisis_words()}
    words |= {"sent": request.method == "POST", "passed": passed}
    return _page(request, "portal/closed.html", words, 404)


def show(
    request: HttpRequest, link: OpenLink, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render a patient page with what stands on all of them."""
    words = {"link": link, "practice_name": link.practice, "crisis_text": link.crisis_text, "phone": link.phone}
    return _page(request, template, {**words, **(context or {})}, status)


def _page(request: HttpRequest, template: str, words: dict[str, Any], status: int) -> HttpResponse:
    theme = request.COOKIES.get("openhour_theme", "")
    words = {"theme": theme if theme in {"light", "dark"} else "", **words}
    return HttpResponse(loader.render_to_string(template, words, request, using="jinja2"), status=status)
