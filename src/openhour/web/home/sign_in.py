"""The sign-in library's views in our frame: our page around them, 422 for what they refuse, no method but GET and POST.

Used by `account_urls` alone. Refuses sign-up, and a password reset where the installation sends no mail.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import json_script
from django.views.decorators.http import require_http_methods

from openhour.web.chrome import page, render_page

View = Callable[..., HttpResponse]


def ours(view: View) -> View:
    """The view, with the context of our pages. What it refuses is a 422, and a link that is used up a 404."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if not isinstance(response, TemplateResponse) or response.is_rendered:
            return response
        given: dict[str, Any] = response.context_data or {}
        response.context_data = {**page(request), **_words(given), **given}
        if request.method == "POST" and any(_refused(form) for form in given.values()):
            response.status_code = 422
        if given.get("token_fail"):
            response.status_code = 404
        return response

    return shown


def _words(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "second_factor_required": settings.REQUIRE_SECOND_FACTOR,
        "sends_mail": settings.SENDS_MAIL,
        "passkey_data": json_script(given["js_data"], "js_data") if "js_data" in given else "",
    }


def _refused(form: Any) -> bool:
    return getattr(form, "is_bound", False) and bool(form.errors)


def needs_mail(view: View) -> View:
    """The view where the installation sends mail; else a page that says who can help."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.SENDS_MAIL:
            return view(request, *args, **kwargs)
        return render_page(request, "web/home/no_mail.html", status=200 if request.method != "POST" else 422)

    return asked


@require_http_methods(["GET", "HEAD", "POST"])
def closed(request: HttpRequest) -> HttpResponse:
    """Staff accounts are made by the owner: there is no such page."""
    raise Http404
