"""First and last scores of a Parquet file as counted pairs, decoded and counted in the width in which they are stored.

Called by `change_file` for the common case: two columns of whole numbers without gaps. A rule needs only how often each pair
occurs, so a row is decoded, counted and forgotten; Arrow decodes the two columns side by side. (Threads of ours for row
groups are slower on a busy machine: the counting waits for the interpreter.) Whatever isn't that simple (gaps, fractions,
codes, scores that can't be, damage) is not judged here: the caller gets None and reads the file the careful way, which names
every place that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from openhour.measures import Pairs
from openhour.measures.pairs import Tally
from openhour.outcomes.shapes import ChangeAsked, TwoColumns
from openhour.outcomes.tables import BATCH_ROWS, ParquetTable, Source

Seen = Callable[[float], None]


def counted_pairs(asked: ChangeAsked, source: Source, seen: Seen = lambda done: None) -> Pairs | None:
    """The pairs of the whole file, or None where the careful way is needed."""
    shape = asked.shape
    if not isinstance(source, ParquetTable) or not isinstance(shape, TwoColumns):
        return None
    if asked.codes.numbers or shape.id is not None:  # where patients have names, none may stand there twice
        return None
    try:
        return _within(asked, _counted(source, (shape.pre, shape.post), seen))
    except (pa.ArrowException, OSError):  # the careful way says what is wrong
        return None


def _counted(source: ParquetTable, columns: tuple[str, str], seen: Seen) -> Pairs | None:
    """The pairs; None where a score is missing or no whole number, or the scores lie too far apart for a table."""
    tally: Tally | None = None
    with pq.ParquetFile(source.path) as file:
        if not _whole_columns(file.schema_arrow, columns):
            return None
        total, done = max(file.metadata.num_rows, 1), 0
        for batch in file.iter_batches(BATCH_ROWS, columns=list(columns)):
            pre, post = batch.column(columns[0]), batch.column(columns[1])
            if pre.null_count or post.null_count:
                return None
            scores = pre.to_numpy(), post.to_numpy()
            if tally is None and len(batch):
                tally = Tally.around(*scores)
            if tally is None or not tally.add(*scores):
                return None
            done += len(batch)
            seen(done / total)
    return None if tally is None else tally.pairs()


def _whole_columns(schema: Any, columns: tuple[str, str]) -> bool:
    return all(schema.names.count(name) == 1 and pa.types.is_integer(schema.field(name).type) for name in columns)


def _within(asked: ChangeAsked, pairs: Pairs | None) -> Pairs | None:
    if pairs is None or not pairs.n:
        return None
    lowest, highest = asked.limits.lowest, asked.limits.highest
    inside = all(((side >= lowest) & (side <= highest)).all() for side in (pairs.pre, pairs.post))
    return pairs if inside else None
