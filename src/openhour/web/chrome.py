"""What stands around every staff page: who is signed in, where they can go, and the messages of the last step.

Called by every view of `web` through `render_page`. It asks the database nothing: roles come with the request's actor,
addresses from the URL map. An entry whose page does not exist yet is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.urls import NoReverseMatch

from openhour.guard.actor import Actor
from openhour.guard.roles import TITLES, Role
from openhour.ui.addresses import address_of
from openhour.ui.nav import NavItem


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the bar at the top. names: URL names, the first that exists counts; roles: who sees it."""

    label: str
    names: tuple[str, ...]
    roles: frozenset[Role]


def _entry(label: str, names: str, *roles: Role) -> Entry:
    return Entry(label, tuple(names.split()), frozenset(roles))


ENTRIES = (
    _entry("Today", "today", Role.THERAPIST),
    _entry("Schedule", "schedule-day schedule", Role.FRONT_DESK, Role.THERAPIST),
    _entry("Patients", "patients patient-list", Role.THERAPIST, Role.SUPERVISOR, Role.FRONT_DESK, Role.BILLER),
    _entry("Alerts", "alerts alert-list", Role.THERAPIST, Role.SUPERVISOR),
    _entry("Progress", "caseload", Role.THERAPIST),
    _entry("Signals", "signals", Role.SUPERVISOR),
    _entry("Results", "report-own", Role.THERAPIST),
    _entry("Reports", "report-practice", Role.OWNER, Role.SUPERVISOR),
    _entry("Claims", "claims claim-list", Role.BILLER),
    _entry("Practice", "practice", Role.OWNER),
    _entry("Trail", "trail", Role.OWNER),
)
# Where someone lands who holds the role; the first role in this order decides.
HOMES = (
    (Role.THERAPIST, "today"),
    (Role.FRONT_DESK, "schedule-day"),
    (Role.BILLER, "claims"),
    (Role.SUPERVISOR, "alerts"),
    (Role.OWNER, "practice"),
)


def address(*names: str) -> str:
    """Where the first of the named pages that exists is; empty where none does."""
    for name in names:
        try:
            return address_of(name)
        except NoReverseMatch:
            continue
    return ""


def home_of(actor: Actor) -> str:
    """The page on which the actor's day begins; empty for someone without a role."""
    held = (address(name) for role, name in HOMES if actor.holds(role))
    return next((found for found in held if found), "")


def nav_of(actor: Actor, path: str) -> tuple[NavItem, ...]:
    """What the actor's roles open, the entry of the longest address that `path` begins with marked as the current one."""
    open_to = [(entry.label, address(*entry.names)) for entry in ENTRIES if entry.roles & actor.roles]
    held = [(label, href) for label, href in open_to if href]
    here = max((href for _, href in held if path.startswith(href)), key=len, default="")
    return tuple(NavItem(label, href, current=href == here) for label, href in held)


def page(request: HttpRequest) -> dict[str, Any]:
    """The context of `ui/base.html`."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    theme = request.COOKIES.get("openhour_theme", "")
    return {
        "nav": nav_of(actor, request.path),
        "viewer_name": actor.name,
        "viewer_role": ", ".join(title for role, title in TITLES.items() if actor.holds(role)),
        "sign_out_url": address_of("account_logout") if actor.user_id else "",
        "security_url": address_of("mfa_index") if actor.user_id else "",
        "home_url": address_of("home"),
        "theme": theme if theme in {"light", "dark"} else "",
        "messages": messages.get_messages(request),
    }


def render_page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render a Jinja2 page with the context of `page`; what the view gives itself wins."""
    words = {**page(request), **(context or {})}
    return HttpResponse(loader.render_to_string(template, words, request, using="jinja2"), status=status)
