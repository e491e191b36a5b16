"""One form worked out by hand, as it were: plain Python, one answer after the other.

Only the examples that definition files carry are worked out here, and the tests hold `measures` against it. That room
computes millions of rows in columns; this one is slow and plain on purpose. Two ways to one number are the check.
"""

from __future__ import annotations

from collections.abc import Mapping

from openhour.catalog.instrument import Instrument, Item
from openhour.catalog.scoring_terms import CountRule, Mean, Subscale, Triage, Weighted

Answers = Mapping[str, int | None]


def asked(instrument: Instrument, item: Item, answers: Answers) -> bool:
    """False where a gate before the item is closed; a gate nobody answered is not closed."""
    if item.asked_if is None:
        return True
    gates = [(instrument.item(gate), answers.get(gate)) for gate in item.asked_if.any_of]
    reached = ((gate, answer is None or answer >= item.asked_if.at_least) for gate, answer in gates)
    return any(open_ and asked(instrument, gate, answers) for gate, open_ in reached)


def applies(item: Item, answers: Answers) -> bool:
    """False where the item was answered with “not applicable”."""
    return all(choice.applies for choice in item.choices if choice.score == answers.get(item.id))


def missing(instrument: Instrument, answers: Answers) -> tuple[str, ...]:
    """Scored items that were asked and not answered."""
    return tuple(
        item.id
        for item in instrument.scored_items
        if answers.get(item.id) is None and asked(instrument, item, answers)
    )


def total(instrument: Instrument, answers: Answers) -> int | None:
    """The total, or None where there is none: too much is missing, or the kind gives none."""
    scoring, gaps = instrument.scoring, len(missing(instrument, answers))
    counting = [item for item in instrument.scored_items if applies(item, answers)]
    if not scoring.gives_total or gaps > scoring.missing_at_most or gaps >= len(counting):
        return None
    weights = _weights(instrument)
    points = sum(_points(instrument, item, answers) * weights[item.id] for item in counting)
    adding = [item for item in counting if item.adds]
    answered = len(adding) - sum(answers.get(item.id) is None and asked(instrument, item, answers) for item in adding)
    if answered <= 0:
        return None
    if isinstance(scoring.terms, Mean):
        return _half_up(scoring.terms.times * points, answered if scoring.gaps == "mean" else len(adding))
    return points if scoring.gaps == "zero" or not gaps else _half_up(points * len(adding), answered)


def possible(instrument: Instrument, answers: Answers) -> int | None:
    """The highest total that the form could give, without what doesn't apply; None where the kind gives no total."""
    if not instrument.scoring.gives_total:
        return None
    if isinstance(instrument.scoring.terms, Mean):
        return instrument.scoring.maximum
    weights = _weights(instrument)
    return sum(item.highest * weights[item.id] for item in instrument.scored_items if applies(item, answers))


def band(instrument: Instrument, answers: Answers, facts: Mapping[str, str]) -> str | None:
    """The band of the total, the level of a triage, or None."""
    if isinstance(instrument.scoring.terms, Triage):
        return None if missing(instrument, answers) else _level(instrument.scoring.terms, answers)
    reached = total(instrument, answers)
    bands = [(one.at_least, one.label) for one in instrument.bands]
    for one in instrument.bands_for:
        if facts.get(one.fact) == one.value:
            bands = list(one.bands)
    labels = [label for at_least, label in bands if reached is not None and at_least <= reached]
    return labels[-1] if labels else None


def subscale(instrument: Instrument, part: Subscale, answers: Answers) -> int | None:
    """The score of a part: every item of it must be answered, unless blanks count 0 and few enough are blank."""
    blank = set(missing(instrument, answers))
    allowed = instrument.scoring.gaps == "zero"
    if len(blank) > instrument.scoring.missing_at_most if allowed else blank & set(part.items):
        return None
    points = [_points(instrument, instrument.item(one), answers) for one in part.items]
    return max(points) if part.kind == "highest" else sum(points)


def rule(instrument: Instrument, one: CountRule, answers: Answers) -> bool | None:
    """Whether the rule holds; None where an answer that isn't there could decide it."""
    blank = set(missing(instrument, answers))
    sure, possible_ = True, True
    for count in one.counts:
        fewest = sum(_symptom(instrument.item(item), answers) for item in count.items)
        most = fewest + len(blank & set(count.items))
        upper = len(count.items) if count.at_most is None else count.at_most
        sure = sure and fewest >= count.at_least and most <= upper
        possible_ = possible_ and most >= count.at_least and fewest <= upper
    return True if sure else None if possible_ else False


def flags(instrument: Instrument, answers: Answers) -> tuple[str, ...]:
    """What the answers raise, confirmed or not, each once."""
    raised = []
    for flag in instrument.flags:
        answer = answers.get(flag.item)
        if answer is None or not applies(instrument.item(flag.item), answers):
            continue
        if flag.at_least <= answer and (flag.at_most is None or answer <= flag.at_most):
            raised.append(flag.raises)
    return tuple(dict.fromkeys(raised))


def _points(instrument: Instrument, item: Item, answers: Answers) -> int:
    answer = answers.get(item.id)
    counts = answer is not None and applies(item, answers) and asked(instrument, item, answers)
    return item.points(answer) if counts and answer is not None else 0


def _symptom(item: Item, answers: Answers) -> bool:
    answer = answers.get(item.id)
    return answer is not None and item.symptom_at is not None and applies(item, answers) and answer >= item.symptom_at


def _weights(instrument: Instrument) -> dict[str, int]:
    terms, items = instrument.scoring.terms, instrument.scored_items
    weights = terms.weights if isinstance(terms, Weighted) else (1,) * len(items)
    return {item.id: weight for item, weight in zip(items, weights, strict=False)}


def _level(terms: Triage, answers: Answers) -> str | None:
    reached = [
        level.label
        for place, level in enumerate(terms.levels)
        if place == 0 or any((answers.get(one.item) or 0) >= one.at_least for one in level.any_of)
    ]
    return reached[-1] if reached else None


def _half_up(value: int, by: int) -> int:
    return (2 * value + by) // (2 * by)
