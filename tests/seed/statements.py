"""Where every statement of the source document lives: the table that the tests of this folder go through.

Each row: the heading it stands under, its first words (only as many as tell it from the others), the place in the
definition with what must stand there, the file that reads that place (of the library, or the page that tells it), and
where a person meets it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Statement:
    heading: str
    starts: str
    places: tuple[tuple[str, object], ...]
    reader: str
    seen: str


def says(heading: str, starts: str, *places: object, reader: str, seen: str) -> Statement:
    """places: a path into the definition (it must hold something), or a pair of a path and what must stand there."""
    pairs = tuple(place if isinstance(place, tuple) else (place, ANYTHING) for place in places)
    return Statement(heading, starts, pairs, reader, seen)


ANYTHING = object()
TITLE = ""  # the lines above the first heading

HEADINGS = (
    "Name of the Procedure",
    "Summary",
    "Purpose",
    "Indications",
    "Preparation",
    "Procedure Description",
    "Duration",
    "Setting",
    "Personnel",
    "Risks and Complications",
    "Benefits",
    "Recovery",
    "Alternatives",
    "Patient Experience",
)

NAME, SUMMARY, PURPOSE, INDICATIONS, PREPARATION, DESCRIPTION, DURATION = HEADINGS[:7]
SETTING, PERSONNEL, RISKS, BENEFITS, RECOVERY, ALTERNATIVES, EXPERIENCE = HEADINGS[7:]

STATEMENTS = (
    says(TITLE, "Psychotherapy, 60 minutes", ("title", "Psychotherapy, 60 minutes"), reader="care/visits.py", seen="booking and calendar"),
    says(TITLE, "CPT4 code", ("code.system", "cpt"), ("code.value", "90837"), reader="billing/timecode.py", seen="claim line, superbill"),
    says(NAME, "Psychotherapy, 60 minutes", ("title", "Psychotherapy, 60 minutes"), ("common_names", ("Talk therapy", "Counseling", "Psychological therapy")), reader="portal/jinja2/portal/expect.html", seen="patient information"),
    says(SUMMARY, "Psychotherapy, often", "summary", reader="care/consents.py", seen="consent, patient information"),
    says(SUMMARY, "Sessions typically last", ("time.planned_minutes", 60), "summary", reader="care/consents.py", seen="consent, patient information"),
    says(PURPOSE, "The procedure addresses", "purpose", reader="portal/jinja2/portal/expect.html", seen="patient information"),
    says(PURPOSE, "The primary goals", "goals.emotion-regulation.text", "goals.coping.text", "goals.overall-health.text", reader="care/plans.py", seen="plan page, as templates of goals"),
    says(INDICATIONS, "Chronic or acute", ("indications.depression.icd10", ("F32", "F33", "F34.1")), reader="care/batteries.py", seen="measures due, diagnosis picker"),
    says(INDICATIONS, "Anxiety", ("indications.anxiety.icd10", ("F40", "F41")), reader="care/batteries.py", seen="measures due, diagnosis picker"),
    says(INDICATIONS, "Post-Traumatic", ("indications.ptsd.icd10", ("F43.0", "F43.1")), reader="care/batteries.py", seen="measures due, diagnosis picker"),
    says(INDICATIONS, "Obsessive", ("indications.ocd.icd10", ("F42",)), reader="care/batteries.py", seen="measures due, diagnosis picker"),
    says(INDICATIONS, "Relationship", "indications.relationship.icd10", reader="care/batteries.py", seen="measures due, diagnosis picker"),
    says(INDICATIONS, "Grief", "indications.grief.icd10", reader="care/batteries.py", seen="measures due, diagnosis picker"),
    says(INDICATIONS, "Stress", "indications.stress.icd10", reader="care/batteries.py", seen="measures due, diagnosis picker"),
    says(INDICATIONS, "Behavioral", "indications.behavior.icd10", reader="care/batteries.py", seen="measures due, diagnosis picker"),
    says(PREPARATION, "There are typically no", ("preparation.instructions", ()), reader="portal/jinja2/portal/expect.html", seen="patient's page before the first visit"),
    says(PREPARATION, "Patients are encouraged", "preparation.ask_patient", reader="portal/pages.py", seen="patient's page before the first visit"),
    says(PREPARATION, "A prior diagnostic", "preparation.helpful", reader="portal/jinja2/portal/expect.html", seen="patient's page before the first visit; never required"),
    says(DESCRIPTION, "Initial Assessment", ("phases.assessment.needs", ("history", "presenting-issues", "screens")), reader="care/plans.py", seen="header of the episode"),
    says(DESCRIPTION, "Goal Setting", ("phases.goal-setting.needs", ("goals-agreed-by-both",)), reader="care/plans.py", seen="plan page"),
    says(DESCRIPTION, "Therapy Session", "phases.sessions.methods", "interventions.cognitive-restructuring", "interventions.supportive-listening", reader="care/plans.py", seen="session room, chips of the note"),
    says(DESCRIPTION, "Homework", ("phases.homework.optional", True), reader="portal/jinja2/portal/expect.html", seen="patient information; forms in the session room and behind the link"),
    says(DESCRIPTION, "No specialized tools", ("room.tools", ()), reader="portal/jinja2/portal/expect.html", seen="patient information"),
    says(DESCRIPTION, "The setting is usually", ("room.private", True), "room.text", reader="care/slots.py", seen="rooms offered at booking"),
    says(DESCRIPTION, "No anesthesia", ("room.anesthesia", False), reader="portal/jinja2/portal/expect.html", seen="patient information"),
    says(DURATION, "Each session", ("time.planned_minutes", 60), ("time.billed_from", 53), ("time.billed_to", None), reader="care/slots.py", seen="calendar, clock of the session room"),
    says(SETTING, "Psychotherapy is performed", ("setting.place_of_service", ("11", "53", "22", "19", "49", "50", "72")), reader="care/slots.py", seen="site form, place of service on the claim"),
    says(PERSONNEL, "Licensed therapists", "personnel.psychologist.licence", "personnel.clinical-social-worker.licence", "personnel.professional-counselor.licence", reader="care/credentials.py", seen="booking and signing"),
    says(RISKS, "Emotional discomfort", ("risks.discomfort.monitor.kind", "session-distress"), ("risks.discomfort.consent", True), reader="care/monitors.py", seen="consent, supervision list"),
    says(RISKS, "Risk of dependence", ("risks.dependence.monitor.kind", "long-without-gain"), ("risks.dependence.consent", True), reader="care/monitors.py", seen="consent, plan review"),
    says(RISKS, "Potential aggravation", ("risks.aggravation.monitor.kind", "reliable-worsening"), ("risks.aggravation.consent", True), reader="care/monitors.py", seen="consent, plan review"),
    says(BENEFITS, "Improved mental health", ("benefits.wellbeing.measured_by", ("phq-9", "gad-7")), reader="care/consents.py", seen="consent, outcome page"),
    says(BENEFITS, "Development of effective", "benefits.coping.measured_by", reader="care/consents.py", seen="consent, outcome page"),
    says(BENEFITS, "Enhanced self", "benefits.insight.measured_by", reader="care/consents.py", seen="consent, outcome page"),
    says(BENEFITS, "Better relationships", "benefits.relationships.measured_by", reader="care/consents.py", seen="consent, outcome page"),
    says(BENEFITS, "Benefits are typically", "benefit_limits.text", reader="care/consents.py", seen="consent"),
    says(RECOVERY, "No physical recovery", ("recovery.physical_days", 0), reader="portal/jinja2/portal/expect.html", seen="patient information"),
    says(RECOVERY, "Patients may feel", "recovery.tell_patient", reader="care/consents.py", seen="consent, message after the visit"),
    says(RECOVERY, "Ongoing sessions", ("recovery.cadence", ("weekly", "biweekly")), "recovery.tell_patient", reader="care/cadence.py", seen="booking of a series"),
    says(ALTERNATIVES, "Medication", ("alternatives.medication.examples", ("Antidepressants", "Anti-anxiety drugs")), reader="care/alternatives.py", seen="consent, plan review"),
    says(ALTERNATIVES, "Group therapy", "alternatives.group-therapy.title", reader="care/alternatives.py", seen="consent, plan review"),
    says(ALTERNATIVES, "Self-help", ("alternatives.self-help.examples", ("Reading", "Ways to lower stress", "Physical exercise")), reader="care/alternatives.py", seen="consent, plan review"),
    says(ALTERNATIVES, "Each alternative", *(f"alternatives.{slug}.{part}" for slug in ("medication", "group-therapy", "self-help") for part in ("benefits", "drawbacks")), reader="care/consents.py", seen="consent"),
    says(EXPERIENCE, "During psychotherapy", "experience.text", ("experience.ask_after", "session-feelings"), reader="care/consents.py", seen="consent, what to expect"),
    says(EXPERIENCE, "Therapists often", "experience.support", reader="care/consents.py", seen="consent, what to expect"),
)  # fmt: skip
