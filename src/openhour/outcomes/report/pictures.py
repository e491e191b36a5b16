"""What a report draws of the whole: how first and last scores lie, when patients improved, and therapists in a funnel.

Called by `report`. A picture shows no person: spots and steps hold as many people as the smallest number that may be shown,
and nothing is drawn where a number that it would give away is hidden.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from openhour.catalog.instrument import Instrument
from openhour.measures.change import CLASSES, points_rule
from openhour.measures.pairs import Pairs
from openhour.outcomes.case_mix import case_mix
from openhour.outcomes.funnel import FEWEST_CASES, Funnel, funnel_of
from openhour.outcomes.report.counted import Counted, MeasureCounts, TherapistCounts
from openhour.outcomes.report.lines import curve_of
from openhour.outcomes.report.values import Line, MeasurePictures, Spot, Step
from openhour.outcomes.survival import Curve

ACROSS = 9
"""Spots across the whole scale where single people may not be drawn."""


def pictures_of(
    counted: Counted, measure: Instrument, lines: Sequence[Line], smallest: int, mine: str | None, others: bool
) -> MeasurePictures:
    """The pictures of one measure. lines: of the report, which say what is hidden. mine: code of the therapist who looks.
    others: whether the funnel shows therapists beside them."""
    counts = counted.whole.measures[measure.pin.slug]
    rule, low, high = points_rule(measure), measure.scoring.minimum, measure.scoring.maximum
    shut = {line.what for line in lines if not line.group and line.measure == measure.short and line.hidden}
    width = 1.0 if smallest <= 1 else float(max(1, round((high - low) / ACROSS)))
    drawn = () if shut & {"paired", "unpaired", *CLASSES} else tuple(_spots(counts.pairs, width, low, smallest))
    curve = None if rule is None or shut & {"improved-ever", "median-weeks"} else curve_of(counts)
    return MeasurePictures(
        slug=measure.pin.slug,
        short=measure.short,
        better=measure.change.better,
        low=low,
        high=high,
        points=None if rule is None else rule.points,
        caseness=measure.change.caseness_at,
        confirmed=measure.change.confirmed,
        spots=drawn,
        width=width,
        undrawn=sum(spot.n for spot in drawn) < counts.pairs.n,
        steps=() if curve is None else tuple(_steps(curve, smallest)),
        followed=_followed(counts) if curve is not None else None,
        funnel=therapist_funnel(
            counted.therapists.get(measure.pin.slug, ()), measure, mine, others=others, smallest=smallest
        ),
    )


def therapist_funnel(
    therapists: Sequence[TherapistCounts], measure: Instrument, mine: str | None, *, others: bool, smallest: int = 1
) -> Funnel | None:
    """Therapists' results, evened out by case-mix and shrunken; None where no row names a therapist. smallest: number of
    people that may be shown; where it is above FEWEST_CASES, so many cases are needed."""
    if not therapists:
        return None
    model = case_mix([one.sums for one in therapists])
    if isinstance(model, str):
        return Funnel((), (), why_not=model)
    place = next((place for place, one in enumerate(therapists) if one.therapist == mine), None)
    sign, fewest = -1 if measure.change.better == "lower" else 1, max(FEWEST_CASES, smallest)
    return funnel_of(model, sign, place, fewest=fewest, others=others)


def _followed(counts: MeasureCounts) -> int:
    return int(counts.patients.sum())


def _spots(pairs: Pairs, width: float, low: float, smallest: int) -> Iterator[Spot]:
    """Squares of the plane of first and last scores with people enough in each; the rest is not drawn, and if the rest
    were only a few people, the emptiest square joins it."""
    rows, columns = ((np.floor((scores - low) / width)).astype(np.int64) for scores in (pairs.pre, pairs.post))
    places, index = np.unique(np.stack([rows, columns], axis=1), axis=0, return_inverse=True)
    people = np.bincount(index.reshape(-1), weights=pairs.patients, minlength=len(places)).astype(np.int64)
    shown = [place for place in range(len(places)) if people[place] >= max(smallest, 1)]
    while shown and 0 < pairs.n - sum(int(people[place]) for place in shown) < smallest:
        shown.remove(min(shown, key=lambda place: (int(people[place]), place)))
    half = 0.0 if width == 1 else (width - 1) / 2
    for place in shown:
        pre, post = (low + float(one) * width + half for one in places[place])
        yield Spot(pre, post, int(people[place]))


def _steps(curve: Curve, smallest: int) -> Iterator[Step]:
    """The curve, with steps joined until each holds people enough; it ends where fewer are still followed."""
    since = 0
    for place, week in enumerate(curve.times):
        since += int(curve.improved[place])
        if curve.at_risk[place] < smallest:
            return
        if since >= smallest:
            since = 0
            ends = (None if np.isnan(one[place]) else 1 - float(one[place]) for one in (curve.high, curve.low))
            yield Step(int(week), 1 - float(curve.waiting[place]), *ends)
