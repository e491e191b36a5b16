"""A course of treatment: why, with whom, the diagnoses, and the plan with its goals and objectives."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from openhour.kernel.guarded import Subject
from openhour.records.models.base import Row
from openhour.records.models.patient import Patient
from openhour.records.models.practice import Therapist, therapist_subject


class Episode(Row):
    """From the first visit to discharge, with one therapist. reason: why they come, in their own words.
    indications: slugs of the procedure definition. closing_reason, outcome: slugs of `care.endings`; closing_words: the
    therapist's own; all three are empty while it is open."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="episodes")
    therapist = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="episodes")
    procedure = models.CharField(max_length=60)
    procedure_key = models.CharField(max_length=80)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    reason = models.TextField(blank=True)
    indications = models.JSONField(default=list)
    state = models.CharField(max_length=10, default="open")
    closing_reason = models.CharField(max_length=30, blank=True)
    outcome = models.CharField(max_length=30, blank=True)
    closing_words = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["therapist", "state"], name="episode_by_therapist"),
            models.Index(fields=["state", "patient"], name="episode_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "therapist"], condition=Q(state="open"), name="one_open_episode_with_a_therapist"
            ),
        ]

    def subject(self) -> Subject:
        """In the care of its therapist."""
        return therapist_subject("episode", self.pk, self.patient_id, self.therapist)


class Diagnosis(Row):
    """An ICD-10-CM code of an episode from a day on. rank 1 is listed first on a claim. Ended, never deleted."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="diagnoses")
    code = models.CharField(max_length=8)
    title = models.CharField(max_length=250)
    rank = models.PositiveSmallIntegerField()
    since = models.DateField()
    until = models.DateField(null=True)
    by = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "code"], condition=Q(until__isnull=True), name="diagnosis_stands_once"
            ),
        ]


class Plan(Row):
    """One version of a plan. state: `draft`, `active`, `superseded`. A change to an active plan is a new version."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="plans")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default="draft")
    approach = models.CharField(max_length=120, blank=True)
    frequency = models.CharField(max_length=10, blank=True)
    amount = models.CharField(max_length=60, blank=True)
    duration = models.CharField(max_length=60, blank=True)
    agreed_on = models.DateField(null=True)
    agreed_how = models.CharField(max_length=120, blank=True)
    review_by = models.DateField(null=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["episode", "version"], name="plan_versions_count_up"),
            models.UniqueConstraint(fields=["episode"], condition=Q(state="active"), name="one_active_plan"),
            models.UniqueConstraint(fields=["episode"], condition=Q(state="draft"), name="one_plan_in_draft"),
        ]


class Goal(Row):
    """What the two want to reach, agreed by both. purpose: slug of the definition's goal it grew from, if any."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="goals")
    rank = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=400)


class Objective(Row):
    """A measurable step. measure: instrument slug or empty; target: score to reach; thread: stays the same through
    the versions of a plan, so that notes and homework of earlier versions keep their objective. indicator: what both
    will see where no measure fits. state: `active`, `met` or `dropped`."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="objectives")
    rank = models.PositiveSmallIntegerField()
    thread = models.UUIDField(db_index=True)
    text = models.CharField(max_length=400)
    measure = models.CharField(max_length=60, blank=True)
    baseline = models.IntegerField(null=True)
    target = models.IntegerField(null=True)
    target_on = models.DateField(null=True)
    indicator = models.CharField(max_length=200, blank=True, default="")
    interventions = models.JSONField(default=list)
    state = models.CharField(max_length=10, default="active")
