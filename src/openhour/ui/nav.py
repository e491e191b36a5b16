"""One entry of the bar at the top of staff pages. Who sees which entries is decided by `web`, not here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NavItem:
    """badge: a short number beside the label (open alerts) or empty; icon: a name of ui/icons.html or empty."""

    label: str
    href: str
    current: bool = False
    badge: str = ""
    icon: str = ""
