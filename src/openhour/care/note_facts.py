"""What is known of a note when it is asked what it lacks, and how a gap is told.

Filled by the pages and by `sign_note`; read by `care.note_checks`. Holds the words of the note only to see whether
there are any.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from openhour.care.consents import ConsentFacts
from openhour.care.credentials import Licence
from openhour.care.plans import PlanFacts
from openhour.care.sessions import minutes_of
from openhour.catalog.forms import ConsentForm, NoteFormat
from openhour.catalog.procedure import Procedure
from openhour.kernel import Finding, Interval


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing. blocks: whether the note can't be signed until it is mended."""

    finding: Finding
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """All that the checks look at.

    day: of the session, at the site. sections: text by the section's slug. started_at, stopped_at: aware times.
    chosen_code: the code the therapist chose, None = the one that the minutes support. diagnoses: ICD-10-CM codes.
    objectives_worked: ids from the plan; responses: text by objective id; interventions: slugs.
    risk_item_positive: a flagged item (PHQ-9 item 9) reached its flag since the last signed session;
    risk_addressed: what was done about it. review_waived_because: why the hour stands although the review is overdue.
    consent_forms: those that the procedure asks for; consents: those the patient gave.
    """

    day: date
    procedure: Procedure
    sections: Mapping[str, str] = field(default_factory=dict)
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    breaks: tuple[Interval, ...] = ()
    visit_state: str = "held"
    chosen_code: str | None = None
    diagnoses: tuple[str, ...] = ()
    plan: PlanFacts | None = None
    review_waived_because: str = ""
    objectives_worked: tuple[str, ...] = ()
    interventions: tuple[str, ...] = ()
    responses: Mapping[str, str] = field(default_factory=dict)
    risk_item_positive: bool = False
    risk_addressed: str = ""
    licences: tuple[Licence, ...] = ()
    site_state: str = ""
    consent_forms: tuple[ConsentForm, ...] = ()
    consents: tuple[ConsentFacts, ...] = ()
    author_is_session_therapist: bool = True

    @property
    def minutes(self) -> int | None:
        """Whole minutes face to face without breaks; None while the times are missing or can't be."""
        if self.started_at is None or self.stopped_at is None:
            return None
        if self.stopped_at.astimezone(UTC) <= self.started_at.astimezone(UTC):
            return None
        return minutes_of(self.started_at, self.stopped_at, self.breaks)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a check gets: the facts, the format of the note, the procedure's family on the day, and the clock."""

    facts: NoteFacts
    layout: NoteFormat
    family: tuple[Procedure, ...]
    at: datetime
