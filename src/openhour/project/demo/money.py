"""What the demo's biller did two weeks ago: a batch for the insurer, and a superbill for one who pays herself.

What was signed since waits on the desk.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from openhour.project.demo.days import working_day
from openhour.project.demo.lives import Life
from openhour.project.demo.setting_up import Stage
from openhour.records.models import Charge
from openhour.ui.documents import render_pdf
from openhour.workflows.money.make_superbill import make_superbill
from openhour.workflows.money.write_batch import write_ready


def billing_days(stage: Stage) -> Life:
    """One evening of Eli's."""
    day = working_day(stage.today - timedelta(days=13), -1)
    at = stage.on(day, 19, 30)
    yield at
    waiting = Charge.objects.filter(state="ready")
    if waiting.exclude(payer="self-pay").exists():
        write_ready(stage.actors["eli"], "example-payer", at=at)
    own = waiting.filter(payer="self-pay").order_by("served_on", "pk")
    if (first := own.first()) is not None:
        _superbill(stage, first, at + timedelta(minutes=12))


def _superbill(stage: Stage, first: Charge, at: datetime) -> None:
    hours = Charge.objects.filter(patient=first.patient_id, therapist=first.therapist_id, state="ready")
    paid = sum(hours.values_list("amount_cents", flat=True))
    make_superbill(
        stage.actors["eli"],
        hours.values_list("pk", flat=True),
        paid=f"{paid / 100:.2f}",
        typeset=lambda words: render_pdf("superbill", words, dated=at),
        at=at,
    )
