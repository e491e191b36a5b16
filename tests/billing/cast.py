"""The cast of the billing tests as values: Ana and her coverage, Ben, Sam, the practice, one hour, one claim."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import cache
from io import StringIO

import pyx12.map_if
import pyx12.params
import pyx12.x12n_document

from openhour.billing.claims import (
    Address,
    Batch,
    Claim,
    Clinician,
    Coverage,
    Organisation,
    Patient,
    PayerParty,
    Person,
    ServiceLine,
    SignedHour,
    Submitter,
    sum_of,
)
from openhour.billing.edits import EditContext
from openhour.billing.timecode import Charge
from openhour.catalog.forms import Fee, Payer
from openhour.catalog.pin import Pin
from openhour.catalog.procedure import (
    BenefitLimits,
    Experience,
    Personnel,
    Preparation,
    Procedure,
    Recovery,
    RoomNeeds,
    Setting,
    TimeRule,
)
from openhour.kernel import Coded, Finding, Money

DAY = date(2026, 1, 2)
PRACTICE = Organisation(
    name="Riverside Therapy Group",
    npi="1234567893",
    taxonomy="101YM0800X",
    tax_id="12-3456789",
    address=Address("100 Main St", "Springfield", "IL", "62701-0001"),
    phone="(555) 555-0100",
    contact="Eli",
)
BEN = Clinician(Person("Roe", "Ben"), "1876543210", "103TC0700X")
SAM = Clinician(Person("Stone", "Sam"), "1987654328")
ANA = Patient("ana", Person("Doe", "Ana"), date(1985, 4, 12), "F", Address("1 Elm St", "Springfield", "IL", "62701"))
PAYER = PayerParty("Example Payer", "99999", "CI")
COVERED = Coverage(PAYER, member_id="MEM123456", group_number="GRP001")
SUBMITTER = Submitter("Riverside Therapy Group", "SUB12345", "Eli Biller", "5555550100")
LINE = ServiceLine(
    control="B7-1-1",
    hour="hour-1",
    day=DAY,
    code="90837",
    modifiers=(),
    units=1,
    amount=Money(18000),
    minutes=55,
    procedure="psychotherapy-60@1.0.0",
    pointers=(1, 2),
)
CLAIM = Claim(
    control="B7-1",
    patient=ANA,
    coverage=COVERED,
    billing=PRACTICE,
    rendering=BEN,
    place="11",
    diagnoses=("F33.1", "F41.1"),
    lines=(LINE,),
    total=Money(18000),
)
CHARGE = Charge(
    code="90837",
    title="Psychotherapy, 60 minutes with patient",
    modifiers=(),
    units=1,
    amount=Money(18000),
    minutes=55,
    day=DAY,
    procedure="psychotherapy-60@1.0.0",
    procedure_digest="0" * 64,
    payer="example@1.0.0",
    payer_digest="1" * 64,
)
HOUR = SignedHour(
    key="hour-1",
    patient=ANA,
    coverage=COVERED,
    rendering=BEN,
    place="11",
    diagnoses=("F33.1", "F41.1"),
    charge=CHARGE,
)


def batch_of(*claims: Claim, control: int = 7) -> Batch:
    return Batch(
        control=control,
        created=datetime(2026, 1, 5, 9, 30),
        submitter=SUBMITTER,
        receiver_id="RCV98765",
        receiver_name="Example Payer",
        claims=claims,
        test=True,
    )


def with_lines(claim: Claim, *lines: ServiceLine) -> Claim:
    return replace(claim, lines=lines, total=sum_of(lines))


@cache
def _map_of(*named: object) -> object:
    return _load_map(*named)


_load_map = pyx12.map_if.load_map_file
_PARAMETERS = pyx12.params.ParamsBase()


def pyx12_accepts(text: str) -> tuple[bool, str]:
    """What the independent validator says, and its acknowledgement as the reason. Its maps are loaded once."""
    pyx12.map_if.load_map_file = _map_of
    answer = StringIO()
    try:
        valid = pyx12.x12n_document.x12n_document(_PARAMETERS, StringIO(text), answer, None)
    finally:
        pyx12.map_if.load_map_file = _load_map
    return bool(valid), answer.getvalue()


PIN = Pin("procedure", "psychotherapy-60", "1.0.0", date(2026, 1, 1), "0" * 64)


def procedure(code: str = "90837", first: int | None = 53, last: int | None = None, slug: str = "") -> Procedure:
    """A procedure with that window; what the billing rules don't read is left bare."""
    slug = slug or {"90837": "psychotherapy-60", "90834": "psychotherapy-45", "90832": "psychotherapy-30"}[code]
    return Procedure(
        pin=replace(PIN, slug=slug),
        title=f"Procedure {code}",
        common_names=(),
        code=Coded("cpt", code),
        family="individual-psychotherapy",
        name_heading="",
        summary_heading="",
        summary="",
        purpose_heading="",
        purpose="",
        goals=(),
        indications=(),
        preparation=Preparation("", (), (), ()),
        phases=(),
        interventions=(),
        room=RoomNeeds("", True, (), False, ""),
        time=TimeRule("", 60, first, last, "test"),
        setting=Setting("", ("11", "22", "53"), ""),
        personnel=(Personnel("", "psychologist", "Psychologist", ("103T",), "active-in-state-on-date"),),
        risks=(),
        benefits=(),
        benefit_limits=BenefitLimits("", ""),
        recovery=Recovery("", 0, "", ("weekly",)),
        alternatives=(),
        experience=Experience("", "", "", ""),
    )


FAMILY = (procedure("90832", 16, 37), procedure("90834", 38, 52), procedure("90837", 53, None))
INSURER = Payer(
    pin=Pin("payer", "example", "1.0.0", date(2026, 1, 1), "1" * 64),
    title="Example Payer",
    kind="insurer",
    payer_id="99999",
    filing_indicator="CI",
    receiver_id="RCV98765",
    receiver_name="Example Payer",
    address=("1 Payer Plaza", "Chicago", "IL", "60601"),
    filing_days=90,
    fees=(
        Fee("90837", Money(17000), date(2025, 1, 1), "contract"),
        Fee("90837", Money(18000), date(2026, 1, 1), "contract"),
    ),
    edits=(),
)


def no_finding(code: str, *, on: date) -> Finding | None:
    return None


def context(**changes: object) -> EditContext:
    """A context in which Ana's claim has nothing wrong."""
    plain = EditContext(
        on=date(2026, 1, 5),
        payer=INSURER,
        procedures={one.pin.key: one for one in FAMILY},
        diagnosis_finding=no_finding,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]
