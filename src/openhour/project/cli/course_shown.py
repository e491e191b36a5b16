"""What `openhour course` says to a person: a table of the band, how good a course is, what a simulation found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openhour.measures.course import Course, Covered, ExpectedBand, Quality
from openhour.outcomes.simulation import Report
from openhour.outcomes.wilson import Share

PROVES = (
    "These patients were made. That shows what the rules catch of what was put in, and nothing about real ones:\n"
    "not that real courses look like this, and not that anybody fares better for a signal."
)


def course_text(course: Course, intake: float, band: ExpectedBand) -> str:
    """Where it comes from, and the band session by session."""
    rows = zip(band.sessions, band.mean, band.low80, band.high80, band.low68, band.high68, strict=True)
    lines = [f"{s:>7}  {mean:>8.1f}  {a:>6.1f} to {b:>4.1f}  {c:>6.1f} to {d:>4.1f}" for s, mean, a, b, c, d in rows]
    heading = f"Expected for a score of {intake:g} at intake:"
    return "\n".join([*_origin(course), "", heading, "session  expected   80 of 100       68 of 100", *lines])


def _origin(course: Course) -> list[str]:
    span = f", {course.data_from} to {course.data_until}" if course.data_from and course.data_until else ""
    size = f"{course.patients:,} patients, {course.scores:,} later scores{span}" if course.patients else "no own data"
    unconfirmed = "UNCONFIRMED: it is shown and drives no signal."
    held = [] if course.confirmed else [unconfirmed]
    return [f"{course.key} ({course.kind}): {course.source}", size, *held, *_quality(course.quality)]


def _quality(quality: Quality | None) -> list[str]:
    if quality is None:
        return ["Never held against patients it had not seen."]
    return [
        f"On {quality.patients:,} patients it had not seen:",
        f"  {_percent(quality.covered80)} of scores lay in the range meant for 80 %",
        f"  {_percent(quality.covered68)} of scores lay in the range meant for 68 %",
        f"  {_percent(quality.last80)} of last scores lay in the range meant for 80 %",
        f"  {100 * quality.beyond:.1f} % of scores were worse than the range (10 % are expected)",
        f"  calibration slope {quality.slope:.2f} (1 is perfect), mean error {quality.error:+.2f} points",
    ]


def _percent(share: Covered | Share) -> str:
    return f"{100 * share.share:.1f} % ({100 * share.low:.1f} to {100 * share.high:.1f})"


def fitted_text(course: Course, signal: dict[str, Any] | None, out: Path | None) -> str:
    """A course that was just learnt."""
    told = [] if signal is None else _signal(signal)
    return "\n".join([*_origin(course), *told, *([] if out is None else [f"Written to {out}"])])


def _signal(facts: dict[str, Any]) -> list[str]:
    shares = [("caught", facts["sensitivity"]), ("left in peace", facts["specificity"]), ("right", facts["ppv"])]
    told = [
        f"  {name}: {s['held']} of {s['of']} ({100 * s['low']:.0f} to {100 * s['high']:.0f} %)"
        for name, s in shares
        if s
    ]
    lead = facts["lead_sessions"]
    early = [f"  first seen {lead['middle']:g} sessions before the end (median)"] if lead else []
    return [f"Signal {facts['kind']} against “{facts['truth']}”:", *told, *early]


def simulated_text(report: Report) -> str:
    """What a simulation found, with what it proves."""
    lines = [line for one in report.foreseen for line in _signal(one.facts())]
    raised = [
        f"  {one.kind:<22} {one.truth:<13} {_percent(one.share):<24} {one.times:.2f} times a treatment"
        for one in report.raised
        if one.share is not None
    ]
    return "\n".join([*lines, "", "Share of each kind of patient who saw a signal:", *raised, "", PROVES])
