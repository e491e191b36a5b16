"""A report for eyes: its pictures as figures on a page, as SVG files that stand alone, and the whole as an accessible PDF.

Called by the report pages and by `openhour outcomes`. Numbers come ready from `outcomes.report`; what is hidden there
isn't known here either. Pictures in a file carry their own colours, because no style sheet goes with them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from openhour.outcomes.report.shown import note_of_hidden, number_words, sections, value_words
from openhour.outcomes.report.values import Line, MeasurePictures, Report
from openhour.ui.charts.funnel import FunnelChart, FunnelLimit, FunnelMark, funnel_plot, funnel_svg
from openhour.ui.charts.scatter import Scatter, ScatterSpot, change_scatter, scatter_svg
from openhour.ui.charts.survival import Survival, SurvivalStep, survival_curve, survival_svg
from openhour.ui.documents import render_pdf

_COLOURS = """
text{font:11.5px %s;fill:#4c5654}.grid-line{stroke:#dbd3c4}.case-line{fill:none;stroke:#4c5654;stroke-dasharray:5 4}
.no-change{fill:none;stroke:#827b6c}.corridor{fill:#17595a;fill-opacity:.1}.course{fill:none;stroke:#17595a;stroke-width:2.25}
.spot{fill-opacity:.75;stroke:#fffdf8}.spot.better{fill:#27613a}.spot.worse{fill:#97271f}
.spot.same{fill:#fffdf8;stroke:#4c5654;stroke-width:1.5}.limit{fill:none;stroke:#4c5654}.limit.inner{stroke-dasharray:5 4}
.ring{fill:none;stroke:#17595a;stroke-width:1.5}.ring.better{stroke:#27613a}.ring.worse{stroke:#97271f}
.point{fill:#17595a;stroke:#fffdf8;stroke-width:1.5}.point.better{fill:#27613a}.point.worse{fill:#97271f}
.drawn-in{stroke:#827b6c}.value{fill:#1e2928;font-weight:650}
"""
_SCREEN, _PAPER = "sans-serif", "'Libertinus Serif'"


@dataclass(frozen=True, slots=True)
class Pictured:
    """One picture. name: safe in a file's name. figure: for a page; svg: for a file; sentence, heads and rows: the same in
    words. svg and rows are empty where nothing may be drawn."""

    name: str
    title: str
    figure: Markup
    svg: Markup
    sentence: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def pictures(report: Report) -> tuple[Pictured, ...]:
    """Every picture that the report has: scatter, survival and funnel of each measure."""
    return tuple(one for measure in report.pictures for one in _of_measure(measure))


def _of_measure(one: MeasurePictures) -> Iterator[Pictured]:
    scatter = _scatter(one)
    yield _pictured(f"{one.slug}-change", "First and last scores", change_scatter(scatter), scatter_svg(scatter))
    if one.points is not None:
        curve = Survival(
            one.short,
            tuple(SurvivalStep(step.week, step.share, step.low, step.high) for step in one.steps),
            one.followed,
        )
        yield _pictured(f"{one.slug}-time", "Time to improvement", survival_curve(curve), survival_svg(curve))
    if one.funnel is not None:
        funnel = _funnel(one)
        yield _pictured(f"{one.slug}-therapists", "Therapists", funnel_plot(funnel), funnel_svg(funnel))


def _scatter(one: MeasurePictures) -> Scatter:
    spots = tuple(ScatterSpot(spot.pre, spot.post, spot.n) for spot in one.spots)
    return Scatter(one.short, spots, one.low, one.high, one.points, one.better, one.caseness, one.width, one.undrawn)


def _funnel(one: MeasurePictures) -> FunnelChart:
    assert one.funnel is not None
    marks = tuple(
        FunnelMark(point.n, point.better, point.shrunken, point.low, point.high, point.word, point.mine)
        for point in one.funnel.points
    )
    limits = tuple(FunnelLimit(limit.n, limit.inner_high, limit.outer_high) for limit in one.funnel.limits)
    return FunnelChart(one.short, marks, limits, one.funnel.why_not)


_SENTENCE = re.compile(r"<figcaption>(.*?)</figcaption>", re.DOTALL)
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)


def _pictured(name: str, title: str, figure: Markup, svg: Markup) -> Pictured:
    """Sentence and table are read back from the figure, so that page, file and PDF can't differ."""
    found = _SENTENCE.search(figure)
    words = Markup(found.group(1)).striptags() if found else ""  # noqa: S704 - of our own making
    rows = [tuple(Markup(cell).striptags() for cell in _CELL.findall(row)) for row in _ROW.findall(figure)]  # noqa: S704
    drawn = svg if rows else Markup("")
    return Pictured(name, title, figure, drawn, words, rows[0] if rows else (), tuple(rows[1:]))


def standing_alone(svg: Markup, font: str = _SCREEN) -> str:
    """The picture with its colours inside."""
    head, close, rest = str(svg).partition(">")
    return f"{head}{close}<style>{(_COLOURS % font).strip()}</style>{rest}"


def picture_files(report: Report) -> Iterator[tuple[str, str]]:
    """Name and content: an SVG and a CSV of the same numbers for each picture."""
    for one in pictures(report):
        if not one.svg:
            continue
        yield f"{one.name}.svg", '<?xml version="1.0" encoding="UTF-8"?>\n' + standing_alone(one.svg) + "\n"
        table = io.StringIO(newline="")
        csv.writer(table).writerows([one.heads, *one.rows])
        yield f"{one.name}.csv", table.getvalue()


def report_pdf(
    report: Report,
    *,
    title: str,
    practice: str,
    period: str,
    parts: tuple[str, ...] = (),
    dated: datetime | None = None,
) -> bytes:
    """The report as a tagged PDF. parts: quiet words below the practice's name; dated: when it was made."""
    return render_pdf(
        "report", report_data(report, title=title, practice=practice, period=period, parts=parts), dated=dated
    )


def report_data(
    report: Report, *, title: str, practice: str, period: str, parts: tuple[str, ...] = ()
) -> Mapping[str, object]:
    """What the template is given: JSON values only."""
    return {
        "title": title,
        "practice": practice,
        "period": period,
        "parts": list(parts),
        "groups": [_group(report, group) for group in ("", *report.groups)],
        "pictures": [
            {
                "title": one.title,
                "svg": standing_alone(one.svg, _PAPER) if one.svg else "",
                "sentence": one.sentence,
                "heads": list(one.heads),
                "rows": [list(row) for row in one.rows],
            }
            for one in pictures(report)
        ],
        "notes": [note.sentence for note in report.notes],
        "hidden": note_of_hidden(report),
    }


def _group(report: Report, group: str) -> Mapping[str, object]:
    return {
        "name": group,
        "sections": [
            {"title": title, "rows": [row_words(line, report.smallest) for line in lines]}
            for title, lines in sections(report, group)
        ],
    }


def row_words(line: Line, smallest: int) -> list[str]:
    """What stands in a row: words, how many, and the share or value with its interval."""
    number, value = number_words(line, smallest), value_words(line)
    return [line.words, number, "" if number == value == "hidden" else value]
