"""The hour itself: the session, its note, addenda, and the homework it gave."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from openhour.kernel.guarded import Subject
from openhour.records.models.base import Row
from openhour.records.models.episode import Episode
from openhour.records.models.patient import Patient
from openhour.records.models.practice import Therapist, therapist_subject
from openhour.records.models.visit import Visit


class Session(Row):
    """A visit that was held. started_at and stopped_at bound the face-to-face time; procedure is what the therapist
    chose where it differs from what the minutes say, else empty.

    agenda: list of {"id", "text", "done"}; interventions: slugs; objectives: list of {"thread", "response"}: which
    objectives were worked on and how the patient responded; risk: what was done about risk; review_waiver: why the
    hour stands although the plan's review is overdue. set_aside: thread -> the response to an objective that was taken
    off again, so that no written word is lost by pressing a chip. sealed_at: when its note was signed; from then on the
    database refuses every change.
    """

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="session")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="sessions")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="sessions")
    therapist = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="sessions")
    started_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    times_reason = models.CharField(max_length=200, blank=True)
    people = models.CharField(max_length=200, blank=True)
    agenda = models.JSONField(default=list)
    interventions = models.JSONField(default=list)
    objectives = models.JSONField(default=list)
    risk = models.TextField(blank=True)
    review_waiver = models.CharField(max_length=400, blank=True)
    procedure = models.CharField(max_length=60, blank=True)
    set_aside = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["therapist"], condition=Q(sealed_at__isnull=True), name="session_not_sealed")]
        constraints = [
            models.CheckConstraint(
                name="session_stops_after_it_starts",
                condition=Q(stopped_at__isnull=True) | Q(stopped_at__gt=F("started_at")),
            ),
            models.CheckConstraint(
                name="session_stops_only_if_started",
                condition=Q(stopped_at__isnull=True) | Q(started_at__isnull=False),
            ),
        ]

    @property
    def minutes(self) -> int | None:
        """Whole face-to-face minutes, None until it was started and stopped."""
        if self.started_at is None or self.stopped_at is None:
            return None
        return int((self.stopped_at - self.started_at).total_seconds() // 60)

    def subject(self) -> Subject:
        """In the care of its therapist, who is its author."""
        return therapist_subject("session", self.pk, self.patient_id, self.therapist, author=self.therapist.user_id)


class Note(Row):
    """A progress note. state: `draft` or `signed`. sections: slug -> {"text", "revision"}.

    Signing freezes `content` (canonical JSON of facts and sections) and its SHA-256; from then on the database
    refuses every change (`records.promises`).
    """

    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="note")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="notes")
    layout = models.CharField(max_length=40)
    layout_key = models.CharField(max_length=80)
    state = models.CharField(max_length=10, default="draft")
    sections: models.JSONField[Any, Any] = models.JSONField(default=dict)
    saved_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0)
    signed_at = models.DateTimeField(null=True)
    signature = models.CharField(max_length=200, blank=True)
    content = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["author", "state"], name="note_by_author")]
        constraints = [
            models.CheckConstraint(
                name="a_signed_note_has_its_digest",
                condition=Q(state="draft") | Q(signed_at__isnull=False) & ~Q(digest="") & ~Q(content=""),
            ),
        ]

    def subject(self) -> Subject:
        """In the care of its author, and theirs to write."""
        return therapist_subject("note", self.pk, self.patient_id, self.author, author=self.author.user_id)


class Addendum(Row):
    """Words added after signing, dated and signed. Added only. digest covers the words and the note's digest."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="addenda")
    author = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="addenda")
    reason = models.CharField(max_length=120)
    text = models.TextField()
    signature = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)


class Assignment(Row):
    """Homework given in a session. state: `given`, `returned`, `reviewed`, `withdrawn` (given by mistake, before the
    note was signed). answers: list of rows of the form; objective: thread of the objective it serves; completion:
    how much was done, `all`, `some` or `none`, empty until it was reviewed; reviewed_in: the session it was looked at."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="assignments")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="assignments")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="assignments")
    form = models.CharField(max_length=60)
    form_key = models.CharField(max_length=80)
    title = models.CharField(max_length=120)
    why = models.CharField(max_length=400, blank=True)
    objective = models.UUIDField(null=True)
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=10, default="given")
    answers = models.JSONField(default=list)
    returned_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_in = models.ForeignKey(Session, null=True, on_delete=models.PROTECT, related_name="reviewed")
    review = models.TextField(blank=True)
    completion = models.CharField(max_length=4, blank=True)
    revision = models.PositiveIntegerField(default=0)

    def subject(self) -> Subject:
        """In the care of the episode's therapist."""
        return therapist_subject("assignment", self.pk, self.patient_id, self.episode.therapist)
