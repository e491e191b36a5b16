"""One line of the table, and the stop-watch that all benchmarks share."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """ours, peer: in `unit`; peer None where nothing is compared. aim: what the ratio (or ours) should be, in words."""

    name: str
    ours: float
    peer: float | None
    unit: str = "ms"
    aim: str = ""

    @property
    def ratio(self) -> float | None:
        """ours / peer."""
        return self.ours / self.peer if self.peer else None


def size(name: str, otherwise: int) -> int:
    """A size from the environment: `OPENHOUR_BENCH_<NAME>`."""
    return int(os.environ.get(f"OPENHOUR_BENCH_{name}", otherwise))


@dataclass(frozen=True, slots=True)
class Took:
    """Medians in ms. wall: by the clock on the wall; cpu: what this process itself computed, which others on the same
    machine disturb less, and which leaves out the wait for the disk."""

    wall: float
    cpu: float


def measured(*contenders: Callable[[], object], rounds: int = 5) -> list[Took]:
    """Each contender in turns, so that a noisy machine disturbs all alike; the first round warms up."""
    walls: list[list[float]] = [[] for _ in contenders]
    cpus: list[list[float]] = [[] for _ in contenders]
    for turn in range(rounds + 1):
        for contender, wall, cpu in zip(contenders, walls, cpus, strict=True):
            began, computed = time.perf_counter(), time.process_time()
            contender()
            if turn:
                cpu.append((time.process_time() - computed) * 1000)
                wall.append((time.perf_counter() - began) * 1000)
    return [Took(statistics.median(wall), statistics.median(cpu)) for wall, cpu in zip(walls, cpus, strict=True)]


def milliseconds(*contenders: Callable[[], object], rounds: int = 5) -> list[float]:
    """Median time of each by the clock on the wall, as `measured`."""
    return [took.wall for took in measured(*contenders, rounds=rounds)]


def table(rows: list[Row]) -> str:
    """name, ours, peer, ratio, aim: one line each."""
    width = max((len(row.name) for row in rows), default=4)
    lines = [f"{'name':<{width}}  {'ours':>14}  {'peer':>14}  {'ratio':>7}  aim"]
    for row in rows:
        peer = "-" if row.peer is None else f"{row.peer:,.1f} {row.unit}"
        ratio = "-" if row.ratio is None else f"{row.ratio:.3f}"
        lines.append(
            f"{row.name:<{width}}  {f'{row.ours:,.1f} {row.unit}':>14}  {peer:>14}  {ratio:>7}  {row.aim}".rstrip()
        )
    return "\n".join(lines)
