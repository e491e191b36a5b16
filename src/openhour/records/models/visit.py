"""The calendar: series, visits, and what was changed about them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from openhour.kernel import Interval
from openhour.kernel.guarded import Subject
from openhour.records.models.base import Row
from openhour.records.models.episode import Episode
from openhour.records.models.patient import Patient
from openhour.records.models.practice import Room, Site, Therapist, therapist_subject


class Series(Row):
    """Visits that were booked together. cadence: `weekly` or `biweekly`."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="series")
    cadence = models.CharField(max_length=10)
    count = models.PositiveSmallIntegerField()


class Visit(Row):
    """A booked hour. state: `booked`, `arrived`, `held`, `cancelled`, `missed`.

    Two visits that aren't cancelled never overlap for a therapist, a room or a patient: the database refuses it
    (`records.promises`), not only the form.
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="visits")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="visits")
    therapist = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="visits")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="visits")
    room = models.ForeignKey(Room, null=True, on_delete=models.PROTECT, related_name="visits")
    series = models.ForeignKey(Series, null=True, on_delete=models.PROTECT, related_name="visits")
    procedure = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="booked")
    arrived_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=30, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["therapist", "starts_at"], name="visit_by_therapist"),
            models.Index(fields=["room", "starts_at"], name="visit_by_room"),
            models.Index(fields=["patient", "starts_at"], name="visit_by_patient"),
            models.Index(fields=["starts_at"], name="visit_by_start"),
            models.Index(fields=["episode", "starts_at", "state"], name="visit_by_episode"),
        ]
        constraints = [
            models.CheckConstraint(name="visit_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="visit_state_is_known",
                condition=Q(state__in=["booked", "arrived", "held", "cancelled", "missed"]),
            ),
        ]

    @property
    def interval(self) -> Interval:
        """From start to end, in UTC."""
        return Interval(self.starts_at, self.ends_at)

    def subject(self) -> Subject:
        """In the care of the therapist who holds it."""
        return therapist_subject("visit", self.pk, self.patient_id, self.therapist)


class VisitChange(Row):
    """A move or a cancellation: from when to when, why, and who did it. reason: a word of the list, never free text
    about a patient's condition; remark: free words, shown on the visit only."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=10)
    was_starts_at = models.DateTimeField()
    was_ends_at = models.DateTimeField()
    was_room = models.ForeignKey(Room, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=30)
    remark = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class Topic(Row):
    """What the patient wants to talk about in a visit, in their own words. Saved as it is typed."""

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="topic")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="topics")
    text = models.TextField(blank=True)
    saved_at = models.DateTimeField()
