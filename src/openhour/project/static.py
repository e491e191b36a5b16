"""Gather static files where the server gives them out from, once a version."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

_STAMP = ".gathered"


def gather() -> bool:
    """True where files were gathered; False where those that lie there are of this version already."""
    stamp, shipped = Path(settings.STATIC_ROOT) / _STAMP, _digest()
    if stamp.is_file() and stamp.read_text() == shipped:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(shipped)
    return True


def _digest() -> str:
    """Over the names, sizes and times of every file that would be gathered."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name}:{status.st_size}:{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
