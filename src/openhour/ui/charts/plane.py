"""A plane with two numeric axes, which the pictures of a report share: where points stand, ticks, and words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor, log10

from markupsafe import Markup

from openhour.ui.markup import element


@dataclass(frozen=True, slots=True)
class Plane:
    """left, right, top, bottom: edges in units of the viewBox. x0..x1, y0..y1: the values at them; y1 is at the top."""

    left: float
    right: float
    top: float
    bottom: float
    x0: float
    x1: float
    y0: float
    y1: float

    def x(self, value: float) -> float:
        """Across; held at the edges."""
        share = min(max((value - self.x0) / ((self.x1 - self.x0) or 1), 0), 1)
        return round(self.left + share * (self.right - self.left), 1)

    def y(self, value: float) -> float:
        """Upward; held at the edges."""
        share = min(max((value - self.y0) / ((self.y1 - self.y0) or 1), 0), 1)
        return round(self.bottom - share * (self.bottom - self.top), 1)

    def line(self, points: Sequence[tuple[float, float]], kind: str) -> Markup:
        """A line through points given as values."""
        spots = " ".join(f"{self.x(x)},{self.y(y)}" for x, y in points)
        return element("polyline", class_=kind, points=spots)


def ticks(low: float, high: float, most: int = 6) -> tuple[float, ...]:
    """Round numbers from low to high, both inside; at least one."""
    span = high - low
    if not span > 0:
        return (low,)
    step = 10 ** floor(log10(span / most))
    step = next(step * more for more in (1, 2, 5, 10) if span / (step * more) <= most)
    first = -(-low // step) * step
    return tuple(round(first + step * place, 10) for place in range(int((high - first) / step + 1e-9) + 1))


def number_words(value: float) -> str:
    """`4`, `-2.5`, with a true minus."""
    words = f"{value:.10g}"
    return words.replace("-", "−")


def axes(
    plane: Plane, across: Sequence[float], upward: Sequence[float], names: tuple[str, str], percent: bool = False
) -> Iterator[Markup]:
    """Grid lines and numbers, and what each axis counts. percent: upward values are shares."""
    for value in upward:
        level = plane.y(value)
        yield element("line", class_="grid-line", x1=plane.left, x2=plane.right, y1=level, y2=level)
        words = f"{round(100 * value)} %" if percent else number_words(value)
        yield element("text", words, class_="tick", x=plane.left - 6, y=level + 4, text_anchor="end")
    for value in across:
        yield element(
            "text", number_words(value), class_="tick", x=plane.x(value), y=plane.bottom + 16, text_anchor="middle"
        )
    yield element("text", names[0], class_="tick", x=plane.right, y=plane.bottom + 32, text_anchor="end")
    yield element("text", names[1], class_="tick", x=2, y=plane.top - 10, text_anchor="start")


def picture(title: str, sentence: str, marks: Sequence[Markup], width: int, height: int) -> Markup:
    """The SVG with its title and the sentence that says what it shows."""
    return element(
        "svg", element("title", title), element("desc", sentence), *marks,
        viewBox=f"0 0 {width} {height}", role="img", aria_label=f"{title}. {sentence}",
        xmlns="http://www.w3.org/2000/svg",
    )  # fmt: skip


def figure(drawn: Markup, sentence: str, table: Markup, legend: str) -> Markup:
    """The picture, its sentence, how to read it, and its numbers folded away as a table."""
    numbers = element("details", element("summary", "As a table"), table, class_="more")
    how = element("p", legend, class_="small muted")
    return element("figure", drawn, element("figcaption", sentence), how, numbers, class_="chart wide")


def nothing_drawn(sentence: str) -> Markup:
    """The place of a picture that would show nothing, or somebody."""
    return element("figure", element("figcaption", sentence), class_="chart wide")


def table_of(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    """The numbers of a picture; the first cell of a row names it."""
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in heads)))
    body = element(
        "tbody",
        *(
            element("tr", element("th", row[0], scope="row"), *(element("td", cell) for cell in row[1:]))
            for row in rows
        ),
    )
    return element("table", element("caption", caption, class_="vh"), head, body, class_="table small")
