"""One sitting: which questions of a form are asked, and what a short form that is positive leads to.

Called by the patients' pages, by the page on which a therapist enters answers, and when a form is finished. A question
that a gate has closed isn't asked; neither is one that the short form asked a moment ago: its answer comes over. Every
other question of the long form is asked, those that a person must see among them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from openhour.catalog.instrument import Instrument, Item

Answers = Mapping[str, int | None]


def is_asked(item: Item, answers: Answers) -> bool:
    """True unless the item waits behind a gate that no answer has opened."""
    condition = item.asked_if
    return condition is None or any(_reaches(answers.get(gate), condition.at_least) for gate in condition.any_of)


def _reaches(answer: int | None, at_least: int) -> bool:
    return answer is not None and answer >= at_least


def asked_items(instrument: Instrument, answers: Answers, carried: Collection[str] = ()) -> tuple[Item, ...]:
    """The items to ask, in order, as the answers stand. carried: ids of those that the short form has asked already."""
    return tuple(item for item in instrument.items if item.id not in carried and is_asked(item, answers))


def facts_of(sex: str) -> dict[str, str]:
    """What is known about a person and decides some cut-offs. sex: `F`, `M` or `U`, as a claim knows it; nothing is
    taken for granted where it isn't known."""
    word = {"F": "female", "M": "male"}.get(sex)
    return {"sex": word} if word else {}


def help_range(instrument: Instrument) -> dict[str, tuple[int, int | None]]:
    """By item, from which answer up to which help is shown at once, before anything is sent; None = no upper end."""
    found: dict[str, tuple[int, int | None]] = {}
    for flag in instrument.flags:
        if flag.confirmed:
            low, high = found.get(flag.item, (flag.at_least, flag.at_most))
            open_end = high is None or flag.at_most is None
            found[flag.item] = (min(low, flag.at_least), None if open_end else max(high or 0, flag.at_most or 0))
    return found


def leads_to(instrument: Instrument, total: int | None) -> str:
    """Slug of the longer form that the total leads to; empty where it leads to none, or there is no total.

    A longer form asks; it judges nothing. So a threshold that no source confirmed leads on too.
    """
    then = instrument.leads_to
    if then is None or total is None:
        return ""
    positive = total >= then.at_least if instrument.change.better == "lower" else total <= then.at_least
    return then.instrument if positive else ""


def shorter_forms(instruments: Iterable[Instrument]) -> dict[str, str]:
    """Slug of a long form -> slug of the short one that leads to it; the first of several. Only a form that asks the long
    one's own questions stands in its place: another screening leads on, and replaces nothing."""
    by_slug = {one.pin.slug: one for one in instruments}
    found: dict[str, str] = {}
    for one in by_slug.values():
        long = by_slug.get(one.leads_to.instrument) if one.leads_to else None
        if long is not None and set(pairs_of(one, long)) >= {item.id for item in one.scored_items}:
            found.setdefault(long.pin.slug, one.pin.slug)
    return found


def carried_answers(short: Instrument, long: Instrument, answers: Answers) -> dict[str, int]:
    """Answers of the short form as answers of the long one: item id of the long one -> value."""
    pairs = ((theirs, answers.get(ours)) for ours, theirs in pairs_of(short, long).items())
    return {item: value for item, value in pairs if value is not None}


def pairs_of(short: Instrument, long: Instrument) -> dict[str, str]:
    """Items of the short form that stand in the long one too, with the same answers: id in the one -> id in the other."""
    found = {}
    for item in short.items:
        same = next((one for one in long.items if _same(item, one)), None)
        if same is not None:
            found[item.id] = same.id
    return found


def _same(one: Item, other: Item) -> bool:
    """The same LOINC code, or, where one has none, the same words; and the same answers."""
    coded = bool(one.loinc and other.loinc)
    worded = bool(one.text) and _folded(one.text) == _folded(other.text)
    named = one.loinc == other.loinc if coded else worded
    return named and {choice.score for choice in one.choices} == {choice.score for choice in other.choices}


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
