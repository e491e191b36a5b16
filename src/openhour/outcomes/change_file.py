"""Judge how the patients of a file changed: from two columns, or from a long series.

Called by `openhour change`. Two columns stream by twice (once to know the group, once to write), so memory stays flat;
a series is held in memory because its rows come in any order. Refuses the file with every place that is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from openhour.kernel import Finding, Refused
from openhour.measures import Pairs, Rule, class_counts
from openhour.outcomes.counted_pairs import counted_pairs
from openhour.outcomes.judged import NO_SHARE, REASONS, SCHEMA, Scores, judged_rows, reason_places
from openhour.outcomes.paired_scores import Seen, scores_of
from openhour.outcomes.places import refuse
from openhour.outcomes.shapes import ChangeAsked
from openhour.outcomes.tables import open_table
from openhour.outcomes.written import written


@dataclass(frozen=True, slots=True)
class Group:
    """pairs: patients with both scores. patients: all in the file. excluded: how many are left out, by reason."""

    pairs: Pairs
    patients: int
    excluded: dict[str, int]


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """counts: patients in each class, the classes of `measures.CLASSES`. excluded: those of the group, and those whom the
    rule can't judge."""

    group: Group
    rule: Rule
    counts: dict[str, int]
    excluded: dict[str, int]


def change_file(asked: ChangeAsked, rule_of: Callable[[Pairs], Rule], seen: Seen = lambda done: None) -> ChangeReport:
    """Judge every patient. rule_of: makes the rule once the group is known, or raises Refused. Raises Refused."""
    source = open_table(asked.path, asked.delimiter)
    pairs = counted_pairs(asked, source, seen)
    none = dict.fromkeys(REASONS[1:], 0)
    group = _group(scores_of(asked, source, seen)) if pairs is None else Group(pairs, pairs.n, none)
    if not group.patients:
        raise refuse("file.no-rows", "The file has a heading but no rows.", str(asked.path))
    rule = _rule(asked, group, rule_of)
    if asked.out:
        with written(asked.out, SCHEMA, beside=asked.path) as rows:
            for ids, pre, post in scores_of(asked, source, seen, again=True):
                rows.write_batch(judged_rows(ids, pre, post, rule))
    pairs = group.pairs
    beyond = int(pairs.patients[~rule.judges(pairs.pre, pairs.post)].sum())
    excluded = group.excluded | ({NO_SHARE: beyond} if beyond else {})
    return ChangeReport(group, rule, class_counts(pairs, rule), excluded)


def _group(scores: Iterable[tuple[Any, Scores, Scores]]) -> Group:
    parts, reasons, patients = list[Pairs](), Counter[str](dict.fromkeys(REASONS[1:], 0)), 0
    for _, pre, post in scores:
        patients += len(pre)
        why = reason_places(pre, post)
        both = why == 0
        if both.all():
            parts.append(Pairs.of(pre, post))
            continue
        parts.append(Pairs.of(pre[both], post[both]))
        for place, reason in enumerate(REASONS[1:], start=1):
            reasons[reason] += int((why == place).sum())
    return Group(Pairs.together(parts), patients, dict(reasons))


def _rule(asked: ChangeAsked, group: Group, rule_of: Callable[[Pairs], Rule]) -> Rule:
    """The rule; a refusal that knows no place gets the file's name."""
    try:
        return rule_of(group.pairs)
    except Refused as refusal:
        file = str(asked.path)
        raise Refused([Finding(f.code, f.sentence, f.place or file) for f in refusal.findings]) from refusal
