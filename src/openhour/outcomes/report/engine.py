"""Where a report runs: DuckDB inside this process, or an existing Spark, with the same definition.

Called by whoever wants a report: hand in rows, get the small tables back as `Counted`. The engines are imported only here
and only when asked for. DuckDB is held to a limit of memory and spills beyond it; it loads nothing over the network.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openhour.kernel import Finding, Refused
from openhour.outcomes.places import refuse

ENGINES = ("duckdb", "spark")
MEMORY = "512MB"
"""Of DuckDB; larger tables go to a temporary folder."""

_DUCKDB = {"autoinstall_known_extensions": False, "autoload_known_extensions": False, "memory_limit": MEMORY}
_SPARK = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.session.timeZone": "UTC",
}
"""For a Spark on this machine alone; a session that runs already keeps its own settings."""


@dataclass(frozen=True, slots=True)
class Engine:
    """name: one of ENGINES. read: opens a Parquet file as a table. held: kept tables, let go at the end."""

    name: str
    connection: Any
    held: list[Any]

    def table(self, rows: Path | Any) -> Any:
        """An Ibis table of a Parquet file; on DuckDB also of an Arrow table in memory."""
        if isinstance(rows, Path):
            return self.connection.read_parquet(str(rows))
        name = f"rows_{id(rows)}"
        self.connection.con.register(name, rows)  # read where it lies, not copied
        return self.connection.table(name)

    def keep(self, expression: Any) -> Any:
        """The same table, worked out once."""
        if self.name == "spark":
            kept = expression.cache()
            self.held.append(kept)
            return kept
        name = f"kept_{len(self.held)}"  # not cache(): what Ibis writes to drop its tables, this DuckDB doesn't read
        self.held.append(name)
        self.connection.raw_sql(f"CREATE TEMP TABLE {name} AS {self.connection.compile(expression)}")
        return self.connection.table(name, database="temp.main")

    def named(self, expression: Any) -> Any:
        """The same table under a name: what is asked of it is compiled in a fraction of the time."""
        if self.name == "spark":
            return expression
        name = f"kept_{len(self.held)}"
        self.held.append(name)
        self.connection.raw_sql(f"CREATE TEMP VIEW {name} AS {self.connection.compile(expression)}")
        return self.connection.table(name, database="temp.main")

    def ask(self, expression: Any) -> list[dict[str, Any]]:
        """The rows of a small result."""
        found: list[dict[str, Any]] = self.connection.to_pyarrow(expression).to_pylist()
        return found


@contextmanager
def opened(name: str = "duckdb") -> Iterator[Engine]:
    """An engine for one report. Raises Refused where it isn't installed or doesn't start."""
    makers: dict[str, Callable[[ExitStack], Any]] = {"duckdb": _duckdb, "spark": _spark}
    with ExitStack() as stack:
        engine = Engine(name, makers[name](stack), [])
        try:
            yield engine
        finally:
            for kept in reversed(engine.held):
                if name == "spark":
                    kept.release()


def _duckdb(stack: ExitStack) -> Any:
    import ibis

    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="openhour-"))
    connection = ibis.duckdb.connect(temp_directory=folder, **_DUCKDB)
    stack.callback(connection.disconnect)
    return connection


def _spark(stack: ExitStack) -> Any:
    try:
        import ibis
        from pyspark.sql import SparkSession
    except ImportError:
        words = "Spark is not installed here: pip install the packages of requirements-spark.lock, and Java 17."
        raise refuse("engine.missing", words, "--engine") from None
    running = SparkSession.getActiveSession()
    try:
        session = running or _local(SparkSession.builder)
    except Exception as error:
        words = "Spark doesn't start. It needs Java 17 or newer (JAVA_HOME)."
        raise Refused(Finding("engine.not-started", words, "--engine")) from error
    if running is None:
        stack.callback(session.stop)
    return ibis.pyspark.connect(session)


def _local(builder: Any) -> Any:
    for key, value in _SPARK.items():
        builder = builder.config(key, value)
    session = builder.master("local[2]").appName("openhour").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session
