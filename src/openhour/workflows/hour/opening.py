"""An hour opened for writing: its visit locked, its session and its note made when they are first needed.

Called by every verb of this chapter and by homework. Refuses whoever may not run the session, as if there were no such
visit, and every change after the signature.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from openhour.guard.actor import Actor
from openhour.guard.policy import NotAllowed, require
from openhour.kernel import Finding, Refused
from openhour.records.models import Note, Session, Visit
from openhour.records.shelf import shelf

SIGNED = Finding("note.signed", "The note of this hour is signed and stays as it is; write an addendum.", "note")


@dataclass(slots=True)
class OpenHour:
    """visit: locked until the transaction ends, so that two writers of one hour come one after the other.
    note: None until something is written into it."""

    visit: Visit
    session: Session
    note: Note | None

    @property
    def day(self) -> date:
        """The day of the hour at its site: that of the clock once it was started, else the booked one."""
        return (self.session.started_at or self.visit.starts_at).astimezone(self.visit.site.tz).date()

    def note_in_hand(self, at: datetime) -> Note:
        """The note, made in the therapist's own format where there is none yet."""
        if self.note is None:
            layout = shelf().note(self.visit.therapist.note_format, on=self.day)
            self.note = Note.objects.create(
                session=self.session,
                patient_id=self.visit.patient_id,
                author=self.visit.therapist,
                layout=layout.pin.slug,
                layout_key=layout.pin.key,
                made_at=at,
            )
        return self.note


def open_hour(actor: Actor, visit_id: UUID, *, at: datetime, action: str = "session.run") -> OpenHour:
    """Lock the visit, then read its session and note (after the lock, so that nothing read is older than it).

    Raises NotAllowed for a visit that is missing or not the actor's, Refused where the note is signed.
    """
    visit = locked_visit(visit_id)
    require(actor, action, visit)
    session = Session.objects.filter(visit=visit).select_related("note").first()
    note = getattr(session, "note", None)
    if note is not None and note.state == "signed":
        raise Refused(SIGNED)
    return OpenHour(visit, session or _new_session(visit, at), note)


def locked_visit(visit_id: UUID) -> Visit:
    """The visit with its therapist and site, locked. Raises NotAllowed where there is none."""
    rows = Visit.objects.select_for_update(of=("self",)).select_related("therapist", "site", "episode")
    visit = rows.filter(pk=visit_id).first()
    if visit is None:
        raise NotAllowed("session.run")
    return visit


def _new_session(visit: Visit, at: datetime) -> Session:
    return Session.objects.create(
        visit=visit,
        patient_id=visit.patient_id,
        episode_id=visit.episode_id,
        therapist=visit.therapist,
        made_at=at,
    )
