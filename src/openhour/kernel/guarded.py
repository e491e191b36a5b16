"""What the guard needs to know of a thing before it says who may touch it; nothing of what the thing holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Subject:
    """kind: `visit`, `note`, ...; id: as text; patient_id: whose chart it belongs to, empty where none.
    care: user ids of the therapists in whose care the patient is; supervisors: user ids of their supervisors;
    author: user id of the one who wrote it, None where nobody has."""

    kind: str
    id: str
    patient_id: str = ""
    care: frozenset[int] = frozenset()
    supervisors: frozenset[int] = frozenset()
    author: int | None = None


class Guarded(Protocol):
    """Rows present themselves to the guard through this."""

    def subject(self) -> Subject: ...


NOTHING = Subject("practice", "")
