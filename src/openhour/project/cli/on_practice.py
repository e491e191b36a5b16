"""Commands that work on the practice's own database: made ready only when they run, so `--help` needs none."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from openhour.project.cli.contract import Answer, openhour_command, with_practice


def practice_command(name: str, *, example: str) -> Callable[[Callable[..., Answer]], click.Command]:
    """As `openhour_command`; refuses where the database can't be reached or is behind this version."""

    def made(function: Callable[..., Answer]) -> click.Command:
        @functools.wraps(function)
        def ready(**options: Any) -> Answer:
            with_practice()
            from openhour.project.database import require_database

            require_database()
            return function(**options)

        return openhour_command(name, example=example)(ready)

    return made
