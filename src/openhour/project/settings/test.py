"""The tests: quick hashing, plain static files, a fixed key; SQLite unless OPENHOUR_TEST_DATABASE names a PostgreSQL."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ["OPENHOUR_HOME"] = os.environ.get("OPENHOUR_TEST_HOME") or tempfile.mkdtemp(prefix="openhour-test-")
os.environ["OPENHOUR_HTTPS"] = "0"
os.environ["OPENHOUR_DATABASE"] = os.environ.get("OPENHOUR_TEST_DATABASE", "")

from openhour.project.settings._database import database_from
from openhour.project.settings.site import *  # noqa: F403
from openhour.project.settings.site import AUTHENTICATION_BACKENDS, DATABASES, HOME

SECRET_KEY = "only for tests"
TRAIL_KEY = b"only for tests".ljust(32, b".")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
REQUIRE_SECOND_FACTOR = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
(Path(HOME) / "static").mkdir(exist_ok=True)
if not os.environ["OPENHOUR_DATABASE"]:
    # A file, not memory: two connections at once behave as they do in a practice.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(HOME) / "test.sqlite3")}

__all__ = ["AUTHENTICATION_BACKENDS", "database_from"]
