"""Counting pairs loses nothing: means, deviations and orders are those of the patients."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from openhour.measures import Pairs
from openhour.measures.pairs import Tally

WHOLE = hnp.arrays(np.int16, st.tuples(st.just(2), st.integers(2, 50)), elements=st.integers(-40, 900))
BROKEN = hnp.arrays(np.float64, st.tuples(st.just(2), st.integers(2, 50)), elements=st.floats(-1e6, 1e6))


@settings(deadline=None)
@given(WHOLE | BROKEN)
def test_means_deviations_and_correlation_are_those_of_the_patients(scores):
    pairs = Pairs.of(*scores)
    assert pairs.n == scores.shape[1]
    assert pairs.mean(pairs.pre) == pytest.approx(scores[0].mean(), rel=1e-9, abs=1e-6)
    assert pairs.sd(pairs.post) == pytest.approx(scores[1].std(ddof=1), rel=1e-9, abs=1e-6)


def test_the_correlation_is_pearsons():
    scores = np.random.default_rng(3).normal(20, 5, (2, 400))
    assert Pairs.of(*scores).correlation == pytest.approx(np.corrcoef(scores)[0, 1])


@settings(deadline=None)
@given(WHOLE | BROKEN, st.randoms())
def test_the_order_of_patients_and_the_parts_of_a_file_change_nothing(scores, shuffler):
    order = list(range(scores.shape[1]))
    shuffler.shuffle(order)
    moved, half = scores[:, order], scores.shape[1] // 2
    parts = Pairs.together([Pairs.of(*moved[:, :half]), Pairs.of(*moved[:, half:])])
    for pairs in (Pairs.of(*moved), parts):
        assert pairs.pre.tolist() == Pairs.of(*scores).pre.tolist()
        assert pairs.post.tolist() == Pairs.of(*scores).post.tolist()
        assert pairs.patients.tolist() == Pairs.of(*scores).patients.tolist()


def test_a_table_over_many_chunks_counts_every_patient():
    scores = np.random.default_rng(5).integers(0, 28, (2, 300_001)).astype(np.int8)
    pairs = Pairs.of(*scores)
    assert (pairs.n, len(pairs.pre)) == (300_001, 784)
    assert pairs.mean(pairs.pre) == pytest.approx(scores[0].mean())


def test_the_widest_bytes_do_not_overflow():
    pairs = Pairs.of(np.array([-128, 127], np.int8), np.array([127, -128], np.int8))
    assert (pairs.pre.tolist(), pairs.post.tolist()) == ([-128, 127], [127, -128])


@pytest.mark.parametrize("around", [-(2**40), -40_000, -(2**15), 0, 2**15 - 28, 100_000, 2**40])
@pytest.mark.parametrize("kind", [np.int64, np.float64])
def test_scores_far_from_zero_are_counted_in_a_table_too(around, kind):
    scores = (np.random.default_rng(2).integers(0, 28, (2, 500)) + around).astype(kind)
    pairs = Pairs.of(*scores)
    patients = list(zip(*scores.tolist(), strict=True))
    assert {pair: patients.count(pair) for pair in patients} == {
        (pre, post): count for pre, post, count in zip(pairs.pre, pairs.post, pairs.patients, strict=True)
    }


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.uint64, np.int32])
def test_whole_numbers_of_every_kind_are_counted_alike(kind):
    scores = np.array([[200, 3, 200], [0, 255, 0]])
    assert Pairs.of(*scores.astype(kind)).patients.tolist() == Pairs.of(*scores).patients.tolist() == [1, 2]


def test_a_gap_or_an_infinity_is_no_score():
    for bad in (np.nan, np.inf):
        with pytest.raises(ValueError, match="finite"):
            Pairs.of(np.array([1.0, bad]), np.array([1.0, 2.0]))
    with pytest.raises(ValueError, match="same number"):
        Pairs.of(np.array([1.0]), np.array([1.0, 2.0]))


def test_one_patient_has_no_deviation():
    assert np.isnan(Pairs.of(np.array([1]), np.array([2])).sd(np.array([1.0])))


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(-120, 120), st.integers(-120, 120)), min_size=1, max_size=12),
        min_size=1,
        max_size=6,
    )
)
def test_a_tally_that_grows_counts_what_all_at_once_would(parts):
    tally = Tally.around(*np.array(parts[0], np.int8).T)
    assert tally is not None
    assert all(tally.add(*np.array(part, np.int8).T) for part in parts)
    grown, whole = tally.pairs(), Pairs.of(*np.array([pair for part in parts for pair in part], np.int8).T)
    for side in ("pre", "post", "patients"):
        assert getattr(grown, side).tolist() == getattr(whole, side).tolist()


def test_a_tally_refuses_what_lies_too_far_apart_and_keeps_what_it_has():
    assert Tally.around(np.array([0]), np.array([512])) is None
    tally = Tally.around(np.array([0, 1]), np.array([3, 3]))
    assert tally is not None
    assert tally.add(np.array([0, 1]), np.array([3, 3]))
    assert not tally.add(np.array([0]), np.array([600]))
    assert tally.add(np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert tally.pairs().n == 2
