"""What the pictures of a report say to who can't see them: sentence, title, and a table whose every cell is right."""

import re
from xml.etree import ElementTree

import pytest

from openhour.ui.charts.funnel import FunnelChart, FunnelLimit, FunnelMark, funnel_plot, funnel_sentence, funnel_svg
from openhour.ui.charts.plane import Plane, number_words, ticks
from openhour.ui.charts.scatter import Scatter, ScatterSpot, change_scatter, scatter_sentence, scatter_svg
from openhour.ui.charts.survival import Survival, SurvivalStep, survival_curve, survival_sentence, survival_svg


def root(figure):
    return ElementTree.fromstring(figure[figure.index("<svg") : figure.index("</svg>") + 6])


def rows(figure):
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", figure)][1:]


def named(picture, *kinds):
    return [node for node in picture.iter() if node.get("class") in kinds]


def words_in(picture):
    return [node.text for node in picture.iter() if node.tag.endswith("text")]


def phq(*spots, **more):
    return Scatter(
        "PHQ-9", tuple(ScatterSpot(*spot) for spot in spots), 0, 27, **{"points": 6, "better": "lower"} | more
    )


# --- first and last scores ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pre", "post", "words"),
    [
        (16, 10, "reliably better"),
        (16, 11, "no reliable change"),
        (16, 16, "no reliable change"),
        (16, 21, "no reliable change"),
        (16, 22, "reliably worse"),
    ],
    ids=["six", "five", "none", "five-up", "six-up"],
)
def test_the_corridor_ends_where_a_change_is_reliable(pre, post, words):
    chart = phq((pre, post, 1))
    assert rows(change_scatter(chart)) == [[str(pre), str(post), "1", words]]
    assert "of 1 person;" in scatter_sentence(chart)


@pytest.mark.parametrize(
    ("pre", "post", "words", "kind"),
    [
        (16, 13, "no reliable change", "spot same"),
        (16, 10, "at the edge of the corridor", "spot same"),
        (16, 7, "reliably better", "spot better"),
        (10, 16, "at the edge of the corridor", "spot same"),
        (7, 16, "reliably worse", "spot worse"),
    ],
    ids=["within", "edge", "better", "edge-up", "worse"],
)
def test_a_wide_spot_is_called_better_only_where_everybody_in_it_is(pre, post, words, kind):
    """15 to 17 at first and 9 to 11 at last are four to eight points: some reliable and some not."""
    chart = phq((pre, post, 8), width=3)
    assert [row[3] for row in rows(change_scatter(chart))] == [words]
    assert [node.get("class") for node in root(scatter_svg(chart)).iter() if "spot" in node.get("class", "")] == [
        kind
    ]
    assert "reliably" not in scatter_sentence(chart)


def test_no_spot_says_more_than_the_scale_has():
    assert rows(change_scatter(phq((28, 1, 6), (25, 4, 5), width=3))) == [
        ["27", "0 to 2", "6", "reliably better"],
        ["24 to 26", "3 to 5", "5", "reliably better"],
    ]


def test_spots_of_two_points_have_whole_ends():
    gad = Scatter("GAD-7", (ScatterSpot(14.5, 4.5, 6), ScatterSpot(20.5, 21.5, 5)), 0, 21, 4, "lower", width=2)
    assert [row[:2] for row in rows(change_scatter(gad))] == [["14 to 15", "4 to 5"], ["20 to 21", "21"]]


def test_without_points_there_is_no_corridor_and_no_verdict():
    chart = phq((16, 3, 7), points=None)
    figure = change_scatter(chart)
    assert rows(figure) == [["16", "3", "7", ""]]
    assert scatter_sentence(chart) == "PHQ-9: first and last scores of 7 people."
    assert not named(root(figure), "corridor", "band-label")


def test_where_higher_is_better_the_words_of_the_corners_change_places():
    for better, corners in (
        ("lower", ["reliably worse", "reliably better"]),
        ("higher", ["reliably better", "reliably worse"]),
    ):
        picture = root(scatter_svg(phq((16, 3, 1), better=better)))
        assert [node.text for node in named(picture, "band-label")] == corners


def test_the_line_of_the_clinical_range_is_drawn_on_both_axes_and_only_inside_the_scale():
    assert len(named(root(scatter_svg(phq((16, 3, 1), caseness=10))), "case-line")) == 2
    for nowhere in (None, 0, 27):
        assert not named(root(scatter_svg(phq((16, 3, 1), caseness=nowhere))), "case-line")


def test_more_people_are_a_larger_spot():
    sizes = [
        float(node.get("r"))
        for node in named(root(scatter_svg(phq((16, 3, 1), (20, 3, 4), (24, 3, 16)))), "spot better")
    ]
    assert sizes == [5.8, 8, 12.5]


def test_a_thousand_people_are_written_as_people_read():
    assert rows(change_scatter(phq((16, 3, 1234))))[0][2] == "1,234"


# --- time to improvement --------------------------------------------------------------------------------------------


def curve(*steps, followed=None):
    return Survival("PHQ-9", tuple(SurvivalStep(*step) for step in steps), followed)


@pytest.mark.parametrize(
    ("chart", "sentence"),
    [
        (curve((3, 0.25), followed=40), "by week 3, 25 % of 40 people followed had been reliably better at least once; fewer than half in all."),
        (curve((3, 0.25), (6, 0.5), (9, 0.6)), "by week 9, 60 % had been reliably better at least once; half of them by week 6."),
        (curve((3, 1.0), followed=1), "by week 3, 100 % of 1 person followed had been reliably better at least once; half of them by week 3."),
        (curve((3, 0.4999), followed=2000), "by week 3, 50 % of 2,000 people followed had been reliably better at least once; fewer than half in all."),
    ],
    ids=["few", "half", "one", "almost"],
)  # fmt: skip
def test_the_curve_is_said_in_a_sentence(chart, sentence):
    assert survival_sentence(chart) == f"PHQ-9: {sentence}"
    assert root(survival_svg(chart)).find("{http://www.w3.org/2000/svg}desc").text == f"PHQ-9: {sentence}"


def test_the_curve_is_a_staircase_that_starts_at_nought_and_never_falls():
    picture = root(survival_svg(curve((2, 0.25, 0.1, 0.4), (8, 0.75, 0.6, 0.9))))
    (course,) = named(picture, "course")
    spots = [tuple(map(float, spot.split(","))) for spot in course.get("points").split()]
    assert spots == [(44, 254), (149, 254), (149, 198), (464, 198), (464, 86), (464, 86)]


def test_the_tint_goes_down_one_side_and_back_on_the_other():
    (tint,) = named(root(survival_curve(curve((2, 0.25, 0.1, 0.4), (8, 1.0)))), "corridor")
    heights = [float(spot.split(",")[1]) for spot in tint.get("points").split()]
    assert len(heights) == 12
    assert min(heights) == 30  # where everybody is better there is no interval, and the tint ends in the curve
    assert [row[2] for row in rows(survival_curve(curve((2, 0.25, 0.1, 0.4), (8, 1.0))))] == [
        "10 % to 40 %",
        "not known",
    ]


# --- therapists -----------------------------------------------------------------------------------------------------


def mark(n, value=0.4, word="as expected", mine=False):
    return FunnelMark(n, value, value / 2, value / 2 - 1, value / 2 + 1, word, mine)


LIMITS = tuple(FunnelLimit(n, 2, 3) for n in (12, 40))


@pytest.mark.parametrize(
    ("chart", "sentence"),
    [
        (FunnelChart("PHQ-9", (), ()), "no therapist is shown."),
        (FunnelChart("PHQ-9", (), (), "Too few."), "Too few."),
        (FunnelChart("PHQ-9", (mark(20), mark(30)), LIMITS), "of 2 therapists' results, 2 as expected."),
        (FunnelChart("PHQ-9", (mark(20), mark(30, -5, "below", True)), LIMITS), "of 2 therapists' results, 1 as expected and 1 below. Yours are below."),
        (FunnelChart("PHQ-9", (mark(1200, mine=True),), LIMITS, "Others are few."), "with 1,200 closed cases your results are as expected. Others are few."),
    ],
    ids=["nobody", "why", "same", "mine", "alone"],
)  # fmt: skip
def test_the_funnel_is_said_in_a_sentence(chart, sentence):
    assert funnel_sentence(chart) == f"PHQ-9: {sentence}"


def test_each_row_of_the_funnel_has_its_sign_and_no_minus_nought():
    chart = FunnelChart(
        "PHQ-9",
        (FunnelMark(16, -0.1, -0.04, -1.2, 1.1, "as expected"), FunnelMark(1600, 4, 3, 2, 4, "above")),
        LIMITS,
    )
    assert rows(funnel_plot(chart)) == [
        ["16", "0.0", "−1.2 to +1.1", "as expected"],
        ["1,600", "+3.0", "+2.0 to +4.0", "above"],
    ]


def test_above_and_below_are_drawn_apart_and_the_limits_on_both_sides():
    marks = (mark(20), mark(25, 5, "above"), mark(30, -5, "below"))
    picture = root(funnel_svg(FunnelChart("PHQ-9", marks, LIMITS)))
    assert [node.get("class") for node in named(picture, "ring", "ring better", "ring worse")] == [
        "ring",
        "ring better",
        "ring worse",
    ]
    assert (len(named(picture, "limit inner")), len(named(picture, "limit outer"))) == (2, 2)
    rings = {node.get("class"): float(node.get("cy")) for node in named(picture, "ring better", "ring worse")}
    assert rings["ring better"] < 162 < rings["ring worse"]  # above is up
    assert "you" not in words_in(picture)


def test_one_limit_alone_is_no_line():
    picture = root(funnel_svg(FunnelChart("PHQ-9", (mark(20, mine=True),), LIMITS[:1])))
    assert not named(picture, "limit inner", "limit outer")
    assert words_in(picture).count("you") == 1


# --- the plane ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (0, 27, (0, 5, 10, 15, 20, 25)),
        (0, 1, (0, 0.2, 0.4, 0.6, 0.8, 1)),
        (-5, 5, (-4, -2, 0, 2, 4)),
        (16, 80, (20, 40, 60, 80)),
        (7, 7, (7,)),
        (9, 3, (9,)),
    ],
    ids=["phq", "share", "both-sides", "from-16", "point", "backwards"],
)
def test_ticks_are_round_numbers_inside_the_scale(low, high, found):
    assert ticks(low, high) == found


def test_a_minus_is_a_true_minus():
    assert [number_words(one) for one in (4.0, -2.5, 0)] == ["4", "−2.5", "0"]


def test_more_lies_further_up_and_to_the_right():
    plane = Plane(44, 464, 30, 254, 0, 10, 0, 10)
    assert plane.x(1) < plane.x(2)
    assert plane.y(1) > plane.y(2)
    assert 'points="44.0,254.0 464.0,30.0"' in plane.line(((0, 0), (10, 10)), "no-change")


@pytest.mark.parametrize("title", ["<b>PHQ</b> & “co”", 'say "9"'], ids=["tags", "quotes"])
def test_a_title_is_text_and_never_markup(title):
    for figure in (
        change_scatter(Scatter(title, (ScatterSpot(16, 3, 7),), 0, 27, 6, "lower")),
        survival_curve(Survival(title, (SurvivalStep(1, 0.5),))),
        funnel_plot(FunnelChart(title, (mark(20),), LIMITS)),
    ):
        assert "<b>" not in figure
        assert root(figure).get("aria-label").startswith(title)
