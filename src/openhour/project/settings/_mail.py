"""The mail server of a practice, from one address; a practice without one sends no mail and says so."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

_READ_AS = "OPENHOUR_MAIL is read as smtps://user:password@host:port?from=address"


@dataclass(frozen=True, slots=True)
class Mail:
    """ssl: encrypted from the first byte (smtps); else STARTTLS unless the server is this machine."""

    host: str
    port: int
    user: str
    password: str
    ssl: bool
    starttls: bool
    sender: str


def mail_from(address: str) -> Mail | None:
    """`smtps://user:password@host:465?from=practice@example.org`; None for an empty address.

    Raises ValueError for what is no mail server, or names no sender.
    """
    if not address:
        return None
    try:
        parts = urlsplit(address)
        given_port = parts.port
    except ValueError:
        raise ValueError(_READ_AS) from None  # its own words could show a piece of the password
    sender = parse_qs(parts.query).get("from", [""])[0]
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or "@" not in sender:
        raise ValueError(_READ_AS)
    ssl = parts.scheme == "smtps"
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    port = given_port or (465 if ssl else 25 if local else 587)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Mail(parts.hostname, port, user, password, ssl, not ssl and not local, sender)
