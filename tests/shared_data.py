"""Where the real inputs that others wrote lie: beside the checkout, never in it."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SEED = Path(__file__).resolve().parents[2] / "shared" / "seed" / "psychotherapy-60.txt"


def shared(path: str) -> Path:
    """The file or folder below the shared data; skips the test, saying why, where it is absent."""
    found = SHARED_DATA / path
    if not found.exists():
        pytest.skip(f"the shared data folder has no {path} on this machine")
    return found
