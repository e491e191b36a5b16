"""The practice: itself, its sites and rooms, its therapists and their licences."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from openhour.kernel.guarded import Subject


class Practice(models.Model):
    """The one row about the practice. crisis_text: what a patient sees at once after a critical answer. shows_course:
    patients are shown, behind their link, how their own scores went."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=20, blank=True)
    tax_id = models.CharField(max_length=9, blank=True)
    npi = models.CharField(max_length=10, blank=True)
    taxonomy = models.CharField(max_length=10, blank=True)
    submitter_id = models.CharField(max_length=15, blank=True)
    address = models.CharField(max_length=55, blank=True)
    city = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=2, blank=True)
    zip_code = models.CharField(max_length=9, blank=True)
    crisis_text = models.TextField(blank=True)
    shows_course = models.BooleanField(default=True)

    class Meta:
        constraints = [models.CheckConstraint(name="there_is_one_practice", condition=Q(id=1))]

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A place where hours are held. place_of_service: CMS code; zone: IANA time zone name."""

    name = models.CharField(max_length=60, unique=True)
    place_of_service = models.CharField(max_length=2)
    address = models.CharField(max_length=55)
    city = models.CharField(max_length=30)
    state = models.CharField(max_length=2)
    zip_code = models.CharField(max_length=9)
    phone = models.CharField(max_length=20, blank=True)
    zone = models.CharField(max_length=64)
    opens_at = models.TimeField(default="08:00")
    closes_at = models.TimeField(default="20:00")
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name

    @property
    def tz(self) -> ZoneInfo:
        """The site's zone, for showing and for series."""
        return ZoneInfo(self.zone)


class Room(models.Model):
    """A room of a site. private: nobody outside hears or sees."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=60)
    private = models.BooleanField(default=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="room_name_is_unique_in_its_site")]

    def __str__(self) -> str:
        return self.name


class Therapist(models.Model):
    """A user who holds hours. profession: a `personnel` slug of the procedure; credential: letters after the name."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="therapist")
    name = models.CharField(max_length=120)
    first_name = models.CharField(max_length=35)
    last_name = models.CharField(max_length=60)
    credential = models.CharField(max_length=30, blank=True)
    profession = models.CharField(max_length=40)
    npi = models.CharField(max_length=10, unique=True)
    taxonomy = models.CharField(max_length=10)
    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="supervises"
    )
    note_format = models.CharField(max_length=40, default="dap")
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name

    @property
    def signature(self) -> str:
        """Name and credential, as under a note."""
        return f"{self.name}, {self.credential}" if self.credential else self.name


class Licence(models.Model):
    """A licence to practise in a state; both days are inside it."""

    therapist = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="licences")
    state = models.CharField(max_length=2)
    number = models.CharField(max_length=40)
    valid_from = models.DateField()
    valid_to = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="licence_ends_after_it_begins", condition=Q(valid_to__gte=F("valid_from"))),
            models.UniqueConstraint(
                fields=["therapist", "state", "number", "valid_from"], name="licence_is_recorded_once"
            ),
        ]


def therapist_subject(
    kind: str, row_id: object, patient_id: object, therapist: Therapist, **more: int | None
) -> Subject:
    """What the guard is told of a row in the care of one therapist."""
    supervisors = frozenset({therapist.supervisor_id}) if therapist.supervisor_id else frozenset[int]()
    return Subject(kind, str(row_id), str(patient_id), frozenset({therapist.user_id}), supervisors, **more)
