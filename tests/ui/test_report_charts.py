"""The pictures of a report say the same as their tables, name nobody, and are drawn inside their frame."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openhour.ui.charts.funnel import FunnelChart, FunnelLimit, FunnelMark, funnel_plot, funnel_sentence
from openhour.ui.charts.plane import Plane, ticks
from openhour.ui.charts.scatter import Scatter, ScatterSpot, change_scatter, scatter_sentence
from openhour.ui.charts.survival import Survival, SurvivalStep, survival_curve, survival_sentence

SPOTS = (ScatterSpot(18, 4, 3), ScatterSpot(18, 17, 5), ScatterSpot(8, 20, 1))
PHQ = Scatter("PHQ-9", SPOTS, 0, 27, 6, "lower", 10)
STEPS = (SurvivalStep(1, 0.1, 0.05, 0.2), SurvivalStep(4, 0.55, 0.4, 0.7), SurvivalStep(9, 0.8, None, None))
MARKS = (
    FunnelMark(16, 0.4, 0.1, -0.9, 1.1, "as expected"),
    FunnelMark(30, 5.2, 3.1, 2.0, 4.2, "above", mine=True),
    FunnelMark(52, -5.0, -3.3, -4.0, -2.6, "below"),
)
LIMITS = tuple(FunnelLimit(n, 10 / n**0.5, 16 / n**0.5) for n in range(12, 60, 4))
FUNNEL = FunnelChart("PHQ-9", MARKS, LIMITS)
ALL = {
    "scatter": change_scatter(PHQ),
    "survival": survival_curve(Survival("PHQ-9", STEPS, 40)),
    "funnel": funnel_plot(FUNNEL),
}


def picture(figure):
    return ElementTree.fromstring(figure[figure.index("<svg") : figure.index("</svg>") + 6])


def cells(figure):
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", figure)]


@pytest.mark.parametrize("name", ALL)
def test_each_has_a_title_a_description_and_a_table(name):
    root = picture(ALL[name])
    tags = [child.tag.rpartition("}")[2] for child in root][:2]
    assert tags == ["title", "desc"]
    assert root.get("role") == "img"
    assert root.get("aria-label")
    assert "<table" in ALL[name]
    assert "<figcaption>" in ALL[name]
    assert "style=" not in ALL[name]


def test_the_scatter_counts_better_worse_and_chance():
    sentence = scatter_sentence(PHQ)
    assert "9 people" in sentence
    assert "3 reliably better, 1 reliably worse, 5 within the corridor" in sentence


def test_the_scatter_of_a_measure_where_more_is_better_turns_round():
    turned = Scatter("WHO-5", SPOTS, 0, 27, 6, "higher")
    assert "1 reliably better, 3 reliably worse" in scatter_sentence(turned)


def test_better_and_worse_differ_in_shape_and_not_only_in_colour():
    root = picture(ALL["scatter"])
    worse = [node for node in root.iter() if node.get("class") == "spot worse"]
    better = [node for node in root.iter() if node.get("class") == "spot better"]
    assert {node.tag.rpartition("}")[2] for node in worse} == {"rect"}
    assert {node.tag.rpartition("}")[2] for node in better} == {"circle"}


def test_spots_of_several_points_say_their_range():
    wide = change_scatter(Scatter("PHQ-9", (ScatterSpot(16, 4, 7),), 0, 27, 6, "lower", width=3, undrawn=True))
    assert cells(wide)[1] == ["15 to 17", "3 to 5", "7", "reliably better"]
    assert "not drawn" in wide


@pytest.mark.parametrize(
    ("empty", "words"),
    [
        (change_scatter(Scatter("PHQ-9", (), 0, 27, 6, "lower")), "too few people"),
        (survival_curve(Survival("PHQ-9", ())), "too few people"),
        (funnel_plot(FunnelChart("PHQ-9", (), (), "Therapists are shown from 5 on.")), "shown from 5 on"),
    ],
    ids=["scatter", "survival", "funnel"],
)
def test_an_empty_picture_is_a_sentence(empty, words):
    assert "<svg" not in empty
    assert words in empty


def test_the_curve_says_by_when_half_were_better():
    assert "by week 9, 80 % of 40 people followed" in survival_sentence(Survival("PHQ-9", STEPS, 40))
    assert "half of them by week 4" in survival_sentence(Survival("PHQ-9", STEPS, 40))
    assert "fewer than half" in survival_sentence(Survival("PHQ-9", STEPS[:1]))


def test_the_table_of_the_curve_has_its_intervals():
    assert cells(ALL["survival"])[1:] == [
        ["1", "10 %", "5 % to 20 %"],
        ["4", "55 %", "40 % to 70 %"],
        ["9", "80 %", "not known"],
    ]


def test_the_funnel_says_words_and_never_a_rank():
    assert (
        funnel_sentence(FUNNEL)
        == "PHQ-9: of 3 therapists' results, 1 above, 1 as expected and 1 below. Yours are above."
    )
    assert "Not a ranking" in ALL["funnel"]
    assert [row[0] for row in cells(ALL["funnel"])[1:]] == ["16", "30 (you)", "52"]  # by caseload
    assert [row[3] for row in cells(ALL["funnel"])[1:]] == ["as expected", "above", "below"]


def test_a_therapist_alone_reads_their_own_word():
    alone = FunnelChart("PHQ-9", (MARKS[1],), LIMITS)
    assert funnel_sentence(alone) == "PHQ-9: with 30 closed cases your results are above."


def test_the_one_who_looks_is_marked_and_nobody_else():
    words = [node.text for node in picture(ALL["funnel"]).iter() if node.tag.endswith("text")]
    assert words.count("you") == 1


@given(
    st.lists(st.tuples(st.integers(0, 27), st.integers(0, 27), st.integers(1, 10**6)), max_size=30),
    st.sampled_from(["lower", "higher"]),
)
@settings(max_examples=40)
def test_nothing_is_drawn_outside_the_frame(spots, better):
    chart = Scatter("A & <b>", tuple(ScatterSpot(*spot) for spot in spots), 0, 27, 6, better, 10)
    figure = change_scatter(chart)
    if not spots:
        return
    root = picture(figure)
    _, _, width, height = map(float, root.get("viewBox").split())
    for node in root.iter():
        for name, most in (("cx", width), ("x", width), ("cy", height), ("y", height)):
            assert 0 <= float(node.get(name, 0)) <= most
    assert sum(int(row[2].replace(",", "")) for row in cells(figure)[1:]) == sum(spot[2] for spot in spots)


@given(st.floats(-1e6, 1e6), st.floats(0.001, 1e6))
def test_ticks_are_few_and_inside(low, span):
    found = ticks(low, low + span)
    assert len(found) <= 8
    assert all(low - 1e-6 * abs(low) - 1e-9 <= one <= low + span + 1e-6 * abs(low) + 1e-9 for one in found)


def test_a_plane_holds_what_lies_beyond_its_edges():
    plane = Plane(10, 110, 5, 55, 0, 10, 0, 10)
    assert (plane.x(-5), plane.x(5), plane.x(50)) == (10, 60, 110)
    assert (plane.y(-5), plane.y(5), plane.y(50)) == (55, 30, 5)
    assert Plane(0, 10, 0, 10, 3, 3, 3, 3).x(3) == 0
