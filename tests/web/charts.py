"""What the tests of the pages about patients share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from openhour.guard.models import TrailEntry

_FRAME = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


def queries_of(call: Callable[[], Any]) -> int:
    """SQL statements of a request, without the frame of the transaction."""
    with CaptureQueriesContext(connection) as caught:
        answer = call()
    assert answer.status_code == 200
    return sum(not query["sql"].lstrip().startswith(_FRAME) for query in caught)


def body_of(answer: Any) -> str:
    """The page as text, entities resolved."""
    return unescape(answer.content.decode())


def typed_in(answer: Any, name: str) -> str:
    """What stands in an input or a textarea of the page."""
    page = answer.content.decode()
    area = re.search(rf'<textarea[^>]*name="{re.escape(name)}"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    if area:
        return unescape(area[1])
    tag = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', page)
    assert tag, f"no field {name}"
    value = re.search(r'value="([^"]*)"', tag[0])
    return unescape(value[1]) if value else ""


@contextmanager
def one_entry(action: str) -> Iterator[None]:
    """Exactly one entry of the action is written inside."""
    before = TrailEntry.objects.filter(action=action).count()
    yield
    assert TrailEntry.objects.filter(action=action).count() == before + 1
