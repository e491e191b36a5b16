"""The database settings, chosen for a practice: nothing acknowledged is lost, and writers wait instead of failing."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

_READ_AS = "OPENHOUR_DATABASE is read as postgresql://user:password@host:port/name"
_SQLITE_CHOICES = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY")


def database_from(address: str, sqlite_file: Path) -> dict[str, Any]:
    """SQLite where the address is empty, else PostgreSQL.

    SQLite: WAL; IMMEDIATE, so a transaction that will write waits at its beginning; busy timeout 20 s;
    synchronous FULL, so what was acknowledged survives a power cut as far as the disk keeps its word.
    Raises ValueError for an address that is not PostgreSQL's.
    """
    if not address:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(sqlite_file),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "; ".join(f"PRAGMA {choice}" for choice in _SQLITE_CHOICES),
            },
        }
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise ValueError(_READ_AS) from None  # its own words could show a piece of the password
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ValueError(_READ_AS)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }
