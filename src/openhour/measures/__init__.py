"""Answers to scores, and scores to change: one formula for one patient and for ten million.

Callers: the check-in (flags on each answer), the session room, `care` (monitors), `outcomes` (files and reports).
Refuses to invent: an incomplete form has no total, a change without a confirmed rule has no judgement.
"""

from openhour.measures.change import (
    CLASSES,
    METHODS,
    Change,
    IndexRule,
    PointsRule,
    Rule,
    Sample,
    change_of,
    class_counts,
    points_rule,
    reliable_change,
)
from openhour.measures.cutoffs import Norm, critical_value, cutoff, s_diff, whole_points
from openhour.measures.flags import FlagRaised, flag_columns, flags_of
from openhour.measures.items import ItemChange, item_changes
from openhour.measures.pairs import Pairs
from openhour.measures.rule import Terms, rule_for
from openhour.measures.scoring import Score, ScoreColumns, score, score_columns

__all__ = [
    "CLASSES",
    "METHODS",
    "Change",
    "FlagRaised",
    "IndexRule",
    "ItemChange",
    "Norm",
    "Pairs",
    "PointsRule",
    "Rule",
    "Sample",
    "Score",
    "ScoreColumns",
    "Terms",
    "change_of",
    "class_counts",
    "critical_value",
    "cutoff",
    "flag_columns",
    "flags_of",
    "item_changes",
    "points_rule",
    "reliable_change",
    "rule_for",
    "s_diff",
    "score",
    "score_columns",
    "whole_points",
]
