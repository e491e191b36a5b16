"""A procedure: what the source document says about the hour, heading by heading, as typed values.

Each part names in `heading` the heading of the source document from which it comes.
"""

from __future__ import annotations

from dataclasses import dataclass

from openhour.catalog.pin import Pin
from openhour.kernel import Coded


@dataclass(frozen=True, slots=True)
class Goal:
    """A purpose of the procedure, offered as the template of a goal in the plan."""

    slug: str
    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    """How often a periodic form comes again: after so many sessions or days, whichever is first; None = not by it.
    from_session: not before that session; None = from the first."""

    instrument: str
    every_sessions: int | None = None
    every_days: int | None = None
    from_session: int | None = None


@dataclass(frozen=True, slots=True)
class Battery:
    """Instrument slugs asked at intake, at each session, and from time to time. A form whose words a site must load is
    named here too, and asked where they are. turns: of the periodic forms that say how often."""

    intake: tuple[str, ...]
    session: tuple[str, ...]
    periodic: tuple[str, ...]
    turns: tuple[Turn, ...] = ()

    def turn(self, instrument: str) -> Turn | None:
        """How often a periodic form comes again, where the definition says it."""
        return next((one for one in self.turns if one.instrument == instrument), None)


@dataclass(frozen=True, slots=True)
class Indication:
    """A reason for the procedure. icd10: code prefixes that support it (`F32`, `F43.1`)."""

    heading: str
    slug: str
    title: str
    icd10: tuple[str, ...]
    battery: Battery


@dataclass(frozen=True, slots=True)
class Phase:
    """A step of the course of treatment, and what an episode needs before it is complete."""

    heading: str
    slug: str
    title: str
    text: str
    needs: tuple[str, ...]
    methods: tuple[str, ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class Intervention:
    """One thing a therapist does in a session; chosen as a chip in the note. approach: `cbt`, `supportive`, ..."""

    slug: str
    title: str
    approach: str


@dataclass(frozen=True, slots=True)
class RoomNeeds:
    """What the place must offer. private: only rooms marked private are offered."""

    heading: str
    private: bool
    tools: tuple[str, ...]
    anesthesia: bool
    text: str


@dataclass(frozen=True, slots=True)
class TimeRule:
    """Minutes. planned_minutes: the slot length. billed_from..billed_to: face-to-face minutes, both included,
    that support the code; billed_to None = no upper end; billed_from None = the code doesn't depend on time."""

    heading: str
    planned_minutes: int
    billed_from: int | None
    billed_to: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Setting:
    """CMS place-of-service codes in which the procedure may take place."""

    heading: str
    place_of_service: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Personnel:
    """A profession that may hold the hour. taxonomy: NUCC code prefixes that go with it."""

    heading: str
    profession: str
    title: str
    taxonomy: tuple[str, ...]
    licence: str


@dataclass(frozen=True, slots=True)
class Monitor:
    """A kind registered in `care.monitors`, with its parameters (see `catalog.kinds.MONITORS`).

    confirmed False marks a threshold that no source confirmed: it is shown as such and drives no alert by default.
    """

    kind: str
    parameters: tuple[tuple[str, object], ...]
    source: str = ""
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk: told in the consent, watched by its monitor."""

    heading: str
    slug: str
    text: str
    monitor: Monitor
    consent: bool


@dataclass(frozen=True, slots=True)
class Benefit:
    """A benefit and how it is measured."""

    heading: str
    slug: str
    text: str
    measured_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BenefitLimits:
    """What the benefits are not: gradual, and different from person to person."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Recovery:
    """After the hour. cadence: the frequencies a series may have (`weekly`, `biweekly`)."""

    heading: str
    physical_days: int
    tell_patient: str
    cadence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another kind of help, with what speaks for and against it compared with psychotherapy."""

    heading: str
    slug: str
    title: str
    examples: tuple[str, ...]
    benefits: tuple[str, ...]
    drawbacks: tuple[str, ...]
    offer_when: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preparation:
    """Before the first visit; helpful is never required."""

    heading: str
    instructions: tuple[str, ...]
    ask_patient: tuple[str, ...]
    helpful: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Experience:
    """What a patient may feel, and how the therapist helps."""

    heading: str
    text: str
    support: str
    ask_after: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """The whole definition. `code.value` is the billing code; `family` groups codes whose time windows exclude
    each other (`individual-psychotherapy`)."""

    pin: Pin
    title: str
    common_names: tuple[str, ...]
    code: Coded
    family: str
    name_heading: str
    summary_heading: str
    summary: str
    purpose_heading: str
    purpose: str
    goals: tuple[Goal, ...]
    indications: tuple[Indication, ...]
    preparation: Preparation
    phases: tuple[Phase, ...]
    interventions: tuple[Intervention, ...]
    room: RoomNeeds
    time: TimeRule
    setting: Setting
    personnel: tuple[Personnel, ...]
    risks: tuple[Risk, ...]
    benefits: tuple[Benefit, ...]
    benefit_limits: BenefitLimits
    recovery: Recovery
    alternatives: tuple[Alternative, ...]
    experience: Experience
