#!/usr/bin/env python3
"""Django's own command line, for developers; a practice uses `openhour`."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openhour.project.settings.demo")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
