"""Does it help: what the course of a treatment made somebody stop and think about, and the course that was expected.

A signal isn't an alert. An alert is about danger and waits hours; a signal is about a treatment that doesn't do what was
hoped for, and waits days.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from openhour.kernel.guarded import Subject
from openhour.records.models.base import Row
from openhour.records.models.episode import Episode
from openhour.records.models.patient import Patient
from openhour.records.models.practice import Therapist, therapist_subject

LIVE = ("open", "passed-to-supervisor", "answered")
"""States in which a signal is still on somebody's mind; the same one isn't raised a second time."""


class CourseModel(Row):
    """A fitted course of one instrument: what people like this one usually score at which session. Kept for good.

    kind: `growth` or `neighbours`. version: counts up by instrument, as signals name it (`phq-9/practice-2`).
    data_from, data_until: first and last day of the scores it was fitted on; size, scores: how many patients and scores.
    quality: on patients held out. parameters: what draws the curve again. active_from: from when signals use it, None
    until it was adopted; until: when a later one took over.
    """

    instrument = models.CharField(max_length=60)
    instrument_key = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    version = models.CharField(max_length=90, unique=True)
    data_from = models.DateField()
    data_until = models.DateField()
    size = models.PositiveIntegerField()
    scores = models.PositiveIntegerField()
    quality = models.JSONField(default=dict)
    parameters = models.JSONField(default=dict)
    fitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    active_from = models.DateTimeField(null=True)
    active_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instrument"],
                condition=Q(active_from__isnull=False, active_until__isnull=True),
                name="one_course_of_an_instrument_is_in_use",
            ),
            models.CheckConstraint(
                name="a_course_is_fitted_on_days_in_order", condition=Q(data_until__gte=F("data_from"))
            ),
        ]

    def subject(self) -> Subject:
        """Of the practice, and in no one's chart."""
        return Subject("course-model", str(self.pk))


class Signal(Row):
    """Something about the course of a treatment that needs thought. instrument: slug, empty where it is about none.

    sentence: what was seen; against: what it is held against; sureness: how sure that is. evidence: the numbers behind
    them. model_version: of the expected course. due_at: when it goes to the supervisor unanswered.
    state: `open`, `passed-to-supervisor` (nobody answered in time), `answered` (and to be looked at again after
    `look_after` attended sessions), `looked-again` (what happened stands in `happened`, `happened_words`), `cleared`
    (two scores on track before anybody answered).
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="signals")
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="signals")
    owner = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="signals")
    instrument = models.CharField(max_length=60, blank=True)
    instrument_key = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=40)
    seen_at = models.DateTimeField()
    sentence = models.TextField()
    against = models.TextField(blank=True)
    sureness = models.TextField(blank=True)
    evidence = models.JSONField(default=dict)
    model_version = models.CharField(max_length=90, blank=True)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=24, default="open")
    passed_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    look_after = models.PositiveSmallIntegerField(null=True)
    looked_at = models.DateTimeField(null=True)
    happened = models.CharField(max_length=10, blank=True)
    happened_words = models.TextField(blank=True)
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "state"], name="signal_by_owner"),
            models.Index(fields=["state", "due_at"], name="signal_by_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "instrument", "kind"],
                condition=Q(state__in=LIVE),
                name="a_signal_is_raised_once_while_it_stands",
            ),
            models.CheckConstraint(
                name="signal_state_is_known", condition=Q(state__in=[*LIVE, "looked-again", "cleared"])
            ),
            models.CheckConstraint(
                name="an_answered_signal_has_a_time_to_look_again",
                condition=~Q(state="answered") | Q(answered_at__isnull=False, look_after__isnull=False),
            ),
        ]

    def subject(self) -> Subject:
        """In the care of its owner."""
        return therapist_subject("signal", self.pk, self.patient_id, self.owner)


class SignalAnswer(Row):
    """What somebody thought about a signal, and what they will do. Added only: the database refuses the rest.

    kind: `answer`, or `return` where a supervisor gives it back with a comment. in_the_way, doing: slugs of
    `workflows.progress.words`. alternatives: slugs of the pinned procedure. words: one sentence, or why nothing is done
    for now. look_after: attended sessions until the system looks again; None on a return.
    """

    signal = models.ForeignKey(Signal, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=10)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    as_supervisor = models.BooleanField(default=False)
    in_the_way = models.JSONField(default=list)
    doing = models.JSONField(default=list)
    alternatives = models.JSONField(default=list)
    procedure_key = models.CharField(max_length=80, blank=True)
    words = models.TextField(blank=True)
    look_after = models.PositiveSmallIntegerField(null=True)
