"""The roles of a practice. A person may hold several; who holds none may do nothing."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Words of the clinic, stored as written."""

    OWNER = "owner"
    THERAPIST = "therapist"
    SUPERVISOR = "supervisor"
    FRONT_DESK = "front-desk"
    BILLER = "biller"


TITLES = {
    Role.OWNER: "Owner",
    Role.THERAPIST: "Therapist",
    Role.SUPERVISOR: "Supervisor",
    Role.FRONT_DESK: "Front desk",
    Role.BILLER: "Biller",
}
