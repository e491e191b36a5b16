"""Every chart table. Only workflows and queries import this room's models."""

from openhour.records.models.attainment import GoalRating, GoalScale
from openhour.records.models.battery import Battery, MeasureSource
from openhour.records.models.episode import Diagnosis, Episode, Goal, Objective, Plan
from openhour.records.models.hour import Addendum, Assignment, Note, Session
from openhour.records.models.measure import Alert, Answer, PatientLink, Response, SecondEntry
from openhour.records.models.money import Charge, Claim, ClaimBatch, ClaimLine, Counter, Superbill
from openhour.records.models.patient import Consent, Coverage, Patient
from openhour.records.models.practice import Licence, Practice, Room, Site, Therapist
from openhour.records.models.progress import CourseModel, Signal, SignalAnswer
from openhour.records.models.visit import Series, Topic, Visit, VisitChange

__all__ = [
    "Addendum",
    "Alert",
    "Answer",
    "Assignment",
    "Battery",
    "Charge",
    "Claim",
    "ClaimBatch",
    "ClaimLine",
    "Consent",
    "Counter",
    "CourseModel",
    "Coverage",
    "Diagnosis",
    "Episode",
    "Goal",
    "GoalRating",
    "GoalScale",
    "Licence",
    "MeasureSource",
    "Note",
    "Objective",
    "Patient",
    "PatientLink",
    "Plan",
    "Practice",
    "Response",
    "Room",
    "SecondEntry",
    "Series",
    "Session",
    "Signal",
    "SignalAnswer",
    "Site",
    "Superbill",
    "Therapist",
    "Topic",
    "Visit",
    "VisitChange",
]
