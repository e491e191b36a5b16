"""A measure as the room shows it: the headline in words, the curve, and what changed answer by answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from openhour.care.alliance import alliance_word
from openhour.measures import Score
from openhour.records.queries.hour_measures import Measure, Measured
from openhour.records.shelf import shelf
from openhour.ui import charts
from openhour.ui.words import short_date


@dataclass(frozen=True, slots=True)
class MeasureShown:
    """score: `12`; band: its words, or the level of a triage; since: what changed, in a sentence; flagged: what needs
    attention; parts: subscales and rules in words, one a line; remark: what to ask about; curve: None where there is no total to draw."""

    title: str
    score: str
    band: str
    on: str
    since: str
    tone: str
    flagged: str
    curve: Markup | None
    items: Markup | None
    parts: tuple[str, ...] = ()
    remark: str = ""


def measure_shown(measure: Measure) -> MeasureShown:
    """Headline, curve and items of one instrument."""
    instrument, latest = measure.instrument, measure.latest
    return MeasureShown(
        title=instrument.short,
        score=_score(measure),
        band=latest.band or ("" if latest.total is not None else _without_score(measure)),
        on=short_date(latest.on),
        since=_since(measure),
        tone={"better": "ok", "worse": "danger"}.get(measure.reliable or "", "quiet"),
        flagged=_flagged(latest),
        curve=_curve(measure),
        items=_items(measure),
        parts=parts_in_words(measure.result),
        remark=alliance_word(instrument, [form.total for form in measure.forms if form.total is not None]),
    )


def _score(measure: Measure) -> str:
    """The total, with its own maximum where a question didn't apply; a dash where there is none."""
    total, result = measure.latest.total, measure.result
    if total is None:
        return "–" if measure.instrument.scoring.gives_total else ""
    possible = result.max_possible if result else None
    shortened = possible is not None and possible != measure.instrument.scoring.maximum
    return f"{total} of {possible}" if shortened else str(total)


def _without_score(measure: Measure) -> str:
    if measure.result is not None and measure.result.complete and not measure.instrument.scoring.gives_total:
        return ""
    return "no score: not all questions answered"


def parts_in_words(result: Score | None) -> tuple[str, ...]:
    """`Avoidance 5 of 8`, `Provisional PTSD: holds`; what no source confirmed says so."""
    if result is None:
        return ()
    lines = [
        f"{one.title} {one.points} of {one.highest}{', at or above the cut-off' if one.at_case else ''}{_doubt(one.confirmed)}"
        for one in result.subscales
        if one.points is not None
    ]
    lines += [
        f"{one.title}: {'holds' if one.holds else 'doesn’t hold'}{_doubt(one.confirmed)}"
        for one in result.rules
        if one.holds is not None
    ]
    return tuple(lines)


def _doubt(confirmed: bool) -> str:
    return "" if confirmed else " (not confirmed by a source)"


def _since(measure: Measure) -> str:
    parts = []
    if measure.since_last is not None:
        parts.append(f"{_signed(measure.since_last)} since last time")
    if measure.since_first is not None and len(measure.forms) > 2:
        parts.append(f"{_signed(measure.since_first)} since the start")
    verdict = {"better": "reliably better", "worse": "reliably worse"}.get(measure.reliable or "")
    return ", ".join([*parts, verdict] if verdict else parts)


def _signed(points: int) -> str:
    return "no change" if points == 0 else f"{'−' if points < 0 else '+'}{abs(points)}"


def _flagged(form: Measured) -> str:
    return ", ".join(f"item {item}" for item in form.flagged)


def _curve(measure: Measure) -> Markup | None:
    if not measure.instrument.scoring.gives_total:
        return None
    points = tuple(
        charts.CoursePoint(form.on, form.total, f"item {form.flagged[0]}" if form.flagged else "")
        for form in measure.forms
    )
    return _drawn(measure.instrument.pin.key, points)


@lru_cache(maxsize=128)
def _drawn(key: str, points: tuple[charts.CoursePoint, ...]) -> Markup:
    """The same scores are the same picture; a room is loaded again after each press. Holds days and scores, no name."""
    instrument = shelf().instrument_pinned(key)
    rule = instrument.change
    return charts.score_course(
        points,
        instrument.short,
        [(band.at_least, band.label) for band in instrument.bands],
        maximum=instrument.scoring.maximum,
        minimum=instrument.scoring.minimum,
        reliable_points=rule.reliable_points if rule.confirmed else None,
        better=rule.better,
        caseness=rule.caseness_at if rule.confirmed else None,
        width=440,
        height=200,
    )


def _items(measure: Measure) -> Markup | None:
    if not measure.items:
        return None
    instrument, latest = measure.instrument, measure.latest
    rows = tuple(
        charts.ItemChange(one.item, instrument.item(one.item).text, one.before, one.after, one.item in latest.flagged)
        for one in measure.items
    )
    before, now = (short_date(form.on, year=False) for form in measure.forms[-2:])
    return _tabled(instrument.pin.key, rows, before, now)


@lru_cache(maxsize=128)
def _tabled(key: str, rows: tuple[charts.ItemChange, ...], before: str, now: str) -> Markup:
    instrument = shelf().instrument_pinned(key)
    steps = max(item.values[-1] for item in instrument.scored_items)
    caption = f"{instrument.short}, question by question"
    return charts.item_change_rows(rows, caption, before, now, steps, instrument.change.better)
