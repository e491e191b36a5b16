"""Files as spreadsheets and programs write them, good and broken."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

NINE_COLUMNS = tuple(f"DPQ{place:02}0" for place in range(1, 10))


def csv_file(folder: Path, text: str | bytes, name: str = "answers.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def parquet_file(folder: Path, columns: dict[str, object], name: str = "answers.parquet") -> Path:
    path = folder / name
    pq.write_table(pa.table(columns), path)
    return path


def answers_csv(folder: Path, rows: list[tuple[object, ...]], name: str = "answers.csv") -> Path:
    lines = [
        ",".join(["id", *NINE_COLUMNS]),
        *(",".join("" if cell is None else str(cell) for cell in row) for row in rows),
    ]
    return csv_file(folder, "\n".join(lines) + "\n", name)


def leftovers(folder: Path, *expected: Path) -> set[str]:
    """What lies in the folder beside the files that should."""
    return {path.name for path in folder.iterdir()} - {path.name for path in expected}
