"""A patient's signed link: from what stands in the address to what may be shown, or nothing.

Called by the patients' pages and by the verbs behind them. The address holds the link's id and its end under a
signature; the row says the same and whether it was withdrawn. Tampered, expired, withdrawn, of a cancelled visit, never
issued: all of these are one refusal, so that an address tells nothing to whoever tries it.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.db.models import Exists, OuterRef

from openhour.care.sitting import asked_items
from openhour.catalog import Instrument
from openhour.guard import trail
from openhour.guard.actor import Actor, link_actor
from openhour.records.models import Alert, PatientLink, Practice, Response, Topic
from openhour.records.shelf import shelf

_SALT = "openhour.patient-link"
_LONGEST = 200

CLOSED_VISITS = ("cancelled",)
"""A visit that was missed or has begun keeps its link: an answer given late is still an answer that must be seen."""


class LinkClosed(Exception):
    """The address opens nothing, for whatever reason."""


def token_of(link_id: UUID, expires_at: datetime) -> str:
    """What stands in the address: id and end (whole seconds, UTC), signed. Holds no word about anybody."""
    end = int(expires_at.astimezone(UTC).timestamp())
    packed = link_id.bytes + end.to_bytes(6, "big")
    return _signer().sign(base64.urlsafe_b64encode(packed).decode().rstrip("="))


def read_token(token: str) -> tuple[UUID, datetime] | None:
    """The id and the end, where the signature is ours."""
    try:
        text = _signer().unsign(token) if len(token) <= _LONGEST else ""
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if len(packed) != 22:
            return None
        return UUID(bytes=packed[:16]), datetime.fromtimestamp(int.from_bytes(packed[16:], "big"), UTC)
    except (signing.BadSignature, binascii.Error, ValueError, OverflowError, OSError):
        return None


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SALT, sep=".")


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that works. crisis_text: the practice's own words of help; day: of the visit, at its site;
    procedure: slug; alerted: an answer given for this visit has raised an alert, so help stays on every page.
    shows_course: the practice lets patients see how their scores went."""

    token: str
    id: UUID
    visit_id: UUID
    patient_id: UUID
    therapist: str
    practice: str
    phone: str
    crisis_text: str
    procedure: str
    day: date
    alerted: bool
    shows_course: bool = False

    @property
    def actor(self) -> Actor:
        """Who acts behind the link."""
        return link_actor(str(self.id))


@dataclass(frozen=True, slots=True)
class Asked:
    """One set of questions of the visit. answers: item id to the value given last; empty once it was sent, because
    what was sent is read by the therapist and no longer by whoever holds the link. carried: ids of the items that a
    short form asked a moment ago; they aren't asked again."""

    id: UUID
    instrument: Instrument
    state: str
    answers: dict[str, int | None]
    carried: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """True until the patient has sent it."""
        return self.state == "open"

    @property
    def answered(self) -> int:
        """How many of the questions that are asked have an answer, unscored ones too."""
        return len(self.places) - len(self.unanswered)

    @property
    def places(self) -> tuple[int, ...]:
        """Places of the questions that are asked, as the answers stand; 1 is the first of the form."""
        asked = {item.id for item in asked_items(self.instrument, self.answers, self.carried)}
        return tuple(place for place, item in enumerate(self.instrument.items, start=1) if item.id in asked)

    @property
    def unanswered(self) -> tuple[int, ...]:
        """Places of the questions that are asked and have no answer."""
        items = self.instrument.items
        return tuple(place for place in self.places if self.answers.get(items[place - 1].id) is None)


def works(row: PatientLink, *, at: datetime) -> bool:
    """Whether the row still opens the questions of its visit."""
    return row.withdrawn_at is None and at < row.expires_at and row.visit.state not in CLOSED_VISITS


def link_of(token: str, *, at: datetime) -> OpenLink:
    """The link behind the address. Raises LinkClosed."""
    read = read_token(token)
    if read is None or at >= read[1]:
        raise LinkClosed
    rows = PatientLink.objects.select_related("visit__therapist", "visit__site")
    alerts = Alert.objects.filter(response__visit=OuterRef("visit"), response__patient=OuterRef("patient"))
    row = rows.annotate(alerted=Exists(alerts)).filter(pk=read[0]).first()
    if row is None or not works(row, at=at):
        raise LinkClosed
    return _open_link(token, row, alerted=row.alerted)


def ended_link(actor: Actor, *, at: datetime) -> PatientLink | None:
    """The row behind the actor of a link, whether or not it was withdrawn or its visit cancelled; None where there is
    none, or where it ended before `at`."""
    number = read_actor(actor)
    return PatientLink.objects.filter(pk=number, expires_at__gt=at).first() if number else None


def read_actor(actor: Actor) -> UUID | None:
    """The id of the link that acts; None for anybody else."""
    try:
        return UUID(actor.label.removeprefix("link:")) if actor.user_id is None else None
    except ValueError:
        return None


def instrument_asked(link_id: UUID, response_id: UUID) -> Instrument | None:
    """What was asked on the form behind the link, open or ended; None where the form isn't the link's."""
    link = PatientLink.objects.filter(pk=link_id).first()
    rows = Response.objects.filter(pk=response_id)
    form = rows.filter(visit_id=link.visit_id, patient_id=link.patient_id).first() if link else None
    return shelf().instrument_pinned(form.instrument_key) if form else None


def _open_link(token: str, row: PatientLink, *, alerted: bool) -> OpenLink:
    practice = Practice.objects.first()
    visit = row.visit
    return OpenLink(
        token=token,
        id=row.pk,
        visit_id=visit.pk,
        patient_id=row.patient_id,
        therapist=visit.therapist.signature,
        practice=practice.name if practice else "",
        phone=visit.site.phone or (practice.phone if practice else ""),
        crisis_text=practice.crisis_text if practice else "",
        procedure=visit.procedure,
        day=visit.starts_at.astimezone(visit.site.tz).date(),
        alerted=alerted,
        shows_course=practice.shows_course if practice else False,
    )


@transaction.atomic
def asked_by(link: OpenLink, *, at: datetime) -> tuple[Asked, ...]:
    """What is asked before this visit, in the order in which it was laid down; one trail entry for the reading."""
    rows = Response.objects.filter(visit_id=link.visit_id, patient_id=link.patient_id).exclude(state="withdrawn")
    found = tuple(rows.select_related("episode__therapist").order_by("made_at", "instrument"))
    if found:
        read = [row.instrument for row in found if row.state == "open" and row.answers]
        trail.write(link.actor, "questions.read", found[0], at=at, instruments=read)
    return _led_on(tuple(_asked(row) for row in found))


def _asked(row: Response) -> Asked:
    answers = row.answers if row.state == "open" else {}
    return Asked(row.pk, shelf().instrument_pinned(row.instrument_key), row.state, answers, tuple(row.carried))


def _led_on(asked: tuple[Asked, ...]) -> tuple[Asked, ...]:
    """A longer form comes straight after the short one that led to it, before whatever else waits."""
    led = {form.instrument.pin.slug: form for form in asked if form.carried}
    after: dict[UUID, Asked] = {}
    for form in asked:
        then = form.instrument.leads_to
        if then is not None and (longer := led.pop(then.instrument, None)) is not None:
            after[form.id] = longer
    late = {form.id for form in after.values()}
    in_order = ((form, after.get(form.id)) for form in asked if form.id not in late)
    return tuple(one for pair in in_order for one in pair if one is not None)


def topic_by(link: OpenLink) -> str:
    """What the patient wrote that they want to talk about in this visit."""
    row = Topic.objects.filter(visit_id=link.visit_id, patient_id=link.patient_id).first()
    return row.text if row else ""


def whom_to_call() -> tuple[str, str]:
    """The practice's name and telephone number, for the page of a link that doesn't work."""
    practice = Practice.objects.first()
    return (practice.name, practice.phone) if practice else ("", "")


def crisis_words() -> str:
    """The practice's own words of help, for the same page."""
    practice = Practice.objects.first()
    return practice.crisis_text if practice else ""
