"""The page that a patient gets when something goes wrong: it promises nothing about the last answer, and holds help.

Called by the handlers of `project.errors` for every address of a patient's page. It asks neither the database nor the
link, because either may be what failed.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import loader


def broken(request: HttpRequest, *, status: int) -> HttpResponse:
    """status: 400, 403, 404 or 500."""
    words = {"sent": request.method == "POST", "ours": status == 500}
    return HttpResponse(loader.render_to_string("portal/broken.html", words, using="jinja2"), status=status)
