"""What this chapter says of forms, in words."""

from __future__ import annotations

from openhour.care.batteries import BatteryForm
from openhour.ui.words import counted

WHENS = (
    ("session", "Before each session"),
    ("intake", "Once, at intake"),
    ("periodic", "Now and then"),
)

MODES = {
    "self": "by the patient",
    "clinician": "entered in the room",
    "paper": "typed from paper",
    "import": "imported",
}


def when_in_words(form: BatteryForm) -> str:
    """`every 4 sessions or 90 days`"""
    if form.when not in dict(WHENS):
        return ""
    if form.dropped:
        return f"dropped: {form.reason}"
    if form.when != "periodic":
        words = {"session": "before each session", "intake": "at intake"}[form.when]
    else:
        turns = [counted(form.every_sessions, "session") if form.every_sessions else ""]
        turns += [counted(form.every_days, "day") if form.every_days else ""]
        words = f"every {' or '.join(turn for turn in turns if turn)}"
    words += f", from session {form.from_session} on" if form.from_session else ""
    return f"{words}, short form first" if form.short_first else words
