"""Read a procedure, heading by heading of the document it comes from.

Every table says in `from` which heading that is. Cross-checks with other files (instruments, families) are in `together`.
"""

from __future__ import annotations

from openhour.catalog.procedure import Goal, Intervention, Procedure
from openhour.catalog.reading.head import read_pin
from openhour.catalog.reading.procedure_care import (
    read_alternative,
    read_benefit,
    read_benefit_limits,
    read_experience,
    read_indication,
    read_recovery,
    read_risk,
)
from openhour.catalog.reading.procedure_hour import (
    read_personnel,
    read_phase,
    read_preparation,
    read_room,
    read_setting,
    read_time,
)
from openhour.catalog.reading.table import Table
from openhour.kernel import Coded


def read_procedure(table: Table, digest: str) -> Procedure:
    """The procedure in the file; complaints go to the table's findings."""
    name, summary, purpose = table.table("name"), table.table("summary"), table.table("purpose")
    code = name.table("code")
    procedure = Procedure(
        pin=read_pin(table, "procedure", digest),
        title=name.text("title"),
        common_names=name.texts("common", needed=False),
        code=Coded(code.one_of("system", ("cpt", "hcpcs")), code.text("value"), code.text("title")),
        family=code.slug("family"),
        name_heading=name.text("from"),
        summary_heading=summary.text("from"),
        summary=summary.text("text"),
        purpose_heading=purpose.text("from"),
        purpose=purpose.text("text"),
        goals=_goals(purpose),
        indications=tuple(map(read_indication, _unique(table, "indication"))),
        preparation=read_preparation(table.table("preparation")),
        phases=tuple(map(read_phase, _unique(table, "phase"))),
        interventions=_interventions(table.table("interventions")),
        room=read_room(table.table("room")),
        time=read_time(table.table("time")),
        setting=read_setting(table.table("setting")),
        personnel=tuple(map(read_personnel, _unique(table, "personnel", "profession"))),
        risks=tuple(map(read_risk, _unique(table, "risk"))),
        benefits=tuple(map(read_benefit, _unique(table, "benefit"))),
        benefit_limits=read_benefit_limits(table.table("benefit_limits")),
        recovery=read_recovery(table.table("recovery")),
        alternatives=tuple(map(read_alternative, _unique(table, "alternative"))),
        experience=read_experience(table.table("experience")),
    )
    for part in (code, name, summary, purpose, table):
        part.close()
    return procedure


def _unique(table: Table, key: str, name: str = "slug") -> tuple[Table, ...]:
    rows = table.tables(key)
    table.unique(rows, name)
    return rows


def _goals(purpose: Table) -> tuple[Goal, ...]:
    goals = []
    for row in _unique(purpose, "goals"):
        goals.append(Goal(row.slug("slug"), row.text("text")))
        row.close()
    return tuple(goals)


def _interventions(table: Table) -> tuple[Intervention, ...]:
    interventions = []
    table.text("from")
    for row in _unique(table, "list"):
        interventions.append(Intervention(row.slug("slug"), row.text("title"), row.slug("approach")))
        row.close()
    table.close()
    return tuple(interventions)
