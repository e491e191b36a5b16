"""Run every benchmark, or those named: `python -m benchmarks [change score ...]`."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from benchmarks.rows import Row, table


def main(wanted: list[str]) -> int:
    """Print one table. Exit code 2 where a named benchmark doesn't exist."""
    there = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    if unknown := [name for name in wanted if name not in there]:
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(there)}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    for name in wanted or there:
        print(f"measuring {name} ...", file=sys.stderr)
        rows += importlib.import_module(f"benchmarks.bench_{name}").run()
    print(table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
