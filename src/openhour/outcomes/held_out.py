"""How good an expected course is, on patients it has not seen.

Called by `outcomes.growth` and `outcomes.neighbours`, with the same figures for both, so that they can be held side by
side. Patients are split into five equal parts by the digests of their names (or their therapists'): no row order and no
chance decides. Each part is foretold by a model that learnt from the other four.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import numpy as np

from openhour.measures.course import Covered, Quality
from openhour.measures.cutoffs import SIGN
from openhour.measures.growth import Growth
from openhour.measures.neighbours import Neighbours
from openhour.measures.pairs import Floats
from openhour.outcomes.session_scores import Courses, Mask
from openhour.outcomes.wilson import share_of

FOLDS = 5
HELD_LOW, HELD_HIGH = 0.70, 0.90
"""A band meant for 80 % that holds fewer or more of the held-out scores doesn't drive signals [project]."""

_Z80 = NormalDist().inv_cdf(0.9)

Fitter = Callable[[Courses], Growth | Neighbours]


def held_out(courses: Courses, fitter: Fitter, *, better: str, lowest: float, highest: float) -> Quality:
    """Fit without each part, foretell it, and compare. Raises Refused where a fit does."""
    mean, sd = foretold_unseen(courses, fitter)
    return quality_of(courses, mean, sd, better=better, lowest=lowest, highest=highest)


def foretold_unseen(courses: Courses, fitter: Fitter) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each score, by a model that has not seen its patient; shape (rows,)."""
    mean, sd = np.full(len(courses.scores), np.nan), np.full(len(courses.scores), np.nan)
    folds = np.unique(courses.keys, return_inverse=True)[1].reshape(-1) % FOLDS
    for fold in range(FOLDS):
        part = folds == fold
        if not part.any():
            continue
        rows, unseen = part[courses.patient], courses.those(part)
        model = fitter(courses.those(~part))
        mean[rows], sd[rows] = model.foretold(unseen.values[unseen.patient], np.exp(unseen.line))
    return mean, sd


def quality_of(courses: Courses, mean: Floats, sd: Floats, *, better: str, lowest: float, highest: float) -> Quality:
    """The figures of foretold scores. mean, sd: shape (rows,)."""
    scores = courses.scores
    foretold = np.clip(mean, lowest, highest)
    off = scores - foretold
    slope, offset = _calibration(foretold, scores)
    in80 = _within(scores, mean, _Z80 * sd, lowest, highest)
    in68 = _within(scores, mean, sd, lowest, highest)
    worst = np.clip(mean - SIGN[better] * _Z80 * sd, lowest, highest)
    last = np.append(courses.patient[1:] != courses.patient[:-1], True)
    return Quality(
        patients=courses.n,
        scores=len(scores),
        covered80=_covered(in80),
        covered68=_covered(in68),
        last80=_covered(in80[last]),
        beyond=float((SIGN[better] * scores < SIGN[better] * worst).mean()),
        slope=slope,
        offset=offset,
        error=float(off.mean()),
        rmse=float(np.sqrt((off**2).mean())),
    )


def holds(quality: Quality) -> bool:
    """True where the band kept about what it promised."""
    return HELD_LOW <= quality.covered80.share <= HELD_HIGH


def _within(scores: Floats, mean: Floats, half: Floats, lowest: float, highest: float) -> Mask:
    low, high = np.clip(mean - half, lowest, highest), np.clip(mean + half, lowest, highest)
    return np.asarray((scores >= low) & (scores <= high))


def _covered(inside: Mask) -> Covered:
    share = share_of(int(inside.sum()), len(inside))
    if share is None:
        raise ValueError("nobody was held out")
    return Covered(share.held, share.of, share.share, share.low, share.high)


def _calibration(foretold: Floats, scores: Floats) -> tuple[float, float]:
    """Slope and offset of observed on foretold; 1 and 0 are perfect, 0 where nothing was told apart."""
    around = foretold - foretold.mean()
    spread = float(around @ around)
    slope = float(around @ (scores - scores.mean())) / spread if spread > 0 else 0.0
    return slope, float(scores.mean()) - slope * float(foretold.mean())
