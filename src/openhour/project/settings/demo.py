"""The demo practice: synthetic people on this machine's own loopback, without TLS. Never for real patients."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("OPENHOUR_HOME", str(Path(__file__).resolve().parents[4] / "var" / "demo"))
os.environ.setdefault("OPENHOUR_HTTPS", "0")

from openhour.project.settings.site import *  # noqa: F403

DEMO = True
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
REQUIRE_SECOND_FACTOR = False
IDLE_MINUTES = 60
