"""Keep what was typed whatever button was pressed; what can't be kept comes back with the reason, and stays on the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from openhour.guard.middleware import StaffRequest
from openhour.kernel import Finding, Refused
from openhour.web.hour.posted import save_typed, typed_of
from openhour.workflows.hour.fields import Typed, Value
from openhour.workflows.hour.save_note import Overtaken


@dataclass(slots=True)
class Kept:
    """theirs: field -> what somebody else wrote meanwhile; findings: why something couldn't be kept or done.
    typed: what stood in the fields, shown again where it couldn't be kept. stepped: the button's own step was done."""

    typed: Mapping[str, Typed] = field(default_factory=dict)
    theirs: dict[str, Value] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    stepped: bool = False

    @property
    def whole(self) -> bool:
        """True where everything typed is on disk and nothing was refused."""
        return not self.theirs and not self.findings

    @property
    def unsaved(self) -> frozenset[str]:
        """Fields whose typed value isn't on disk."""
        return frozenset(self.theirs) | {finding.place for finding in self.findings}


def keep(request: StaffRequest, visit_id: UUID) -> Kept:
    """Save every typed field that can be saved; what can't comes back with the reason."""
    kept = Kept(typed_of(request.POST))
    left = dict(kept.typed)
    while left:
        try:
            save_typed(request, visit_id, left)
            break
        except Overtaken as overtaken:
            kept.theirs |= overtaken.theirs
            bad = set(overtaken.theirs)
        except Refused as refusal:
            kept.findings += refusal.findings
            bad = {finding.place for finding in refusal.findings}
        fewer = {name: one for name, one in left.items() if name not in bad}
        if len(fewer) == len(left):  # the reason lies in no field: signed meanwhile
            break
        left = fewer
    return kept
