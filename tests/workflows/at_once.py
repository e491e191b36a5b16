"""Two requests at once, for the tests of what nobody may get twice."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connections


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run all in threads that start together; what each returned or raised."""
    line, outcomes = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work) -> None:
        try:
            line.wait(timeout=20)
            outcomes[place] = work()
        except Exception as error:  # noqa: BLE001  the test looks at it
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes
