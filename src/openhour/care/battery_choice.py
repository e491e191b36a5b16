"""From indications and diagnoses to a battery, and what a therapist may change about it.

Called when an indication or a diagnosis is recorded, and by the page on which a therapist chooses. What was chosen by
hand stays when the indications change: new forms join it, and what the therapist dropped stays dropped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from openhour.care.batteries import WHENS, BatteryForm, forms_of
from openhour.catalog.procedure import Indication, Procedure
from openhour.kernel import Finding

SESSIONS_AT_MOST, DAYS_AT_MOST = 30, 366
FORMS_AT_MOST = 20
REASON_AT_MOST = 200


def indications_for(procedure: Procedure, recorded: Iterable[str], codes: Iterable[str]) -> tuple[str, ...]:
    """Slugs in the definition's order: those that were recorded, and those whose families hold one of the diagnoses.

    codes: ICD-10-CM codes with their dot (`F32.1`). Slugs that the definition doesn't have are left out.
    """
    named, held = frozenset(recorded), tuple(codes)
    return tuple(one.slug for one in procedure.indications if one.slug in named or _supported(one, held))


def _supported(indication: Indication, codes: Sequence[str]) -> bool:
    return any(code.startswith(prefix) for code in codes for prefix in indication.icd10)


def chosen_for(
    procedure: Procedure, indications: Sequence[str], standing: Iterable[BatteryForm] = (), *, by_hand: bool = False
) -> tuple[BatteryForm, ...]:
    """The battery for the indications. Where the standing one was chosen by hand it is kept, and forms that the
    definition asks for beyond it join at its end; otherwise the definition's own stands."""
    proposed, held = forms_of(procedure, indications), tuple(standing)
    if not by_hand:
        return proposed
    known = {form.instrument for form in held}
    return (*held, *(form for form in proposed if form.instrument not in known))


def battery_gaps(forms: Sequence[BatteryForm], known: Collection[str]) -> Iterator[Finding]:
    """Why the battery can't stand; the place is `form-<number>`, counted from 1. known: slugs on the shelf."""
    if len(forms) > FORMS_AT_MOST:
        yield Finding("battery.too-many", f"{FORMS_AT_MOST} forms are the most that one battery holds.", "add")
    times = Counter(form.instrument for form in forms)
    for number, form in enumerate(forms, start=1):
        place = f"form-{number}"
        if form.instrument not in known:
            yield Finding("battery.unknown", "Choose a form that is on the shelf.", place)
        if times[form.instrument] > 1:
            yield Finding("battery.twice", "This form stands there twice.", place)
        if form.when not in WHENS:
            yield Finding("battery.when", "Choose when it is asked.", place)
        yield from _turn_gaps(form, place)
        if form.dropped and not form.reason.strip():
            yield Finding("battery.reason", "Say in a few words why it is dropped.", place)


def _turn_gaps(form: BatteryForm, place: str) -> Iterator[Finding]:
    if form.from_session is not None and not 1 <= form.from_session <= SESSIONS_AT_MOST:
        yield Finding("battery.from", f"Give the session from which it is asked, 1 to {SESSIONS_AT_MOST}.", place)
    if form.when != "periodic":
        return
    if form.every_sessions is None and form.every_days is None:
        yield Finding("battery.every", "Say after how many sessions or days it comes again.", place)
    if form.every_sessions is not None and not 1 <= form.every_sessions <= SESSIONS_AT_MOST:
        yield Finding("battery.sessions", f"Give a number of sessions from 1 to {SESSIONS_AT_MOST}.", place)
    if form.every_days is not None and not 1 <= form.every_days <= DAYS_AT_MOST:
        yield Finding("battery.days", f"Give a number of days from 1 to {DAYS_AT_MOST}.", place)


def tidied_form(form: BatteryForm) -> BatteryForm:
    """Without distances where none are meant, so that two batteries that mean the same are the same."""
    kept = form if form.when == "periodic" else replace(form, every_sessions=None, every_days=None)
    reason = " ".join(kept.reason.split())
    return replace(kept, reason=reason if kept.dropped else "")
