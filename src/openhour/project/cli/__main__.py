"""`python -m openhour.project.cli` is `openhour`."""

from __future__ import annotations

from openhour.project.cli import main

main()
