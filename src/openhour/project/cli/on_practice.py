"""Commands that work on the practice's own database: made ready only when they run, so `--help` needs none."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from openhour.kernel import Finding, Refused
from openhour.kernel.writable import can_be_kept
from openhour.project.cli.contract import Answer, openhour_command, with_practice


def practice_command(name: str, *, example: str) -> Callable[[Callable[..., Answer]], click.Command]:
    """As `openhour_command`; refuses where the database can't be reached or is behind this version."""

    def made(function: Callable[..., Answer]) -> click.Command:
        @functools.wraps(function)
        def ready(**options: Any) -> Answer:
            if unreadable := [option for option, value in options.items() if not _legible(value)]:
                raise Refused(
                    Finding("usage", "This holds a character that can't be kept.", one) for one in unreadable
                )
            with_practice()
            from openhour.project.database import require_database

            require_database()
            return function(**options)

        return openhour_command(name, example=example)(ready)

    return made


def _legible(value: object) -> bool:
    """No database looks for a NUL or for half a letter: PostgreSQL ends the question with an error."""
    return not isinstance(value, str) or can_be_kept(value)
