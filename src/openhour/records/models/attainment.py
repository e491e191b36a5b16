"""Goals in the patient's own terms: levels that were agreed for an objective, and how it was rated."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from openhour.kernel.guarded import Subject
from openhour.records.models.base import Row
from openhour.records.models.episode import Episode
from openhour.records.models.practice import therapist_subject


class GoalScale(Row):
    """What -2 to +2 mean for one objective, agreed with the patient. thread: of the objective, the same through the
    versions of a plan. state: `active` or `superseded`; a change is a new version. levels: five sentences, from -2 up.
    weight: 1 to 10, how much it counts beside the others."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="goal_scales")
    thread = models.UUIDField()
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default="active")
    levels = models.JSONField(default=list)
    weight = models.PositiveSmallIntegerField(default=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["episode", "thread", "version"], name="goal_scale_versions_count_up"),
            models.UniqueConstraint(
                fields=["episode", "thread"], condition=Q(state="active"), name="one_active_goal_scale"
            ),
        ]

    def subject(self) -> Subject:
        """In the care of the episode's therapist."""
        return therapist_subject("goal-scale", self.pk, self.episode.patient_id, self.episode.therapist)


class GoalRating(Row):
    """How an objective stood on a day; added only, the last one of a day counts. kind: `attainment` (-2 to +2 on `scale`)
    or `personal` (0 to 10, how near it feels). by: as in `Answer`."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="goal_ratings")
    thread = models.UUIDField()
    scale = models.ForeignKey(GoalScale, null=True, on_delete=models.PROTECT, related_name="ratings")
    kind = models.CharField(max_length=10)
    value = models.SmallIntegerField()
    day = models.DateField()
    by = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["episode", "day"], name="goal_rating_by_episode")]
        constraints = [
            models.CheckConstraint(
                name="goal_rating_is_in_range",
                condition=Q(kind="attainment", scale__isnull=False, value__gte=-2, value__lte=2)
                | Q(kind="personal", scale__isnull=True, value__gte=0, value__lte=10),
            ),
        ]
