"""Money: the charge of a signed hour, claims, batch files and superbills. Nothing here is edited after it left."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from openhour.kernel.guarded import Subject
from openhour.records.models.base import Row
from openhour.records.models.hour import Session
from openhour.records.models.patient import Coverage, Patient
from openhour.records.models.practice import Therapist, therapist_subject


class Charge(Row):
    """One hour as money; made when its note is signed. code: what the minutes support. payer: slug on the shelf.
    diagnoses: ICD-10-CM codes in order, frozen with the note. state: `ready`, `claimed`, `billed` (superbill)."""

    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="charge")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="charges")
    therapist = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="charges")
    coverage = models.ForeignKey(Coverage, null=True, on_delete=models.PROTECT, related_name="charges")
    payer = models.CharField(max_length=60)
    payer_key = models.CharField(max_length=80)
    procedure_key = models.CharField(max_length=80)
    code = models.CharField(max_length=5)
    modifiers = models.JSONField(default=list)
    minutes = models.PositiveSmallIntegerField()
    served_on = models.DateField()
    place_of_service = models.CharField(max_length=2)
    diagnoses = models.JSONField(default=list)
    amount_cents = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default="ready")

    class Meta:
        indexes = [models.Index(fields=["state", "served_on"], name="charge_by_state")]

    def subject(self) -> Subject:
        """In the care of the therapist who held the hour."""
        return therapist_subject("charge", self.pk, self.patient_id, self.therapist)


class ClaimBatch(Row):
    """One 837P file as it was written. control: the interchange control number, counting up for good."""

    control = models.PositiveIntegerField(unique=True)
    payer = models.CharField(max_length=60)
    file_name = models.CharField(max_length=80)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    claim_count = models.PositiveIntegerField()
    total_cents = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    def subject(self) -> Subject:
        """In the chart of no one patient; its trail entries list the patients."""
        return Subject("batch", str(self.pk))


class Claim(Row):
    """One claim of a batch. number: our control number (CLM01), counting up; holds no name."""

    number = models.CharField(max_length=20, unique=True)
    batch = models.ForeignKey(ClaimBatch, on_delete=models.PROTECT, related_name="claims")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="claims")
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="claims")
    total_cents = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default="written")


class ClaimLine(Row):
    """A charge on a claim. The same hour can't be claimed twice: at most one line of a charge is live."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="lines")
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="lines")
    live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["charge"], condition=Q(live=True), name="an_hour_is_claimed_once"),
        ]


class Superbill(Row):
    """What a self-pay patient gets for signed hours, as the file that was handed out."""

    number = models.CharField(max_length=20, unique=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="superbills")
    charges = models.ManyToManyField(Charge, related_name="superbills")
    paid_cents = models.PositiveIntegerField(default=0)
    total_cents = models.PositiveIntegerField()
    file = models.BinaryField()
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    def subject(self) -> Subject:
        """The patient's; in nobody's care, because only a biller reads it."""
        return Subject("superbill", str(self.pk), str(self.patient_id))


class Counter(models.Model):
    """Numbers that count up without gaps: patients, claims, batches, superbills. Locked while one is taken."""

    name = models.CharField(max_length=20, primary_key=True)
    value = models.PositiveBigIntegerField(default=0)
