"""A chain of entries in which each holds a keyed digest of itself and of the one before.

Who changes, deletes or reorders an entry without the key breaks the chain at that place; who cuts the tail
off leaves a head that no longer fits.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from openhour.kernel.finding import Finding

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as it was stored. fields: everything the digest covers, as text."""

    seq: int
    fields: Mapping[str, str]
    previous: str
    digest: str


def digest_of(key: bytes, seq: int, fields: Mapping[str, str], previous: str) -> str:
    """HMAC-SHA-256 over the entry's canonical JSON, 64 hexadecimal digits."""
    body = json.dumps([seq, sorted(fields.items()), previous], ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key, body.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def verify(key: bytes, links: Iterable[Link], *, head_count: int, head_digest: str) -> Iterator[Finding]:
    """Every place where the chain doesn't hold, named by its number; nothing for a chain that does. Streams."""
    expected, previous = 1, GENESIS
    for link in links:
        place = f"entry {link.seq}"
        if link.seq > expected:
            missing = f"entry {expected}" if link.seq == expected + 1 else f"entries {expected} to {link.seq - 1}"
            yield Finding("trail.missing", f"{missing[0].upper()}{missing[1:]} is gone.", missing)
        elif link.seq < expected:
            yield Finding("trail.reordered", "The entry stands out of order.", place)
        if link.seq == expected and link.previous != previous:
            yield Finding("trail.broken", "The entry doesn't follow the one before it.", place)
        if digest_of(key, link.seq, link.fields, link.previous) != link.digest:
            yield Finding("trail.changed", "The entry was changed after it was written.", place)
        expected, previous = max(expected, link.seq + 1), link.digest
    if head_count >= expected:
        place = f"entry {expected}" if head_count == expected else f"entries {expected} to {head_count}"
        yield Finding("trail.cut", "The end of the trail was cut off.", place)
    elif head_count < expected - 1 or head_digest != previous:
        yield Finding("trail.head", "The trail's head doesn't fit its last entry.", f"entry {expected - 1}")
