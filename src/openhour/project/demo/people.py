"""Who works in the demo practice and who comes to it. Data only; every name is made up, every number is for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from openhour.guard.roles import Role
from openhour.workflows.practice.add_site import SiteWords
from openhour.workflows.practice.add_staff import StaffWords, TherapistWords
from openhour.workflows.practice.practice_words import CRISIS_TEXT, PracticeWords

PASSWORD = "linden-street-demo"  # noqa: S105 - printed at every start: nobody real is behind it

PRACTICE = PracticeWords(
    name="Linden Street Therapy (demo)",
    phone="5555550100",
    tax_id="123456789",
    npi="1234567893",
    taxonomy="261QM0801X",
    submitter_id="LINDEN01",
    address="12 Linden Street",
    city="Springfield",
    state="IL",
    zip_code="627010012",
    crisis_text=CRISIS_TEXT,
)
OWNER, OWNER_EMAIL = "Olga Oak", "olga@example.test"

_IN_SPRINGFIELD = {"city": "Springfield", "state": "IL", "zone": "America/Chicago", "phone": "5555550100"}
SITES = (
    SiteWords(
        name="Linden Street",
        place_of_service="11",
        address="12 Linden Street",
        zip_code="627010012",
        **_IN_SPRINGFIELD,  # type: ignore[arg-type]
    ),
    SiteWords(
        name="Riverside",
        place_of_service="11",
        address="3 River Walk",
        zip_code="627020003",
        **_IN_SPRINGFIELD,  # type: ignore[arg-type]
    ),
)
ROOMS = (
    ("Linden Street", "Blue room", True),
    ("Linden Street", "Garden room", True),
    ("Linden Street", "Group room", False),
    ("Riverside", "River room", True),
)
STAFF = (
    StaffWords("Sam Stone", "sam@example.test", (Role.SUPERVISOR,)),
    StaffWords("Dee Dale", "dee@example.test", (Role.FRONT_DESK,)),
    StaffWords("Eli East", "eli@example.test", (Role.BILLER,)),
    StaffWords(
        "Ben Brook",
        "ben@example.test",
        (Role.THERAPIST,),
        TherapistWords("Ben", "Brook", "psychologist", "1876543210", "103TC0700X", "PsyD"),
    ),
    StaffWords(
        "Carla Cole",
        "carla@example.test",
        (Role.THERAPIST,),
        TherapistWords(
            "Carla", "Cole", "clinical-social-worker", "1912301953", "1041C0700X", "LCSW", note_format="soap"
        ),
    ),
    StaffWords(
        "Tess Thorn",
        "tess@example.test",
        (Role.THERAPIST,),
        TherapistWords(
            "Tess",
            "Thorn",
            "professional-counselor",
            "1654321094",
            "101YP2500X",
            "LPC",
            supervisor="sam@example.test",
            note_format="birp",
        ),
    ),
)
ROOM_OF = {"ben": "Blue room", "carla": "Garden room", "tess": "River room"}
SIGN_INS = (
    ("Therapist", "ben@example.test", "today, an open alert, a note to sign"),
    ("Supervisor", "sam@example.test", "sees what Tess Thorn does"),
    ("Front desk", "dee@example.test", "the schedule and the patients"),
    ("Biller", "eli@example.test", "signed hours, claims, superbills"),
    ("Owner", "olga@example.test", "the practice and its trail"),
)
"""What is shown at every start: role, e-mail address, what there is to see."""


@dataclass(frozen=True, slots=True)
class Person:
    """A patient of the demo. day: `today`, `day-before`, `day-after`, `other-1` or `other-2`, the day of the week of
    their hour as seen from the day of filling; hour: on the wall. course: how their scores go (`courses`).
    payer: `insured` or `self-pay`. special: what is different about them, see `patients`."""

    first: str
    last: str
    born: date
    sex: str
    therapist: str
    day: str
    hour: int
    cadence: str
    course: str
    payer: str
    indications: tuple[str, ...]
    codes: tuple[str, ...]
    reason: str
    goal: str
    special: str = ""
    pronouns: str = ""


PEOPLE = (
    Person(
        "Robin", "Saffron", date(1988, 3, 14), "F", "ben", "today", 9, "weekly", "better", "insured",
        ("depression", "anxiety"), ("F33.1", "F41.1"),
        "I can't get going in the morning, and I have stopped calling my friends.", "activity",
        pronouns="she/her",
    ),
    Person(
        "Noor", "Juniper", date(1995, 11, 2), "F", "ben", "today", 10, "weekly", "dip", "insured",
        ("depression", "anxiety"), ("F32.1",),
        "Since I moved here everything is grey, and at night I lie awake.", "sleep", "answered-alert",
    ),
    Person(
        "Kai", "Tamarind", date(1979, 7, 21), "M", "ben", "today", 11, "biweekly", "same", "insured",
        ("anxiety",), ("F41.1",),
        "Work follows me home. I snap at the people I love.", "worry", pronouns="he/him",
    ),
    Person(
        "Ines", "Pomelo", date(1991, 1, 30), "F", "ben", "today", 13, "biweekly", "better", "self-pay",
        ("grief", "anxiety"), ("F43.21",),
        "My father died in the spring. I want to be able to talk about him.", "grief",
    ),
    Person(
        "Theo", "Nutmeg", date(1984, 5, 9), "M", "ben", "day-before", 15, "weekly", "better", "insured",
        ("ocd",), ("F42.2",),
        "I check the stove for an hour before I can leave the house.", "checking", "unsigned",
    ),
    Person(
        "Maya", "Persimmon", date(1999, 9, 17), "F", "ben", "day-after", 10, "weekly", "worse", "insured",
        ("depression", "anxiety"), ("F33.1",),
        "It came back. I thought I was through with this.", "activity", "open-alert", pronouns="she/they",
    ),
    Person(
        "Otis", "Fennel", date(1972, 12, 5), "M", "ben", "today", 17, "weekly", "better", "insured",
        ("anxiety",), ("F41.1",),
        "My doctor says it isn't the heart.", "worry", "new",
    ),
    Person(
        "Lena", "Quince", date(1993, 4, 26), "F", "ben", "other-1", 9, "biweekly", "better", "insured",
        ("ptsd",), ("F43.10",),
        "I don't drive any more since the accident.", "driving", "plan-due",
    ),
    Person(
        "Ravi", "Cardamom", date(1986, 8, 8), "M", "carla", "today", 10, "biweekly", "better", "insured",
        ("anxiety",), ("F41.1",),
        "My thoughts race as soon as the house is quiet.", "worry",
    ),
    Person(
        "Greta", "Sorrel", date(1968, 2, 19), "F", "carla", "today", 14, "biweekly", "same", "insured",
        ("relationship",), ("F43.23",),
        "We hardly speak at home except about the bills.", "speaking", "cancels",
    ),
    Person(
        "Jonas", "Walnut", date(2001, 6, 3), "M", "carla", "other-1", 12, "biweekly", "better", "insured",
        ("stress",), ("F43.22",),
        "I failed the exam twice and can't open the books.", "activity",
    ),
    Person(
        "Amara", "Fig", date(1990, 10, 11), "F", "carla", "other-2", 16, "biweekly", "dip", "self-pay",
        ("depression",), ("F32.1",),
        "After the baby I don't know myself any more.", "sleep",
    ),
    Person(
        "Sol", "Mulberry", date(1997, 12, 24), "U", "tess", "today", 11, "biweekly", "better", "insured",
        ("anxiety",), ("F40.10",),
        "I'd rather not eat than order in front of others.", "speaking", pronouns="they/them",
    ),
    Person(
        "Wren", "Marjoram", date(1981, 3, 3), "F", "tess", "other-1", 14, "biweekly", "same", "insured",
        ("depression",), ("F34.1",),
        "It was always a bit like this. I'd like to know how others feel.", "activity", "misses",
    ),
    Person(
        "Iris", "Cumin", date(1976, 7, 7), "F", "tess", "other-2", 11, "biweekly", "better", "insured",
        ("grief",), ("F43.21",),
        "The house is too big since he died.", "grief", "moves",
    ),
)  # fmt: skip
