"""What the demo's practice does about its signals: a look at all courses each week, and a therapist who thinks about one.

Signals themselves come about by what the patients answer. Those of one patient are answered and looked at again, one is
handed to the supervisor, the others wait. None says "not on track": that needs a course fitted on 300 closed treatments,
and a demo that made one up would show what nobody has seen.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from openhour.guard.actor import COMMAND_LINE
from openhour.project.demo.days import WEEKS_BACK
from openhour.project.demo.lives import Life
from openhour.project.demo.setting_up import Stage
from openhour.records.models import Signal
from openhour.workflows.progress.answer_signal import answer_signal
from openhour.workflows.progress.look_at_all import look_at_all
from openhour.workflows.progress.pass_to_supervisor import pass_to_supervisor

ANSWERS_FOR = "Noor"
"""The patient whose signals their therapist answers."""

WORDS = "She moved again in the middle of it; sleep went first."


def looking_days(stage: Stage) -> Life:
    """Once a week, early in the morning; the last one today."""
    first = stage.today - timedelta(weeks=WEEKS_BACK - 2)
    for week in range(WEEKS_BACK - 1):
        at = min(stage.on(first + timedelta(weeks=week), 5), stage.now)
        yield at
        _answer(stage, at)
        _hand_on(stage, at)
        look_at_all(COMMAND_LINE, at=at)


def _hand_on(stage: Stage, at: datetime) -> None:
    """A therapist in training would rather think about it with her supervisor."""
    if "tess" in stage.actors:
        for signal in Signal.objects.filter(
            state="open", owner=stage.therapists["tess"], kind="no-gain-by-session-6"
        ):
            pass_to_supervisor(stage.actors["tess"], signal.pk, at=at)


def _answer(stage: Stage, at: datetime) -> None:
    waiting = Signal.objects.filter(state="open", patient__first_name=ANSWERS_FOR).order_by(
        "seen_at", "instrument", "kind"
    )
    first, *others = waiting or (None,)
    if first is None:
        return
    answer_signal(
        stage.actors["ben"],
        first.pk,
        in_the_way=("life-events", "support"),
        doing=("talk", "frequency"),
        words=WORDS,
        look_after=2,
        also=[one.pk for one in others],
        at=at,
    )
