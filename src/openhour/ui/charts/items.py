"""What changed since last time, answer by answer, as a small table: two rows of dots and a word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from openhour.ui.markup import element


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One question. then, now: what the answer scored, None where it was not answered; flag: it needs attention now."""

    id: str
    text: str
    then: int | None
    now: int | None
    flag: bool = False


def item_change_rows(
    items: Iterable[ItemChange],
    title: str,
    then_label: str = "Last time",
    now_label: str = "Now",
    steps: int = 3,
    better: str = "lower",
) -> Markup:
    """A table with one row for each question. title: its caption; steps: the highest score of an answer."""
    heads = ("Question", then_label, now_label, "Change")
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in heads)))
    body = element("tbody", *(_row(item, then_label, now_label, steps, better) for item in items))
    return element("table", element("caption", title), head, body, class_="table stacks small")


def _row(item: ItemChange, then_label: str, now_label: str, steps: int, better: str) -> Markup:
    flag = element("strong", " needs attention", class_="change-worse") if item.flag else Markup("")
    word, kind = _change(item, better)
    return element(
        "tr",
        element("th", f"{item.id}. {item.text}", flag, scope="row"),
        element("td", *_answer(item.then, steps), class_="nowrap", data_label=then_label),
        element("td", *_answer(item.now, steps), class_="nowrap", data_label=now_label),
        element("td", word, class_=kind or None, data_label="Change"),
    )


def _change(item: ItemChange, better: str) -> tuple[str, str]:
    if item.then is None or item.now is None:
        return "", ""
    moved = item.now - item.then
    if moved == 0:
        return "same", "muted"
    word = "better" if (moved < 0) == (better == "lower") else "worse"
    return f"{word} by {abs(moved)}", f"change-{word}"


def _answer(score: int | None, steps: int) -> tuple[Markup | str, ...]:
    return (
        ("–", element("span", " not answered", class_="vh"))
        if score is None
        else (step_dots(score, steps), f" {score}")
    )


def step_dots(score: int, steps: int) -> Markup:
    """As many dots as an answer can score, the first `score` of them filled. The number stands beside it as text."""
    dots = (
        element("circle", class_="on" if place < score else "off", cx=8 + 17 * place, cy=8, r=5.5)
        for place in range(steps)
    )
    return element("svg", *dots, class_="dots", viewBox=f"0 0 {17 * steps} 16", aria_hidden="true")
