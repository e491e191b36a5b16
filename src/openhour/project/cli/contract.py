"""What every `openhour` command promises.

`--help` shows an example. `--json` puts exactly one JSON object on standard output and nothing else. The exit code is 0,
or 2 for bad input; then every reason is on standard error, or with `--json` in one object `{"findings": [{"code",
"sentence", "place"}]}` on standard output. Bad input never shows a traceback.

A command is a function that takes its options and returns `Answer(object, text)`, or raises `kernel.Refused`:

    @openhour_command("score", example="openhour score phq-9 answers.csv --id SEQN")
    @click.argument("file", type=click.Path(path_type=Path))
    def command(file: Path) -> Answer: ...
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import click

from openhour.kernel import Finding, Refused

BAD_INPUT = 2


class Answer(NamedTuple):
    """facts: what `--json` prints; text: what a person reads."""

    facts: Mapping[str, Any]
    text: str


def openhour_command(name: str, *, example: str) -> Callable[[Callable[..., Answer]], click.Command]:
    """Make a click command of a function that returns an Answer: adds `--json`, the example, and the printing."""

    def made(function: Callable[..., Answer]) -> click.Command:
        @functools.wraps(function)
        def run(*, as_json: bool, **options: Any) -> None:
            answer = function(**options)
            click.echo(json.dumps(answer.facts, ensure_ascii=True, allow_nan=False) if as_json else answer.text)

        with_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
        epilog = "\b\nExample:\n  " + example.replace("\n", "\n  ")
        return click.command(name, epilog=epilog, context_settings={"max_content_width": 100})(with_json(run))

    return made


def show_findings(findings: Iterable[Finding], *, as_json: bool) -> int:
    """Print every reason, and give the exit code."""
    found = tuple(findings)
    if as_json:
        facts = [{"code": finding.code, "sentence": finding.sentence, "place": finding.place} for finding in found]
        click.echo(json.dumps({"findings": facts}))
    else:
        for finding in found:
            click.echo(_printable(f"openhour: {finding}"), err=True)
    return BAD_INPUT


def _printable(text: str) -> str:
    """Without control characters: a column's name must not steer the terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


@contextmanager
def progress(label: str, *, as_json: bool = False) -> Iterator[Callable[[float], None]]:
    """A bar on standard error for long files, only where a person watches. Takes the share that is done, 0 to 1."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    with click.progressbar(length=1000, label=label, file=sys.stderr) as bar:

        def seen(done: float) -> None:
            bar.update(round(done * 1000) - bar.pos)

        yield seen


def with_practice() -> None:
    """Start Django with the practice's settings, for commands that need the database. Raises Refused where the
    environment or a key can't be read."""
    import django

    settings = os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openhour.project.settings.site")
    try:
        importlib.import_module(settings)
    except ValueError as error:
        raise Refused(Finding("settings.unreadable", f"The settings can't be read: {error}.")) from error
    except OSError as error:
        words = f"The folder of the practice can't be used: {error.strerror or 'input or output error'}."
        raise Refused(Finding("settings.no-folder", words, "OPENHOUR_HOME")) from error
    django.setup()
