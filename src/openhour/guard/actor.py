"""Who acts: a signed-in member of staff, a patient behind a signed link, or the practice's own command line."""

from __future__ import annotations

from dataclasses import dataclass

from openhour.guard.roles import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """user_id: None for a patient's link and for the command line. label: what the trail shows
    (`user:7`, `link:…`, `command-line`); never a patient's name."""

    user_id: int | None
    name: str
    roles: frozenset[Role]
    label: str

    def holds(self, role: Role) -> bool:
        """True where the actor has the role."""
        return role in self.roles

    @property
    def staff_id(self) -> int:
        """user_id of a member of staff, for rows that need one. Raises LookupError for a link and the command line."""
        if self.user_id is None:
            raise LookupError("only a member of staff has a user")
        return self.user_id


def link_actor(link_id: str) -> Actor:
    """A patient who came by a signed link: no role, so `may` refuses everything; link verbs check the link itself."""
    return Actor(None, "Patient by link", frozenset(), f"link:{link_id}")


COMMAND_LINE = Actor(None, "Command line", frozenset({Role.OWNER}), "command-line")
