"""Read how an instrument is scored: the kind with its own terms, subscales, rules, and bands by a fact about the person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

from openhour.catalog.instrument import Band, Item
from openhour.catalog.kinds import FACTS, GAPS, SCORING
from openhour.catalog.reading.table import Table
from openhour.catalog.scoring_terms import (
    WITHOUT_TOTAL,
    BandsFor,
    Count,
    CountRule,
    HighestOf,
    Level,
    Mean,
    Personal,
    Scoring,
    ScoringTerms,
    Subscale,
    Subscales,
    Sum,
    Triage,
    Weighted,
    When,
)

Items = tuple[Item, ...]


def read_scoring(table: Table, items: Items) -> Scoring:
    """The table `score`, and the levels of a triage beside it."""
    rows = table.table("score")
    counted = tuple(item for item in items if item.scored and item.choices and item.values)
    kind = rows.one_of("kind", SCORING)
    total = kind not in WITHOUT_TOTAL
    terms = TERMS.get(kind, _sum)(table, rows, counted)
    scoring = Scoring(
        kind=kind,
        minimum=rows.number("minimum") if total else 0,
        maximum=rows.number("maximum") if total else 0,
        missing_at_most=rows.number("missing_at_most", most=max(len(counted) - 1, 0)),
        source=rows.text("source"),
        gaps=rows.one_of("gaps", GAPS, "mean"),
        terms=terms,
    )
    rows.close()
    _fits_the_answers(rows, scoring, counted)
    return scoring


def _fits_the_answers(rows: Table, scoring: Scoring, counted: Items) -> None:
    if not scoring.gives_total and scoring.missing_at_most:
        rows.refuse(
            "out-of-range", "Without a total there is nothing that a gap could be filled in.", "missing_at_most"
        )
    lowest, highest = range_of(scoring.terms, counted)
    if scoring.gives_total and (scoring.minimum, scoring.maximum) != (lowest, highest):
        sentence = f"The answers of the scored items add up to between {lowest} and {highest}."
        rows.refuse("out-of-range", sentence, "maximum" if scoring.minimum == lowest else "minimum")


def range_of(terms: ScoringTerms, counted: Items) -> tuple[int, int]:
    """The lowest and the highest total that the answers can give."""
    low, high = [item.lowest for item in counted], [item.highest for item in counted]
    if isinstance(terms, Weighted) and len(terms.weights) == len(counted):
        low = [points * weight for points, weight in zip(low, terms.weights, strict=True)]
        high = [points * weight for points, weight in zip(high, terms.weights, strict=True)]
    if isinstance(terms, Mean) and counted:
        return _half_up(terms.times * sum(low), len(low)), _half_up(terms.times * sum(high), len(high))
    return sum(low), sum(high)


def _half_up(value: int, by: int) -> int:
    return (2 * value + by) // (2 * by)


def _sum(_: Table, __: Table, ___: Items) -> Sum:
    return Sum()


def _mean(_: Table, rows: Table, __: Items) -> Mean:
    return Mean(rows.number("times", 1, least=1, most=100))


def _weighted(_: Table, rows: Table, counted: Items) -> Weighted:
    weights = rows.numbers("weights", least=1, most=1_000)
    if len(weights) != len(counted):
        rows.refuse("wrong-count", "One weight is needed for each scored item, in their order.", "weights")
    return Weighted(weights)


def _triage(table: Table, _: Table, counted: Items) -> Triage:
    rows = table.tables("level")
    table.unique(rows, "label")
    levels = tuple(_level(row, place, counted) for place, row in enumerate(rows))
    if rows and levels[0].positive:
        rows[0].refuse("out-of-range", "The first level is the one without any of the answers.", "positive")
    return Triage(levels)


def _level(row: Table, place: int, counted: Items) -> Level:
    whens = []
    for one in row.tables("any", needed=place > 0):
        when = When(one.text("item"), one.number("at_least", least=1, most=1_000))
        one.close()
        asked = next((item for item in counted if item.id == when.item), None)
        if asked is None or when.at_least > asked.values[-1]:
            one.refuse("unknown-item", "No scored item of that id has such an answer.", "item")
        whens.append(when)
    level = Level(row.text("label"), tuple(whens), row.yes("positive", place > 0))
    row.close()
    if place == 0 and whens:
        row.refuse("out-of-range", "The first level is the one without any of the answers.", "any")
    return level


def _personal(_: Table, rows: Table, counted: Items) -> Personal:
    if len(counted) != 1:
        rows.refuse("wrong-count", "A personal rating has one scored item.", "kind")
    return Personal()


TERMS: Mapping[str, Callable[[Table, Table, Items], ScoringTerms]] = {
    "sum": _sum,
    "mean": _mean,
    "weighted": _weighted,
    "subscales": lambda *_: Subscales(),
    "highest-of": lambda *_: HighestOf(),
    "triage": _triage,
    "personal": _personal,
}
"""How each kind of scoring reads its own terms: from the file, its table `score`, and the scored items."""


def read_subscales(table: Table, items: Items, kind: str) -> tuple[Subscale, ...]:
    """The parts of the form. An item says its `part` beside its words, or the subscale lists `items` by id."""
    written = table.raw("item")
    rows_of_items = [row for row in written if isinstance(row, dict)] if isinstance(written, list) else []
    parts = {str(row.get("id")): row["part"] for row in rows_of_items if "part" in row}
    rows = table.tables("subscale", needed=kind in ("subscales", "highest-of"))
    table.unique(rows, "slug")
    subscales = tuple(_subscale(row, items, parts, kind) for row in rows)
    known = {one.slug for one in subscales}
    if any(part not in known for part in parts.values()):
        table.refuse("unknown-part", "An item names a part that isn't among the subscales.", "item")
    return subscales


def _subscale(row: Table, items: Items, parts: Mapping[str, object], kind: str) -> Subscale:
    slug = row.slug("slug")
    own = tuple(item.id for item in items if parts.get(item.id) == slug)
    listed = row.texts("items") if row.has("items") or not own else ()
    asked = {item.id: item for item in items if item.scored and item.choices}
    if unknown := [one for one in (*own, *listed) if one and one not in asked]:
        row.refuse("unknown-item", f"There is no scored item {unknown[0]}.", "items")
    if own and listed:
        row.refuse("duplicate", "The items name this part already.", "items")
    members = [asked[one] for one in (own or listed) if one in asked]
    highest = max if kind == "highest-of" else sum
    subscale = Subscale(
        slug=slug,
        title=row.text("title"),
        items=own or listed,
        kind="highest" if kind == "highest-of" else "sum",
        caseness_at=row.maybe_number("caseness_at", most=highest([one.highest for one in members] or [0])),
        source=row.text("source"),
    )
    row.close()
    return subscale


def read_rules(table: Table, items: Items) -> tuple[CountRule, ...]:
    """Rules that count symptoms."""
    rows = table.tables("rule", needed=False)
    table.unique(rows, "slug")
    symptoms = {item.id for item in items if item.symptom_at is not None and item.scored}
    return tuple(_rule(row, symptoms) for row in rows)


def _rule(row: Table, symptoms: set[str]) -> CountRule:
    counts = []
    for one in row.tables("count"):
        count = Count(one.texts("items"), one.number("at_least"), one.maybe_number("at_most"))
        one.close()
        if any(item and item not in symptoms for item in count.items):
            one.refuse("unknown-item", "Every item counted here needs a symptom_at.", "items")
        if count.at_least > len(count.items) or (count.at_most is not None and count.at_most < count.at_least):
            one.refuse("out-of-range", "So many symptoms can't be counted here.", "at_least")
        counts.append(count)
    rule = CountRule(row.slug("slug"), row.text("title"), tuple(counts), row.text("source"))
    row.close()
    return rule


def read_bands(table: Table, scoring: Scoring) -> tuple[Band, ...]:
    """Bands in rising order from the lowest score; none where no source gives any."""
    rows = table.tables("band", needed=table.has("band"))
    bands = tuple(_band(row, scoring) for row in rows)
    for row, (below, above) in zip(rows[1:], pairwise(bands), strict=True):
        if above.at_least <= below.at_least:
            row.refuse("not-ascending", "Bands stand in rising order, each from a higher score.", "at_least")
    if bands and bands[0].at_least != scoring.minimum:
        rows[0].refuse("out-of-range", f"The first band begins at the lowest score, {scoring.minimum}.", "at_least")
    if bands and not scoring.gives_total:
        rows[0].refuse("out-of-range", "Without a total there are no bands.", "at_least")
    table.unique(rows, "label")
    return bands


def _band(row: Table, scoring: Scoring) -> Band:
    band = Band(row.number("at_least"), row.text("label"))
    row.close()
    low, high = scoring.minimum, scoring.maximum
    if not low <= band.at_least <= high:
        row.refuse("out-of-range", f"A band lies between {low} and {high}.", "at_least")
    return band


def read_bands_for(table: Table, scoring: Scoring) -> tuple[BandsFor, ...]:
    """Bands that depend on a fact about the person, such as the cut-offs of AUDIT-C for women and men."""
    rows = table.tables("bands_for", needed=False)
    found = []
    for row in rows:
        bands = read_bands(row, scoring)
        one = BandsFor(
            fact=row.one_of("fact", FACTS),
            value=row.one_of("is", FACTS.get(str(row.raw("fact")), ("",))),
            bands=tuple((band.at_least, band.label) for band in bands),
            caseness_at=row.number("caseness_at", least=scoring.minimum, most=max(scoring.maximum, scoring.minimum)),
            source=row.text("source"),
        )
        row.close()
        if not bands:
            row.refuse("missing-key", "The key “band” is missing.", "band")
        found.append(one)
    if rows and table.has("band"):
        table.refuse("duplicate", "The bands stand either for everybody or by a fact, not both.", "band")
    if len({(one.fact, tuple(label for _, label in one.bands)) for one in found}) > 1:
        table.refuse("out-of-range", "All of these need the same fact and the same labels in one order.", "bands_for")
    table.unique(rows, "is")
    return tuple(found)
