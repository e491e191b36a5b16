"""How the demo's patients answer: totals that follow a believable course, spread over the questions.

Seeded by the patient's name, so that every fill gives the same curves.
"""

from __future__ import annotations

from random import Random

from openhour.catalog import Instrument

COURSES: dict[str, tuple[float, float]] = {
    "better": (0.68, 0.20),
    "same": (0.54, 0.52),
    "worse": (0.36, 0.74),
    "dip": (0.60, 0.30),
}
"""Share of the highest score at the first and at the latest visit. `dip` gets worse in the middle before it mends."""

_SLOWER = {"gad-7": 0.06}
_RISK_ITEM = {"phq-9": "9"}


def total_at(course: str, slug: str, most: int, stage: float, chance: Random) -> int:
    """stage: 0 at the first visit, 1 at the latest."""
    first, last = COURSES[course]
    share = first + (last - first) * stage + _SLOWER.get(slug, 0.0)
    if course == "dip":
        share += 0.45 * max(0.0, 1 - abs(stage - 0.45) / 0.3)
    return max(0, min(most, round(share * most + chance.uniform(-1.4, 1.4))))


def answers_at(instrument: Instrument, course: str, stage: float, chance: Random, *, risk: int = 0) -> dict[str, int]:
    """item -> value for every question that is asked. risk: the answer to the question about self-harm, where there is
    one; a screen for risk alone is answered with no."""
    if not _is_plain(instrument):
        return _by_share(instrument, total_at(course, instrument.pin.slug, 100, stage, chance) / 100, chance)
    risk_item = _RISK_ITEM.get(instrument.pin.slug, "")
    counted = [item for item in instrument.items if item.scored]
    spread_over = [item.id for item in counted if item.id != risk_item]
    top = 3
    wanted = total_at(course, instrument.pin.slug, instrument.scoring.maximum, stage, chance)
    given = spread(min(wanted, top * len(spread_over)), spread_over, top, chance)
    if risk_item:
        given[risk_item] = risk
    for item in instrument.items:
        if not item.scored:
            given[item.id] = min(3, round(wanted / instrument.scoring.maximum * 3))
    return {item.id: given[item.id] for item in instrument.items}


def _is_plain(instrument: Instrument) -> bool:
    """A sum of answers from 0 to 3, as PHQ-9 and GAD-7 are."""
    return instrument.kind == "sum" and all(item.values == (0, 1, 2, 3) for item in instrument.scored_items)


_SELDOM = {"audit-c": 0.3, "audit": 0.3, "dast-10": 0.15}
"""Trouble that most of these patients don't have: the share of the answers' range is made so much smaller."""


def _by_share(instrument: Instrument, share: float, chance: Random) -> dict[str, int]:
    """Each question answered near the share of its range; where higher is better, near the rest of it."""
    share *= _SELDOM.get(instrument.pin.slug, 1.0)
    if instrument.change.better == "higher":
        share = 1 - 0.6 * share
    given: dict[str, int] = {}
    for item in instrument.items:
        gate = item.asked_if
        if gate is not None and all(given.get(one, 0) < gate.at_least for one in gate.any_of):
            continue
        values, last = item.values, len(item.values) - 1
        place = round((1 - share if item.reversed else share) * last + chance.uniform(-0.6, 0.6))
        given[item.id] = values[max(0, min(last, place))] if item.adds else values[-1]
        if instrument.kind == "triage":
            given[item.id] = values[0]
    return given


def spread(total: int, items: list[str], top: int, chance: Random) -> dict[str, int]:
    """The total as answers from 0 to `top`, near to even."""
    given = dict.fromkeys(items, total // len(items))
    for item in chance.sample(items, total % len(items)):
        given[item] += 1
    for _ in range(len(items) // 2):  # a person does not answer evenly
        more, less = chance.sample(items, 2)
        if given[more] < top and given[less] > 0:
            given[more] += 1
            given[less] -= 1
    return given
