"""Response, partial response and remission at their edges, for one and for many."""

from __future__ import annotations

import numpy as np
import pytest

from openhour.measures.response import responses


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (20, 10, "response"),
        (20, 11, "partial"),
        (20, 15, "partial"),
        (20, 16, ""),
        (10, 5, "response"),
        (10, 4, "response remission"),
        (15, 4, "response remission"),
        (9, 0, "not eligible"),
        (10, 25, ""),
        (10, np.nan, "not eligible"),
        (np.nan, 3, "not eligible"),
    ],
)
def test_half_is_a_response_a_quarter_a_partial_one_and_below_five_remission(first, last, said):
    found = responses(first, last, eligible_from=10, remission_below=5)
    words = [name for name in ("response", "partial", "remission") if getattr(found, name)]
    assert (" ".join(words) if found.eligible else "not eligible") == said


def test_many_patients_are_judged_as_each_alone():
    first, last = np.random.default_rng(3).integers(0, 28, (2, 500))
    many = responses(first, last, eligible_from=10, remission_below=5)
    for place in range(500):
        one = responses(first[place], last[place], eligible_from=10, remission_below=5)
        for name in ("eligible", "response", "partial", "remission"):
            assert bool(getattr(one, name)) == bool(getattr(many, name)[place])
    assert not (many.response & many.partial).any()


@pytest.mark.parametrize("lowest", [0, -1, float("nan")])
def test_a_share_of_nothing_is_refused(lowest):
    with pytest.raises(ValueError, match="above 0"):
        responses(0, 0, eligible_from=lowest, remission_below=5)
