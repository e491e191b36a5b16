"""Which forms a patient is asked, and where imported ones come from."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from openhour.kernel.guarded import Subject
from openhour.records.models.base import Row
from openhour.records.models.episode import Episode
from openhour.records.models.practice import therapist_subject


class Battery(Row):
    """One version of what is asked in a course of treatment, and when. state: `active` or `superseded`; a change is a
    new version, and the older ones stay.

    origin: `definition` where an indication or a diagnosis chose it, `therapist`. indications: slugs it was chosen for.
    forms: in order, each {"instrument", "when", "every_sessions", "every_days", "short_first", "dropped", "reason"}
    (`care.batteries.BatteryForm`). reason: why it was changed.
    """

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="batteries")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default="active")
    origin = models.CharField(max_length=10)
    procedure_key = models.CharField(max_length=80)
    indications = models.JSONField(default=list)
    forms = models.JSONField(default=list)
    reason = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["episode", "version"], name="battery_versions_count_up"),
            models.UniqueConstraint(fields=["episode"], condition=Q(state="active"), name="one_active_battery"),
        ]

    def subject(self) -> Subject:
        """In the care of the episode's therapist."""
        return therapist_subject("battery", self.pk, self.episode.patient_id, self.episode.therapist)


class MeasureSource(Row):
    """A file that comes again and again, by a name of the practice's own. mapping: what is wanted -> the file's column,
    as it was given the last time."""

    name = models.CharField(max_length=60, unique=True)
    mapping = models.JSONField(default=dict)
