"""A patient's scores in plain words: what went how, what that does and doesn't say. Pure; called by the page of the course.

The same honesty as for therapists: a change is called one only where it is more than chance explains, a step back is
called a step back, and what nobody has established isn't said. No percentages: half of a small number is no news.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from openhour.measures import points_rule, reliable_change
from openhour.records.queries.own_course import OwnMeasure
from openhour.ui import charts
from openhour.ui.words import short_date


@dataclass(frozen=True, slots=True)
class Told:
    """title: of the questionnaire. sentences: what went how, the first says most. figure: curve and table."""

    title: str
    sentences: tuple[str, ...]
    figure: Markup


def told_of(own: OwnMeasure) -> Told:
    """One questionnaire in words and as a picture."""
    sentences = (*_change(own), *_step_back(own), *_expected(own))
    return Told(own.instrument.title, sentences, _figure(own))


def in_numbers(own: OwnMeasure) -> str:
    """From what to what, for whoever doesn't see the curve."""
    first, last = own.forms[0], own.forms[-1]
    if first is last:
        return f"A score of {first.total} on {short_date(first.day)}."
    return f"From {first.total} on {short_date(first.day)} to {last.total} on {short_date(last.day)}."


def direction(own: OwnMeasure) -> str:
    """Which way is up."""
    return "Here lower is better." if own.instrument.change.better == "lower" else "Here higher is better."


def _change(own: OwnMeasure) -> tuple[str, ...]:
    if len(own.forms) == 1:
        return (f"So far there is one score, of {short_date(own.forms[0].day)}. A single score says little.",)
    first, last = own.forms[0].total, own.forms[-1].total
    verdict = reliable_change(own.instrument, first, last)
    if verdict == "better":
        return ("Your last score is clearly better than when you began.",)
    if verdict == "worse":
        return (
            "Your last score is worse than when you began, and by more than chance explains.",
            "That happens, also in treatments that help in the end. Please talk about it in your visit.",
        )
    if verdict is None:
        return (
            f"Your first score was {first}, your last one is {last}. For these questions nobody has established how much"
            " of a change is more than chance.",
        )
    return (
        "Your last score is about the same as when you began.",
        "Small ups and downs are normal from week to week. If you’d hoped for more by now, please say so in your visit:"
        " there are other ways to go on.",
    )


def _step_back(own: OwnMeasure) -> tuple[str, ...]:
    if len(own.forms) < 3:
        return ()
    before, last = own.forms[-2].total or 0, own.forms[-1].total or 0
    worse = last - before if own.instrument.change.better == "lower" else before - last
    rule = points_rule(own.instrument)
    if rule is None or worse < rule.points:
        return ()
    return (
        "The last one was a step back from the one before. Steps back are common, and don’t undo what was reached.",
    )


def _expected(own: OwnMeasure) -> tuple[str, ...]:
    """Against what was usual, in one sentence; only from the second score on."""
    if own.band is None or len(own.forms) < 2:
        return ()
    last = own.forms[-1].total or 0
    low, high = float(own.band.low80[-1]), float(own.band.high80[-1])
    if low <= last <= high:
        return ("Most people who begin with a score like yours are about there by now.",)
    if (last < low) == (own.instrument.change.better == "lower"):
        return ("You are further than most people who begin with a score like yours.",)
    return (
        "Most people who begin with a score like yours are further by now. That is no verdict about you or about your"
        " work; it is a good reason to talk about what could help more.",
    )


def _figure(own: OwnMeasure) -> Markup:
    scoring = own.instrument.scoring
    points = [charts.CoursePoint(form.day, form.total) for form in own.forms]
    return charts.score_course(
        points,
        "Your scores",
        maximum=scoring.maximum,
        minimum=scoring.minimum,
        better=own.instrument.change.better,
        likely=_likely(own),
        words=f"{in_numbers(own)} {direction(own)}",
        width=480,
        height=220,
    )


def _likely(own: OwnMeasure) -> list[charts.LikelyPoint]:
    if own.band is None:
        return []
    rows = zip(own.forms, own.band.low80, own.band.mean, own.band.high80, strict=True)
    return [charts.LikelyPoint(form.day, float(low), float(mean), float(high)) for form, low, mean, high in rows]
