"""Keys of the installation: made once, readable by the owner of the files alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def key_file(path: Path) -> bytes:
    """The 32 bytes of the key; made on the first start. Raises ValueError for a file that is no key.

    Two processes that start at once end up with the same key: the file is written aside, then linked into place.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError:  # its own words could show a piece of the key
        key = b""
    if len(key) != 32:
        raise ValueError(f"{path.name} is no key of 32 bytes")
    return key
