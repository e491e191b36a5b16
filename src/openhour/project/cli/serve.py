"""`openhour serve`: answer on this machine, behind whatever brings HTTPS. Applies nothing to the database by itself.

Refuses to start while migrations are missing, and says what to do. Static files are gathered into OPENHOUR_HOME/static
when they differ from what this version ships.
"""

from __future__ import annotations

from typing import Any

import click

from openhour.project.cli.contract import Answer, openhour_command, with_practice


@openhour_command("serve", example="openhour serve --port 8000")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; loopback unless named.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes that answer.")
def command(host: str, port: int, workers: int) -> Answer:
    """Serve the practice."""
    with_practice()
    from openhour.guard.sessions import SessionStore
    from openhour.project.database import require_database
    from openhour.project.static import gather

    require_database()
    gather()
    SessionStore.clear_expired()
    click.echo(f"Openhour answers on http://{host}:{port}/ (stop with Ctrl-C)", err=True)
    _server(host, port, workers).serve()
    return Answer({"stopped": True}, "Stopped.")


def _server(host: str, port: int, workers: int) -> Any:
    """Threads do the waiting on the database; one writer at a time is enough for SQLite."""
    from granian import Granian
    from granian.constants import Interfaces

    return Granian(
        "openhour.project.serving:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        respawn_failed_workers=True,
        websockets=False,
        log_access=False,
    )
