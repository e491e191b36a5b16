"""Patients, what pays for them, and what they agreed to."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from openhour.kernel.guarded import Subject
from openhour.records.models.base import Row


class Patient(Row):
    """A person. number: the practice's own, unique, printed instead of a name where a name may not stand.
    sort_name: folded family name then first name, for search and order. sex: M, F or U, as a claim knows it."""

    number = models.CharField(max_length=12, unique=True)
    first_name = models.CharField(max_length=35)
    last_name = models.CharField(max_length=60)
    called = models.CharField(max_length=60, blank=True)
    sort_name = models.CharField(max_length=120, db_index=True)
    birth_date = models.DateField()
    sex = models.CharField(max_length=1, choices=[("F", "Female"), ("M", "Male"), ("U", "Unknown")], default="U")
    pronouns = models.CharField(max_length=30, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=55, blank=True)
    city = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=2, blank=True)
    zip_code = models.CharField(max_length=9, blank=True)
    emergency_contact = models.CharField(max_length=120, blank=True)
    revision = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"patient {self.number}"  # never a name: this may end up in a log

    @property
    def full_name(self) -> str:
        """For pages, never for logs."""
        return f"{self.called or self.first_name} {self.last_name}"

    def subject(self) -> Subject:
        """In the care of every therapist with an episode of this patient; read with `prefetch_related` where many."""
        teams = [(e.therapist.user_id, e.therapist.supervisor_id) for e in self.episodes.select_related("therapist")]
        return Subject(
            "patient",
            str(self.pk),
            str(self.pk),
            frozenset(user for user, _ in teams),
            frozenset(supervisor for _, supervisor in teams if supervisor),
        )


class Coverage(Row):
    """What pays. payer: slug on the shelf; relation: `self`, `spouse`, `child` or `other` to the subscriber."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="coverages")
    payer = models.CharField(max_length=60)
    member_id = models.CharField(max_length=40, blank=True)
    group_number = models.CharField(max_length=30, blank=True)
    authorization = models.CharField(max_length=30, blank=True)
    relation = models.CharField(max_length=10, default="self")
    subscriber_first_name = models.CharField(max_length=35, blank=True)
    subscriber_last_name = models.CharField(max_length=60, blank=True)
    subscriber_birth_date = models.DateField(null=True, blank=True)
    subscriber_sex = models.CharField(max_length=1, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="coverage_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
        ]


class Consent(Row):
    """What the patient agreed to: the definition, its words on that day, who signed and how. Never edited;
    a withdrawal is written beside it once."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    episode = models.ForeignKey("records.Episode", on_delete=models.PROTECT, related_name="consents")
    form_key = models.CharField(max_length=80)
    form_digest = models.CharField(max_length=64)
    procedure_key = models.CharField(max_length=80)
    words = models.TextField()
    signer = models.CharField(max_length=120)
    signer_is = models.CharField(max_length=20, default="patient")
    method = models.CharField(max_length=20, default="in-person")
    understood = models.TextField(blank=True)
    signed_on = models.DateField()
    digest = models.CharField(max_length=64)
    withdrawn_at = models.DateTimeField(null=True)
