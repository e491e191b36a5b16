"""The practice as `openhour practice show` prints it."""

from __future__ import annotations

from typing import Any

from openhour.project.cli.contract import Answer
from openhour.records.queries.practice import PracticeView, StaffLine


def shown(view: PracticeView) -> Answer:
    """Facts for `--json` and lines for a person."""
    sites = [
        {"name": site.name, "state": site.state, "zone": site.zone, "rooms": [room.name for room in rooms]}
        for site, rooms in view.sites
    ]
    staff = [_staff(one) for one in view.staff]
    name = view.practice.name if view.practice else None
    lines = [name or "There is no practice yet; begin with `openhour practice init`."]
    lines += [
        f"  site {site['name']} ({site['state']}, {site['zone']}): {', '.join(site['rooms']) or 'no rooms'}"
        for site in sites
    ]
    lines += [line for one in view.staff for line in _lines(one)]
    return Answer({"practice": name, "sites": sites, "staff": staff}, "\n".join(lines))


def _staff(one: StaffLine) -> dict[str, Any]:
    return {
        "name": one.name,
        "email": one.email,
        "roles": list(one.roles),
        "active": one.active,
        "second_factor": one.second_factor,
        "licences": [
            {
                "state": licence.state,
                "number": licence.number,
                "to": licence.valid_to.isoformat(),
                "days_left": licence.days_left,
            }
            for licence in one.licences
        ],
    }


def _lines(one: StaffLine) -> list[str]:
    off = "" if one.active else ", switched off"
    licences = [
        f"    licence {licence.state} {licence.number}: {licence.days_left} days left"
        if licence.days_left > 0
        else f"    licence {licence.state} {licence.number}: over"
        for licence in one.licences
    ]
    return [f"  {one.name} <{one.email}>: {', '.join(one.roles)}{off}", *licences]
