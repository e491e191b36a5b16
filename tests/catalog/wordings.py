"""A site's wording for the tests, made up: it holds no word of the real instrument."""

from __future__ import annotations

from pathlib import Path

SHAPE = """schema     = "wording/1"
instrument = "core-10@1.0.0"
language   = "{language}"
stem       = "In the week that passed:"

choice = [
  {{ score = 0, text = "never" }},
  {{ score = 1, text = "hardly" }},
  {{ score = 2, text = "now and then" }},
  {{ score = 3, text = "much" }},
  {{ score = 4, text = "always" }},
]

item = [
{items}]

[licence]
holder   = "A made-up trust"
kind     = "CC BY-ND 4.0"
from     = 2026-01-01
to       = 2026-12-31
document = "Folder 7, page 2"
notice   = "© A made-up trust"
"""


def wording_text(language: str = "en", *, items: int = 10) -> str:
    rows = "".join(f'  {{ id = "{place}", text = "made-up question {place}" }},\n' for place in range(1, items + 1))
    return SHAPE.format(language=language, items=rows)


def wording_file(folder: Path, text: str, name: str = "core-10.en.toml") -> Path:
    """Lay it where a site's wordings lie. Returns the folder."""
    path = folder / "wordings" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return folder
