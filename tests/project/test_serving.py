"""The application that is served reads the diagnoses ahead, beside the visits and once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

STARTED = """
import threading
from openhour.catalog import icd10
read = []
icd10.load_diagnoses = lambda: read.append(threading.current_thread().name)
from openhour.project import serving
assert callable(serving.application)
assert serving.reading_ahead.daemon
serving.reading_ahead.join()
assert read == ["diagnoses"], read
"""

ASKED_TOGETHER = """
import sys, threading, types
from openhour.catalog import icd10
began, all_asked, times = threading.Event(), threading.Event(), []
def get_all_codes(with_dots):
    times.append(1)
    began.set()
    all_asked.wait(60)
    return []
sys.modules["simple_icd_10_cm"] = types.SimpleNamespace(get_all_codes=get_all_codes)
asking = [threading.Thread(target=icd10.load_diagnoses) for _ in range(3)]
for one in asking:
    one.start()
assert began.wait(60)
all_asked.set()
for one in asking:
    one.join()
assert len(times) == 1, times
"""


def run(program: str, home: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OPENHOUR_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", program], env={**clean, "OPENHOUR_HOME": str(home)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_the_server_is_there_first_and_the_diagnoses_are_read_beside_it(tmp_path: Path) -> None:
    run(STARTED, tmp_path)


def test_who_asks_while_the_list_is_read_begins_no_second_reading(tmp_path: Path) -> None:
    run(ASKED_TOGETHER, tmp_path)
