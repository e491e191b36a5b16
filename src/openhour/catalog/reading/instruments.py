"""Read an instrument: its items, scoring, bands, flags, change rule and examples, checked against each other.

Refused by name, whatever the file says: instruments whose owners allow no use here (`catalog.licences`).
"""

from __future__ import annotations

from dataclasses import replace

from openhour.catalog.instrument import ChangeRule, Example, Flag, Instrument, Item
from openhour.catalog.kinds import BETTER, FACTS, RESPONDENTS
from openhour.catalog.licences import TIERS, refused_by_name
from openhour.catalog.reading.examples import check_examples
from openhour.catalog.reading.head import read_pin
from openhour.catalog.reading.instrument_items import Words, loinc, read_items
from openhour.catalog.reading.instrument_scoring import (
    read_bands,
    read_bands_for,
    read_rules,
    read_scoring,
    read_subscales,
)
from openhour.catalog.reading.table import Table
from openhour.catalog.reading.unconfirmed import read_unconfirmed
from openhour.catalog.scoring_terms import Schedule, Scoring, Subscale, Then, Unconfirmed


def read_instrument(table: Table, digest: str) -> Instrument:
    """The instrument in the file; complaints go to the table's findings."""
    score = table.raw("score")
    personal = isinstance(score, dict) and score.get("kind") == "personal"
    words = Words(table.one_of("tier", TIERS, "own"), personal)
    items = read_items(table, words)
    scoring = read_scoring(table, items)
    instrument = Instrument(
        pin=read_pin(table, "instrument", digest),
        title=table.text("title"),
        short=table.text("short"),
        why=table.text("why"),
        licence=table.text("licence"),
        source=table.text("source"),
        loinc_panel=loinc(table, "loinc_panel"),
        loinc_total=loinc(table, "loinc_total"),
        minutes=table.number("minutes", least=1, most=120),
        stem=words.question(table, "stem"),
        items=items,
        scoring=scoring,
        bands=read_bands(table, scoring),
        flags=tuple(_flag(row, items) for row in table.tables("flag", needed=False)),
        change=_change(table.table("change"), scoring),
        data_columns=_columns(table, items),
        examples=(),
        tier=words.tier,
        respondent=table.one_of("respondent", RESPONDENTS, "patient"),
        validated=table.yes("validated", True),
        subscales=read_subscales(table, items, scoring.kind),
        rules=read_rules(table, items),
        bands_for=read_bands_for(table, scoring),
        leads_to=_then(table.table("then"), scoring) if table.has("then") else None,
        schedule=_schedule(table.table("schedule")) if table.has("schedule") else Schedule(),
        notice=table.text("notice", ""),
    )
    known = (tuple(part.slug for part in instrument.subscales), tuple(rule.slug for rule in instrument.rules))
    examples = tuple(_example(row, *known) for row in table.tables("example"))
    instrument = _marked(table, replace(instrument, examples=examples))
    table.close()
    if reason := refused_by_name(instrument.pin.slug, instrument.title, instrument.short):
        table.refuse("refused-instrument", reason, "slug")
    check_examples(table, instrument)
    return instrument


def _marked(table: Table, instrument: Instrument) -> Instrument:
    """With every unconfirmed value listed, and none of them left where it could decide anything."""
    own = read_unconfirmed(table)
    flags = tuple(Unconfirmed(f"flag.{one.item}", one.raises) for one in instrument.flags if not one.confirmed)
    rule = _without_unconfirmed(instrument.change, own)
    change = () if instrument.change.confirmed else rule.unconfirmed
    places = {one.place for one in own}
    return replace(
        instrument,
        change=rule,
        subscales=tuple(_part(one, places) for one in instrument.subscales),
        rules=tuple(replace(one, confirmed=f"rule.{one.slug}" not in places) for one in instrument.rules),
        flags=tuple(replace(one, confirmed=one.confirmed and "flag" not in places) for one in instrument.flags),
        leads_to=None
        if instrument.leads_to is None
        else replace(instrument.leads_to, confirmed=not places & {"then", "then.at_least"}),
        unconfirmed=(*own, *flags, *change),
    )


def _part(part: Subscale, places: set[str]) -> Subscale:
    """A part with what is confirmed about it."""
    own = {place for place in places if place == "subscale" or place.startswith(f"subscale.{part.slug}")}
    cut = None if own & {"subscale", f"subscale.{part.slug}.caseness_at"} else part.caseness_at
    return replace(part, caseness_at=cut, confirmed=not own)


def _without_unconfirmed(rule: ChangeRule, marks: tuple[Unconfirmed, ...]) -> ChangeRule:
    """The rule with its confirmed numbers only; the others are kept as marks."""
    marked = [one for one in marks if one.place.startswith("change.")]
    keys = _NUMBERS if not rule.confirmed else tuple(one.place.removeprefix("change.") for one in marked)
    left = {key: getattr(rule, key) for key in keys if key in _NUMBERS}
    kept = tuple(Unconfirmed(f"change.{key}", str(value)) for key, value in left.items() if value is not None)
    return replace(rule, unconfirmed=kept, **dict.fromkeys(left))  # type: ignore[arg-type]


_NUMBERS = (
    "reliable_points",
    "caseness_at",
    "strict_points",
    "important_points",
    "remission_at",
    "response_percent",
)


def _flag(row: Table, items: tuple[Item, ...]) -> Flag:
    flag = Flag(
        item=row.text("item"),
        at_least=row.number("at_least", least=1, most=1_000),
        raises=row.slug("raises"),
        source=row.text("source"),
        confirmed=row.yes("confirmed", True),
        at_most=row.maybe_number("at_most", least=1, most=1_000),
    )
    row.close()
    asked = next((item for item in items if item.id == flag.item), None)
    if asked is None:
        row.refuse("unknown-item", "The instrument has no item of that id.", "item")
    elif asked.choices and asked.values and flag.at_least > asked.values[-1]:
        row.refuse("out-of-range", "No answer of the item reaches this score.", "at_least")
    if flag.at_most is not None and flag.at_most < flag.at_least:
        row.refuse("out-of-range", "No answer lies between the two.", "at_most")
    return flag


def _change(table: Table, scoring: Scoring) -> ChangeRule:
    low, high = scoring.minimum, scoring.maximum
    span = max(high - low, 1)
    rule = ChangeRule(
        better=table.one_of("better", BETTER),
        reliable_points=table.maybe_number("reliable_points", least=1, most=span),
        caseness_at=table.maybe_number("caseness_at", least=low, most=max(high, low)),
        source=table.text("source"),
        confirmed=table.yes("confirmed", True),
        strict_points=table.maybe_number("strict_points", least=1, most=span),
        important_points=table.maybe_number("important_points", least=1, most=span),
        remission_at=table.maybe_number("remission_at", least=low, most=max(high, low)),
        response_percent=table.maybe_number("response_percent", least=1, most=100),
    )
    table.close()
    return rule


def _then(table: Table, scoring: Scoring) -> Then:
    least, most = scoring.minimum, max(scoring.maximum, scoring.minimum)
    then = Then(table.slug("instrument"), table.number("at_least", least=least, most=most), table.text("source"))
    table.close()
    if not scoring.gives_total:
        table.refuse("out-of-range", "Without a total nothing can lead to a longer form.", "at_least")
    return then


def _schedule(table: Table) -> Schedule:
    schedule = Schedule(
        every_days=table.maybe_number("every_days", least=1, most=3_660),
        every_sessions=table.maybe_number("every_sessions", least=1, most=500),
        from_session=table.maybe_number("from_session", least=1, most=500),
    )
    table.close()
    if schedule == Schedule():
        table.refuse("missing-key", "Say at least one of them, or leave this out.", "every_days")
    return schedule


def _columns(table: Table, items: tuple[Item, ...]) -> tuple[str, ...]:
    columns = table.texts("data_columns", needed=False)
    if columns and len(columns) != sum(item.scored for item in items):
        table.refuse("wrong-count", "One column is needed for each scored item, in their order.", "data_columns")
    return columns


def _example(row: Table, parts: tuple[str, ...], rules: tuple[str, ...]) -> Example:
    answers: list[int | None] = []
    written = row.raw("answers")
    for answer in written if isinstance(written, list) else []:
        if answer == "-":
            answers.append(None)
        elif isinstance(answer, int) and not isinstance(answer, bool):
            answers.append(answer)
        else:
            row.refuse("wrong-type", 'An answer is a whole number, or "-" where there is none.', "answers")
    if not isinstance(written, list):
        row.refuse("missing-key", "An example needs a list of answers.", "answers")
    example = Example(
        answers=tuple(answers),
        total=row.maybe_number("total"),
        band=row.text("band") if row.has("band") else None,
        flags=row.texts("flags", needed=False),
        facts=_facts(row),
        possible=row.maybe_number("possible"),
        subscales=tuple((slug, told.number(slug)) for slug, told in _named(row, "subscales", parts)),
        rules=tuple((slug, told.yes(slug)) for slug, told in _named(row, "rules", rules)),
    )
    row.close()
    return example


def _named(row: Table, key: str, known: tuple[str, ...]) -> list[tuple[str, Table]]:
    """The names that the table of an example uses, each with the table; those that the file doesn't have are refused."""
    if not row.has(key):
        return []
    told = row.table(key)
    used = [(name, told) for name in known if told.has(name)]
    for name, _ in used:
        told.raw(name)
    told.close()
    if not told.names:
        row.refuse("missing-key", "Name at least one, or leave this out.", key)
    return used


def _facts(row: Table) -> tuple[tuple[str, str], ...]:
    if not row.has("facts"):
        return ()
    facts = row.table("facts")
    told = tuple((fact, facts.one_of(fact, values)) for fact, values in FACTS.items() if facts.has(fact))
    facts.close()
    return told
