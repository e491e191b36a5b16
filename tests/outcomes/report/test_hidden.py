"""What is hidden can't be computed from what is shown."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openhour.outcomes.report.hidden import Sum, hidden, known


def grid(numbers):
    """A table of classes by groups with all its margins, as cells and sums."""
    groups, kinds = len(numbers), len(numbers[0])
    cells = {f"{g}/{k}": numbers[g][k] for g in range(groups) for k in range(kinds)}
    cells |= {f"{g}/all": sum(numbers[g]) for g in range(groups)}
    cells |= {f"all/{k}": sum(row[k] for row in numbers) for k in range(kinds)}
    cells["all/all"] = sum(map(sum, numbers))
    sums = [Sum(f"{g}/all", tuple(f"{g}/{k}" for k in range(kinds))) for g in [*range(groups), "all"]]
    sums += [Sum(f"all/{k}", tuple(f"{g}/{k}" for g in range(groups))) for k in [*range(kinds), "all"]]
    return cells, sums


grids = st.integers(1, 4).flatmap(
    lambda kinds: st.lists(st.lists(st.integers(0, 30), min_size=kinds, max_size=kinds), min_size=1, max_size=4)
)


@given(grids, st.integers(2, 10))
@settings(max_examples=150)
def test_no_small_number_is_shown_or_follows(numbers, smallest):
    cells, sums = grid(numbers)
    away = hidden(cells, sums, smallest)
    assert {name for name, n in cells.items() if 0 < n < smallest} <= away
    assert not known(cells, sums, away)


@given(grids, st.integers(2, 10))
@settings(max_examples=80)
def test_each_hidden_number_could_be_another_one(numbers, smallest):
    """Independent of `known`: move along what the sums leave free, and a table of people as possible as ours is found."""
    cells, sums = grid(numbers)
    away = sorted(hidden(cells, sums, smallest))
    matrix = np.array(
        [[one.parts.count(name) - (one.whole == name) for name in away] for one in sums], float
    ).reshape(len(sums), -1)
    for place, name in enumerate(away):
        direction = np.zeros(len(away))
        direction[place] = 1
        free = direction - np.linalg.pinv(matrix) @ (matrix @ direction)  # the nearest move that keeps every sum
        assert abs(free[place]) > 1e-6, name
        assert all(cells[one] > 0 for one, step in zip(away, free, strict=True) if abs(step) > 1e-6), (
            "no room to move"
        )


def test_one_small_class_takes_its_smallest_neighbour_with_it():
    cells = {"all": 30, "recovered": 18, "improved": 9, "worse": 3}
    sums = [Sum("all", ("recovered", "improved", "worse"))]
    assert hidden(cells, sums, 5) == {"worse", "improved"}


def test_two_classes_of_one_person_each_take_a_third():
    cells = {"all": 30, "a": 28, "b": 1, "c": 1}
    assert hidden(cells, [Sum("all", ("a", "b", "c"))], 5) == {"a", "b", "c"}


def test_a_group_too_small_takes_another_group_with_it():
    cells = {"all": 43, "main": 20, "river": 20, "hill": 3}
    assert len(hidden(cells, [Sum("all", ("main", "river", "hill"))], 5)) == 2


def test_a_number_of_nobody_is_shown():
    cells = {"all": 30, "a": 30, "b": 0}
    assert hidden(cells, [Sum("all", ("a", "b"))], 5) == frozenset()


@pytest.mark.parametrize("smallest", [0, 1])
def test_whoever_may_see_everything_sees_everything(smallest):
    cells, sums = grid([[1, 2], [3, 0]])
    assert hidden(cells, sums, smallest) == frozenset()


def test_a_wrong_sum_is_refused():
    with pytest.raises(ValueError, match="not the sum"):
        hidden({"all": 3, "a": 1, "b": 1}, [Sum("all", ("a", "b"))], 5)


def test_everything_is_hidden_where_everybody_is_few():
    cells, sums = grid([[1, 1], [1, 1]])
    assert set(hidden(cells, sums, 5)) == {name for name, n in cells.items() if n}


def test_rates_of_nested_numbers_are_guarded_too():
    """36 of 40 recovered, 35 of them reliably: the difference is one person."""
    cells = {"case": 40, "out": 36, "still": 4, "recovered": 35, "by-chance": 1}
    sums = [Sum("case", ("out", "still")), Sum("out", ("recovered", "by-chance"))]
    away = hidden(cells, sums, 5)
    assert {"still", "by-chance"} <= away
    assert not known(cells, sums, away)
    assert "out" in away


def test_all_subsets_of_shown_sums_leave_a_secret():
    """Small enough to try every table: each hidden number has at least two values that fit all that is shown."""
    cells, sums = grid([[2, 6], [7, 8]])
    away = hidden(cells, sums, 3)
    shown = {name: n for name, n in cells.items() if name not in away}
    fits = []
    for guess in itertools.product(range(12), repeat=4):
        other, _ = grid([list(guess[:2]), list(guess[2:])])
        if all(other[name] == n for name, n in shown.items()):
            fits.append(other)
    assert all(len({table[name] for table in fits}) > 1 for name in away)


def test_what_is_missing_may_be_few_but_gives_nothing_away():
    sums = [Sum("asked", ("paired", "unpaired"))]
    assert hidden({"asked": 33, "paired": 31, "unpaired": 2}, sums, 5, free={"unpaired"}) == frozenset()
    assert hidden({"asked": 33, "paired": 3, "unpaired": 30}, sums, 5, free={"unpaired"}) == {"paired", "unpaired"}
