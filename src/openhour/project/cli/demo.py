"""`openhour demo`: a practice of synthetic people on this machine, ready to look at. Called by `./dev run`.

The first start fills an empty database; later ones find everything there and only serve. Refuses any settings but the
demo's own and a database in which a real practice stands: nothing of the demo may ever mix with real people.
"""

from __future__ import annotations

import os
import socket
from io import StringIO
from time import perf_counter
from typing import Any

import click

from openhour.kernel import Finding, Refused
from openhour.project.cli.contract import Answer, openhour_command, with_practice

_SETTINGS = "openhour.project.settings.demo"
_TRIED = 50


@openhour_command("demo", example="openhour demo --port 8000\nopenhour demo --no-serve --json")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The next free one from here."
)
@click.option("--fill-only", is_flag=True, help="Fill the database and stop.")
@click.option("--no-serve", is_flag=True, help="Make everything ready and stop.")
def command(port: int, fill_only: bool, no_serve: bool) -> Answer:
    """Fill a demo practice and serve it on this machine."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", _SETTINGS)
    with_practice()
    _require_demo()
    filled = _fill()
    if not fill_only:
        from openhour.project.static import gather

        gather()
    if not (fill_only or no_serve):
        _serve(free_port(port), asked=port)
    from openhour.project.demo.people import PRACTICE

    return Answer(
        {"practice": PRACTICE.name, "filled": filled}, f"{PRACTICE.name} is ready." if no_serve else "Stopped."
    )


def _require_demo() -> None:
    from django.conf import settings

    if not settings.DEMO:
        sentence = f"The demo runs with its own settings only: leave DJANGO_SETTINGS_MODULE away, or set {_SETTINGS}."
        raise Refused(Finding("demo.settings", sentence))


def _fill() -> bool:
    """True where the practice was filled now."""
    from django.core.management import call_command
    from django.utils import timezone

    from openhour.project.database import reachable_migrations
    from openhour.project.demo.standing import is_filled

    if reachable_migrations():
        call_command("migrate", interactive=False, stdout=StringIO())
    if is_filled():
        return False
    _say("Filling the demo practice (once; a minute or two, more where the machine is busy) ...")
    from openhour.project.demo.fill import fill

    began = perf_counter()
    fill(timezone.now())
    _say(f"Filled in {perf_counter() - began:.0f} seconds.")
    return True


def free_port(wanted: int) -> int:
    """The port, or the next one after it on which nobody listens. Raises Refused where there is none near."""
    for port in range(wanted, min(wanted + _TRIED, 65536)):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise Refused(Finding("demo.port", f"No port from {wanted} on is free; name another one.", "port"))


def _serve(port: int, *, asked: int) -> None:
    from openhour.project.cli.serve import _server

    if port != asked:
        _say(f"Port {asked} is taken, so this is {port}.")
    _say(welcome(port))
    server: Any = _server("127.0.0.1", port, 1)
    server.serve()


def welcome(port: int) -> str:
    """The address and one sign-in per role."""
    from openhour.project.demo.people import PASSWORD, PRACTICE, SIGN_INS

    lines = [f"  {role:<11} {email:<20} {sees}" for role, email, sees in SIGN_INS]
    return "\n".join(
        [
            "",
            f"{PRACTICE.name}: synthetic people, for looking around. Never for real patients.",
            "",
            f"  http://127.0.0.1:{port}/",
            "",
            *lines,
            "",
            f"  password of all of them: {PASSWORD}",
            "",
            "Stop with Ctrl-C. What you change is kept in var/demo; delete that folder to begin anew.",
            "",
        ]
    )


def _say(text: str) -> None:
    click.echo(text, err=True)
