"""The clock of a session: a ring that fills in an hour, with marks where the code changes and where the hour ends.

Drawn on the server for the moment of the request; `clock.js` moves it on. Without script it stays true for that moment
and says when the session began.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import cos, radians, sin

from markupsafe import Markup

from openhour.ui.markup import element
from openhour.ui.words import time_of_day

RADIUS = 38


def day_clock(elapsed_seconds: int, marks: Sequence[int] = (53, 60), lap_minutes: int = 60) -> Markup:
    """The ring alone. elapsed_seconds: since the start, 0 or more; beyond the lap a second, warmer ring is drawn.

    The arcs carry `data-clock-ring` and `data-clock-over`; their `pathLength` is the lap in seconds, so a script sets
    `stroke-dasharray` to the seconds that have passed.
    """
    lap = lap_minutes * 60
    passed = min(max(elapsed_seconds, 0), lap)
    over = min(max(elapsed_seconds - lap, 0), lap)
    return element(
        "svg",
        element("circle", class_="track", cx=60, cy=60, r=RADIUS),
        _arc("elapsed", passed, lap, data_clock_ring=True),
        _arc("over", over, lap, data_clock_over=True),
        *(part for mark in marks for part in _mark(mark, lap_minutes)),
        viewBox="0 0 120 120", aria_hidden="true", focusable="false",
    )  # fmt: skip


def _arc(kind: str, seconds: int, lap: int, **attrs: object) -> Markup:
    return element(
        "circle", class_=kind, cx=60, cy=60, r=RADIUS, pathLength=lap, stroke_dasharray=f"{seconds} {lap * 2}",
        transform="rotate(-90 60 60)", **attrs,
    )  # fmt: skip


def _mark(minute: int, lap_minutes: int) -> tuple[Markup, Markup]:
    angle = radians(minute / lap_minutes * 360 - 90)
    across, down = cos(angle), sin(angle)
    ends = [round(60 + reach * axis, 1) for reach in (RADIUS - 6, RADIUS + 6) for axis in (across, down)]
    tick = element("line", class_="tick", x1=ends[0], y1=ends[1], x2=ends[2], y2=ends[3])
    far = RADIUS + 14
    label = element(
        "text", minute, class_="tick-label", x=round(60 + far * across, 1), y=round(60 + far * down + 5, 1)
    )
    return tick, label


def session_clock(
    started_at: datetime, now: datetime, stopped_at: datetime | None = None, marks: Sequence[int] = (53, 60)
) -> Markup:
    """The ring with its minutes in words. All times know their zone; `clock.js` goes on from `now`, so a laptop whose
    own clock is wrong does no harm. Raises ValueError where a time knows no zone.
    """
    for moment in (started_at, now, stopped_at):
        if moment is not None and moment.tzinfo is None:
            raise ValueError("the clock needs times that know their zone")
    seconds = max(int(((stopped_at or now) - started_at).total_seconds()), 0)
    words = element(
        "span",
        element("span", f"{seconds // 60} min", class_="clock-text", data_clock_text=True),
        element("span", f"{'held' if stopped_at else 'began'} {_span(started_at, stopped_at)}", class_="small muted"),
        class_="stack-clock",
    )
    say = element("span", class_="vh", role="status", data_clock_say=True)
    return element(
        "div", day_clock(seconds, marks), words, say,
        class_="clock", role="group", aria_label="Session clock", data_clock=True,
        data_started_at=started_at.isoformat(), data_now=now.isoformat(),
        data_stopped_at=stopped_at.isoformat() if stopped_at else None,
        data_marks=" ".join(str(mark) for mark in marks),
    )  # fmt: skip


def _span(started_at: datetime, stopped_at: datetime | None) -> str:
    begun = time_of_day(started_at)
    return f"{begun} to {time_of_day(stopped_at)}" if stopped_at else begun
