"""A share is never shown without how sure it is, and its interval never leaves 0 to 1."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from openhour.outcomes.wilson import share_of


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_it_is_the_interval_that_an_independent_program_gives(counts):
    held, of = counts
    share = share_of(held, of)
    low, high = proportion_confint(held, of, method="wilson")
    assert share.low == pytest.approx(low, abs=1e-9)
    assert share.high == pytest.approx(high, abs=1e-9)
    assert 0 <= share.low <= share.share <= share.high <= 1


def test_nobody_has_no_share():
    assert share_of(0, 0) is None


@pytest.mark.parametrize(("held", "of"), [(3, 2), (-1, 4)])
def test_more_than_all_is_refused(held, of):
    with pytest.raises(ValueError, match="some of its people"):
        share_of(held, of)


def test_a_wider_level_gives_a_wider_interval():
    narrow, wide = share_of(7, 20, 0.95), share_of(7, 20, 0.998)
    assert wide.low < narrow.low < narrow.high < wide.high
