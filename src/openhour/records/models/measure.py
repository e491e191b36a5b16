"""Measures: what is asked, the link a patient answers by, the answers as they were given, and the alerts they raise."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from openhour.kernel.guarded import Subject
from openhour.records.models.base import Row
from openhour.records.models.battery import MeasureSource
from openhour.records.models.episode import Episode
from openhour.records.models.patient import Patient
from openhour.records.models.practice import Therapist, therapist_subject
from openhour.records.models.visit import Visit


class PatientLink(Row):
    """A signed link to one patient's open questions before one visit. The address holds a signature over the id;
    the row says until when it works and whether it was withdrawn."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="links")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="links")
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    def subject(self) -> Subject:
        """In the care of the visit's therapist."""
        return therapist_subject("link", self.pk, self.patient_id, self.visit.therapist)


class Response(Row):
    """One instrument asked of one patient, and the answers so far. state: `open`, `complete`, `withdrawn`.

    answers: item id -> value, the latest of each. total and band stand only where there is a score; gap says why
    there is none. revision counts saves. mode: `self` (through the link), `clinician` (in the room), `paper`, `import`.
    answered_on: the day on the paper or in the file, None where it is the day on which it was finished. entered_by: who
    typed it. language: of the words it was asked in, or the mark of the site's own words (`Wording.mark`). carried: ids of the items whose answers came over from the short form that led here. source, source_row:
    where an imported form came from; the same row never makes a second one.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="responses")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="responses")
    visit = models.ForeignKey(Visit, null=True, on_delete=models.PROTECT, related_name="responses")
    instrument = models.CharField(max_length=60)
    instrument_key = models.CharField(max_length=80)
    instrument_digest = models.CharField(max_length=64)
    due_on = models.DateField()
    state = models.CharField(max_length=10, default="open")
    answers = models.JSONField(default=dict)
    total = models.IntegerField(null=True)
    band = models.CharField(max_length=40, blank=True)
    gap = models.CharField(max_length=60, blank=True)
    started_at = models.DateTimeField(null=True)
    saved_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0)
    mode = models.CharField(max_length=10, default="self")
    language = models.CharField(max_length=30, default="en")
    answered_on = models.DateField(null=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    carried = models.JSONField(default=list)
    source = models.ForeignKey(MeasureSource, null=True, on_delete=models.PROTECT, related_name="responses")
    source_row = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["patient", "instrument", "due_on"], name="response_by_patient"),
            models.Index(fields=["episode", "instrument", "state", "due_on"], name="response_by_episode"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_row"], condition=Q(source__isnull=False), name="a_row_is_imported_once"
            ),
            models.CheckConstraint(
                name="response_mode_is_known", condition=Q(mode__in=["self", "clinician", "paper", "import"])
            ),
            models.UniqueConstraint(
                fields=["patient", "instrument", "due_on"],
                condition=~Q(state="withdrawn"),
                name="nothing_is_asked_twice_on_a_day",
            ),
        ]

    def subject(self) -> Subject:
        """In the care of the episode's therapist."""
        return therapist_subject("response", self.pk, self.patient_id, self.episode.therapist)


class Answer(Row):
    """One answer as it was given, even if it was changed later. Added only: the database refuses the rest.
    value None: the patient took the answer back."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="given")
    item = models.CharField(max_length=20)
    value = models.IntegerField(null=True)
    by = models.CharField(max_length=64)


class SecondEntry(Row):
    """A paper that was typed a second time, without a look at the first. state: `same`, `differs`, `resolved`.
    answers: as typed this time. first: what stood in the form then. kept: item id -> `first` or `second`, with a reason
    for all of them."""

    response = models.OneToOneField(Response, on_delete=models.PROTECT, related_name="second_entry")
    answers = models.JSONField(default=dict)
    first = models.JSONField(default=dict)
    state = models.CharField(max_length=10)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    kept = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class Alert(Row):
    """Something a person must see. kind: `suicide-risk`; state: `open`, `seen`, `answered`. One per answered item and
    form; it stays when the answer is changed, and value keeps the highest that was given. risk_level: the clinician's
    own judgement, never computed; action: what was done, in their words; follow_up_on: when they look again.

    earlier: what was written about it before a further answer opened it again, oldest first: list of {"at", "by",
    "risk_level", "action", "follow_up_on"}, so that no clinician's word is lost.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="alerts")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="alerts")
    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="alerts")
    owner = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="alerts")
    kind = models.CharField(max_length=30)
    item = models.CharField(max_length=20)
    value = models.IntegerField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="open")
    seen_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    risk_level = models.CharField(max_length=20, blank=True)
    action = models.TextField(blank=True)
    follow_up_on = models.DateField(null=True)
    earlier = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["owner", "state"], name="alert_by_owner")]
        constraints = [
            models.UniqueConstraint(fields=["response", "item", "kind"], name="one_alert_for_an_item_of_a_form"),
        ]

    def subject(self) -> Subject:
        """In the care of its owner."""
        return therapist_subject("alert", self.pk, self.patient_id, self.owner)
