"""Answers to scores, and scores to change: one formula for one patient and for ten million.

Callers: the check-in (flags on each answer), the session room, `care` (monitors), `outcomes` (files and reports).
Refuses to invent: an incomplete form has no total, a change without a confirmed rule has no judgement.
"""

from openhour.measures.approaches import AnchorRule, CutoffRule, PercentRule
from openhour.measures.change import (
    CLASSES,
    Change,
    IndexRule,
    Line,
    PointsRule,
    Rule,
    change_of,
    class_counts,
    points_rule,
    reliable_change,
    reliably_better,
)
from openhour.measures.cutoffs import Norm, critical_value, cutoff, s_diff, whole_points
from openhour.measures.flags import FlagRaised, flag_columns, flags_of
from openhour.measures.indices import METHODS, Sample
from openhour.measures.items import ItemChange, item_changes
from openhour.measures.pairs import Pairs
from openhour.measures.parts import (
    RuleColumns,
    RuleHeld,
    SubscaleColumns,
    SubscaleScore,
    rule_columns,
    subscale_columns,
)
from openhour.measures.rule import any_rule_for, rule_for
from openhour.measures.scoring import Score, ScoreColumns, score, score_columns
from openhour.measures.terms import AnchorTerms, CutoffTerms, PercentTerms, SlopeTerms, Terms

__all__ = [
    "CLASSES",
    "METHODS",
    "AnchorRule",
    "AnchorTerms",
    "Change",
    "CutoffRule",
    "CutoffTerms",
    "FlagRaised",
    "IndexRule",
    "ItemChange",
    "Line",
    "Norm",
    "Pairs",
    "PercentRule",
    "PercentTerms",
    "PointsRule",
    "Rule",
    "RuleColumns",
    "RuleHeld",
    "Sample",
    "Score",
    "ScoreColumns",
    "SlopeTerms",
    "SubscaleColumns",
    "SubscaleScore",
    "Terms",
    "any_rule_for",
    "change_of",
    "class_counts",
    "critical_value",
    "cutoff",
    "flag_columns",
    "flags_of",
    "item_changes",
    "points_rule",
    "reliable_change",
    "reliably_better",
    "rule_columns",
    "rule_for",
    "s_diff",
    "score",
    "score_columns",
    "subscale_columns",
    "whole_points",
]
