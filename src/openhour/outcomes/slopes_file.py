"""Judge the patients of a long file by the hierarchical linear model: who changes faster than the average patient.

Called by `openhour change --method HLM`. The whole series of each patient counts, first and last scores only for the cut-off,
and those go by time, never by the order of rows. Refuses the file with every place that is wrong, and a fit that didn't
converge; patients with fewer than three scores are left out with that reason.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openhour.kernel import Finding, Refused
from openhour.measures import CLASSES, Norm, Pairs, SlopeTerms, critical_value, cutoff
from openhour.measures.pairs import Floats
from openhour.measures.slopes import SlopeRule, Slopes, fit_slopes
from openhour.outcomes.judged import FEW_SCORES, REASONS, SCHEMA, reason_places, rows_of
from openhour.outcomes.paired_scores import Read, Seen, ends_of, series_of
from openhour.outcomes.places import Places, refuse
from openhour.outcomes.shapes import ChangeAsked, Long
from openhour.outcomes.tables import open_table
from openhour.outcomes.written import written


@dataclass(frozen=True, slots=True)
class SlopesReport:
    """pairs: first and last scores of those judged. patients: all in the file. excluded: left out, by reason.
    counts: by the classes of `measures.CLASSES`."""

    pairs: Pairs
    patients: int
    excluded: dict[str, int]
    rule: SlopeRule
    slopes: Slopes
    counts: dict[str, int]


def slopes_file(asked: ChangeAsked, terms: SlopeTerms, seen: Seen = lambda done: None) -> SlopesReport:
    """Judge every patient with three scores or more. Raises Refused, also where the file is no long series."""
    if not isinstance(asked.shape, Long):
        words = "The hierarchical linear model needs the whole series: name it with --id, --time, --value."
        raise refuse("change.shape", words, str(asked.path))
    source = open_table(asked.path, asked.delimiter)
    read = series_of(asked, asked.shape, source, Places(str(asked.path)), seen)
    if read is None:
        raise refuse("file.no-rows", "The file has a heading but no rows.", str(asked.path))
    first, last = ends_of(read, source, asked.shape)
    slopes = _fit(asked, read)
    return _judged(asked, terms, read, slopes, first, last)


def _fit(asked: ChangeAsked, read: Read) -> Slopes:
    """The fit; a refusal that knows no place gets the file's name."""
    series = read.series
    try:
        return fit_slopes(series.patient, series.times, series.scores)
    except Refused as refusal:
        file = str(asked.path)
        raise Refused([Finding(f.code, f.sentence, f.place or file) for f in refusal.findings]) from refusal


def _judged(
    asked: ChangeAsked, terms: SlopeTerms, read: Read, slopes: Slopes, first: Floats, last: Floats
) -> SlopesReport:
    why = reason_places(first, last)
    fitted = np.zeros(len(first), np.bool_)
    fitted[slopes.patient] = True
    why[(why == 0) & ~fitted] = len(REASONS)
    judged = why == 0
    pairs = Pairs.of(first[judged], last[judged])
    if not pairs.n:
        raise refuse("change.nobody", "No patient has both a first and a last score.", str(asked.path))
    rule = SlopeRule(terms.better, critical_value(terms.alpha), _between(pairs, terms, str(asked.path)))
    index = np.full(len(first), np.nan)
    index[slopes.patient] = slopes.index
    found = rule.judge(np.nan_to_num(index), np.nan_to_num(first), np.nan_to_num(last))
    if asked.out:
        with written(asked.out, SCHEMA, beside=asked.path) as rows:
            rows.write_batch(rows_of(read.series.ids, first, last, np.nan_to_num(index), found, why, FEW_SCORES))
    counts = {name: int((found[judged] == place).sum()) for place, name in enumerate(CLASSES)}
    reasons = (*REASONS, FEW_SCORES)[1:]
    excluded = {reason: int((why == place).sum()) for place, reason in enumerate(reasons, start=1)}
    return SlopesReport(pairs, len(first), excluded, rule, slopes, counts)


def _between(pairs: Pairs, terms: SlopeTerms, file: str) -> float | None:
    if terms.cutoff is None:
        return None
    clinical = Norm(pairs.mean(pairs.pre), pairs.sd(pairs.pre))
    if not clinical.sd > 0:
        raise refuse(
            "change.no-variance", "All first scores are the same, so the cut-off has no place to stand.", file
        )
    return cutoff(terms.cutoff, terms.better, clinical, terms.functional)
