"""Few small rows of a neighbouring table, read with the row they belong to: one query instead of one more.

For lists that stay short whatever the age of a chart: licences of a therapist, diagnoses of an episode. Order is the
reader's; JSON arrays of both databases come back as Python lists of dicts.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Aggregate, JSONField, Model, QuerySet, Subquery
from django.db.models.functions import JSONObject


class JsonArray(Aggregate):
    """All rows of a group as one JSON array."""

    function = "JSON_GROUP_ARRAY"
    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """PostgreSQL's name for it."""
        return self.as_sql(compiler, connection, function="JSONB_AGG", **extra)


def json_rows(rows: QuerySet[Model], group: str, **fields: str) -> Subquery:
    """`json_rows(Licence.objects.filter(therapist=OuterRef("therapist")), "therapist", state="state")`; None for no rows.

    group: a column that is the same in all rows, so that they make one group.
    """
    gathered = rows.order_by().values(group).annotate(_rows=JsonArray(JSONObject(**fields)))
    return Subquery(gathered.values("_rows"), output_field=JSONField())


def day_of(text: str | None) -> date | None:
    """A date as either database writes it into JSON."""
    return date.fromisoformat(text) if text else None


def moment_of(text: str | None) -> datetime | None:
    """A moment as either database writes it into JSON; SQLite leaves out the zone, which is UTC."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
