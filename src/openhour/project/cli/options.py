"""Options that several commands share, and how their texts are read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

PATH = click.Path(path_type=Path)


def delimiter_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--delimiter`: one character between the cells of a CSV file."""
    words = "Character between the cells of a CSV file: a comma unless named; write tab for a tab."
    return click.option("--delimiter", default=",", callback=_delimiter, metavar="CHARACTER", help=words)(function)


def out_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--out`: the file to write."""
    words = "Write one row a patient to this .csv or .parquet file."
    return click.option("--out", type=PATH, metavar="FILE", help=words)(function)


def _delimiter(ctx: click.Context, parameter: click.Parameter, given: str) -> str:
    character = "\t" if given in ("tab", "\\t") else given
    if len(character) != 1 or not character.isascii() or character in '\r\n"\x00':
        raise click.BadParameter("one character, such as ; or tab")
    return character


def names(given: str | None) -> tuple[str, ...]:
    """Read `A,B,C`."""
    return tuple(name.strip() for name in (given or "").split(",") if name.strip())
