"""The code follows the face-to-face minutes, never the appointment.

Asked by signing (which code?), by the note's gaps (do the minutes support the code?) and by claim edits.
Refuses minutes under the lowest window, a code outside its window, and a fee that the payer doesn't list.
Windows stand in the procedure definitions (`time.billed_from`, `time.billed_to`), not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from openhour.catalog.forms import Payer
from openhour.catalog.procedure import Procedure
from openhour.kernel import Finding, Money, Refused


@dataclass(frozen=True, slots=True)
class Charge:
    """One coded service on one day. amount: for all units; minutes: face-to-face, None where the code is untimed.

    procedure, payer: pin keys (`psychotherapy-60@1.0.0`); the digests name the very files that decided.
    """

    code: str
    title: str
    modifiers: tuple[str, ...]
    units: int
    amount: Money
    minutes: int | None
    day: date
    procedure: str
    procedure_digest: str
    payer: str
    payer_digest: str


def code_for(minutes: int, family: tuple[Procedure, ...]) -> Procedure | Finding:
    """The one procedure of the family whose window holds the whole minutes, or the reason there is none."""
    timed = [one for one in family if one.time.billed_from is not None]
    for procedure in timed:
        if _holds(procedure, minutes):
            return procedure
    return _nothing_fits(minutes, timed)


def supports(procedure: Procedure, minutes: int) -> Finding | None:
    """Nothing where the minutes support the code (or it doesn't depend on time), else why they don't."""
    if procedure.time.billed_from is None or _holds(procedure, minutes):
        return None
    return Finding(
        "time.code-not-supported",
        f"{minutes} minutes don't support {procedure.code.value}, which needs {window(procedure)} face to face. "
        "Choose the code that the minutes support, or correct the times.",
        "code",
    )


def charge_gaps(
    procedure: Procedure, payer: Payer, *, minutes: int | None, on: date, units: int = 1
) -> tuple[Finding, ...]:
    """Everything that keeps the hour from being charged, at once."""
    return tuple(
        finding
        for finding in (_minutes_gap(procedure, minutes), _fee_gap(procedure, payer, on), _units_gap(units))
        if finding is not None
    )


def charge_for(
    procedure: Procedure,
    payer: Payer,
    *,
    minutes: int | None,
    on: date,
    taxonomy: str = "",
    modifiers: tuple[str, ...] = (),
    units: int = 1,
) -> Charge:
    """The charge at the payer's fee on the day of service.

    taxonomy: the therapist's NUCC code; adds the modifier that the payer asks for by profession.
    Raises Refused with every gap.
    """
    if gaps := charge_gaps(procedure, payer, minutes=minutes, on=on, units=units):
        raise Refused(gaps)
    fee = payer.fee_for(procedure.code.value, on=on)
    assert fee is not None, "charge_gaps has looked"
    return Charge(
        code=procedure.code.value,
        title=procedure.title,
        modifiers=tuple(dict.fromkeys((*modifiers, *payer_modifiers(payer, taxonomy)))),
        units=units,
        amount=fee * units,
        minutes=minutes,
        day=on,
        procedure=procedure.pin.key,
        procedure_digest=procedure.pin.digest,
        payer=payer.pin.key,
        payer_digest=payer.pin.digest,
    )


def payer_modifiers(payer: Payer, taxonomy: str) -> tuple[str, ...]:
    """The modifiers that this payer wants from a therapist of that taxonomy (kind `modifier-for-taxonomy`)."""
    wanted = (dict(edit.parameters) for edit in payer.edits if edit.kind == "modifier-for-taxonomy")
    return tuple(
        str(one["modifier"]) for one in wanted if taxonomy and taxonomy.startswith(str(one.get("taxonomy", "")))
    )


def window(procedure: Procedure) -> str:
    """`16 to 37 minutes` or `53 minutes or more`."""
    first, last = procedure.time.billed_from, procedure.time.billed_to
    return f"{first} minutes or more" if last is None else f"{first} to {last} minutes"


def _holds(procedure: Procedure, minutes: int) -> bool:
    first, last = procedure.time.billed_from, procedure.time.billed_to
    return first is not None and first <= minutes and (last is None or minutes <= last)


def _nothing_fits(minutes: int, timed: list[Procedure]) -> Finding:
    starts = [one.time.billed_from for one in timed if one.time.billed_from is not None]
    if starts and minutes < min(starts):
        return Finding(
            "time.too-short",
            f"{minutes} minutes are too short to bill: the shortest code needs {min(starts)} minutes face to face.",
            "times",
        )
    return Finding("time.no-code", f"No code on the shelf holds {minutes} minutes.", "times")


def _minutes_gap(procedure: Procedure, minutes: int | None) -> Finding | None:
    if minutes is not None:
        return supports(procedure, minutes)
    if procedure.time.billed_from is None:
        return None
    return Finding("time.missing", "The hour has no start and stop time, so no code can be charged.", "times")


def _fee_gap(procedure: Procedure, payer: Payer, on: date) -> Finding | None:
    fee = payer.fee_for(procedure.code.value, on=on)
    if fee is not None and fee.cents > 0:
        return None
    return Finding(
        "charge.no-fee",
        f"{payer.title} lists no fee for {procedure.code.value} on {on.isoformat()}. Add it to the payer's fees.",
        "fee",
    )


def _units_gap(units: int) -> Finding | None:
    return None if units >= 1 else Finding("charge.units", "A charge has at least one unit.", "units")
