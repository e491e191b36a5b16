"""How well a signal foresees what it is meant to foresee: how many it catches, how many it troubles for nothing, how early.

Called by the simulation (truth is known) and by `openhour course fit` (truth is reliable worsening at the end, on patients
held out). Every share comes with Wilson's interval and with the numbers behind it. Refuses nothing: a share of nobody is
None.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from openhour.measures import marks
from openhour.measures.change import PointsRule
from openhour.measures.cutoffs import SIGN
from openhour.measures.pairs import Floats
from openhour.outcomes.session_scores import Courses, Mask
from openhour.outcomes.wilson import Share, share_of

_Z80 = NormalDist().inv_cdf(0.9)


@dataclass(frozen=True, slots=True)
class Lead:
    """Sessions between the first signal and the last session, over those who were caught: a quarter have less than
    `early`, half less than `middle`, a quarter more than `late`."""

    early: float
    middle: float
    late: float
    of: int


@dataclass(frozen=True, slots=True)
class Foresight:
    """kind: of the signal; truth: what it should foresee, in words. sensitivity: raised, of those it is true of;
    specificity: not raised, of the others; ppv: true, of those raised. lead: None where nobody was caught."""

    kind: str
    truth: str
    sensitivity: Share | None
    specificity: Share | None
    ppv: Share | None
    lead: Lead | None

    def facts(self) -> dict[str, Any]:
        """As a JSON object."""
        shares = {name: share_facts(getattr(self, name)) for name in ("sensitivity", "specificity", "ppv")}
        lead = self.lead
        told = lead and {"early": lead.early, "middle": lead.middle, "late": lead.late, "of": lead.of}
        return {"kind": self.kind, "truth": self.truth, **shares, "lead_sessions": told}


def share_facts(share: Share | None) -> dict[str, Any] | None:
    """As a JSON object."""
    if share is None:
        return None
    return {"held": share.held, "of": share.of, "share": share.share, "low": share.low, "high": share.high}


def foresight(kind: str, words: str, first: Floats, truth: Mask, last: Floats) -> Foresight:
    """first: session of the first signal of each patient, NaN = none; truth: of whom it is true; last: the last session;
    all of shape (n,)."""
    raised = ~np.isnan(first)
    caught = raised & truth
    lead = last[caught] - first[caught]
    return Foresight(
        kind=kind,
        truth=words,
        sensitivity=share_of(int(caught.sum()), int(truth.sum())),
        specificity=share_of(int((~raised & ~truth).sum()), int((~truth).sum())),
        ppv=share_of(int(caught.sum()), int(raised.sum())),
        lead=_lead(lead) if len(lead) else None,
    )


def _lead(sessions: Floats) -> Lead:
    early, middle, late = (float(one) for one in np.percentile(sessions, (25, 50, 75)))
    return Lead(early, middle, late, len(sessions))


def first_session(called: Mask, sessions: NDArray[Any]) -> Floats:
    """The session of each patient's first mark, NaN where there is none. called: shape (n, s); sessions: shape (s,)."""
    place = called.argmax(axis=1)
    found: Floats = np.where(called.any(axis=1), np.asarray(sessions, np.float64)[place], np.nan)
    return found


def foresight_unseen(
    courses: Courses, mean: Floats, sd: Floats, points: PointsRule, lowest: float, highest: float
) -> Foresight:
    """How `not-on-track` foresaw reliable worsening at the last session, in real courses whose patients the model had not
    seen. The last score itself doesn't count as a signal. mean, sd: of `foretold_unseen`, shape (rows,)."""
    sign, n = SIGN[points.better], courses.n
    limit = np.clip(mean - sign * _Z80 * sd, lowest, highest)
    last = np.append(courses.patient[1:] != courses.patient[:-1], True)
    off = (sign * courses.scores < sign * limit) & ~last
    sessions = np.rint(np.exp(courses.line))
    first = np.full(n, np.nan)
    rows = np.flatnonzero(off)[::-1]
    first[courses.patient[rows]] = sessions[rows]  # the earliest is written last
    end, ended = courses.scores[last], sessions[last]
    several = np.bincount(courses.patient, minlength=n) > 1  # one later score leaves nothing to foresee with
    truth = marks.worse(points, courses.values[:, 0], end[:, None])[:, 0]
    words = "reliably worse at the last session than at intake"
    return foresight("not-on-track", words, first[several], truth[several], ended[several])
