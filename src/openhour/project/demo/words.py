"""What the demo's therapists write: synthetic words, by what the patient works on and how far they have come.

Written for this demo; no sentence comes from a record. `stage` counts from 0 (first hour) to 1 (latest hour).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Work:
    """What a patient works on. brings, sees, answers: early, middle and late; homework: slug of a form, or empty."""

    title: str
    goal: str
    purpose: str
    objective: str
    other: str
    indicator: str
    interventions: tuple[str, ...]
    did: tuple[str, str, str]
    brings: tuple[str, str, str]
    sees: tuple[str, str, str]
    responds: tuple[str, str, str]
    next: tuple[str, str, str]
    topic: str
    agenda: tuple[str, ...]
    homework: str


WORKS: dict[str, Work] = {
    "activity": Work(
        "Getting going again",
        "Take part in life again",
        "overall-health",
        "Bring the weekly score down by planning one thing a day that gives joy",
        "Meet a friend once a week",
        "A meeting a week in the calendar, four weeks in a row",
        ("behavioral-activation", "agenda-setting", "homework-review"),
        (
            "Drew the circle of low mood and standing still; picked three small activities.",
            "Went through the schedule day by day; looked for the hour at which it gets hard.",
            "Built a week that holds without the sheet; named early signs.",
        ),
        (
            "Stays in bed until noon on most days. “Nothing is worth getting up for.”",
            "Was outside on four days. The weekend was empty, and the mood with it.",
            "Went swimming twice and did not think about it beforehand.",
        ),
        (
            "Speaks slowly, looks down; brightens when the sister is mentioned.",
            "Livelier, makes a joke about the rain. Tired eyes.",
            "Upright, quick in answers, laughs.",
        ),
        (
            "Doubtful, willing to try the smallest step.",
            "Sees that mood follows the day and not the other way round.",
            "Names unprompted what helped and what to do when it slips.",
        ),
        (
            "Plan one small thing for each morning; go through it next time.",
            "Two things at the weekend, one of them with somebody.",
            "Write down the plan for a bad week; talk about longer gaps between the hours.",
        ),
        "How to get through the weekend without falling back into bed.",
        ("Weekend", "Schedule of the week"),
        "activity-schedule",
    ),
    "sleep": Work(
        "Sleep and low mood",
        "Feel rested and present",
        "emotion-regulation",
        "Bring the weekly score down with a fixed rhythm of the day",
        "Sleep through on five nights a week",
        "Five nights in the sleep diary, three weeks in a row",
        ("psychoeducation", "relaxation-training", "cognitive-restructuring"),
        (
            "Explained how sleep builds up over the day; agreed on one time to get up.",
            "Practiced slow breathing; looked at the thoughts of three in the morning.",
            "Went through the diary; planned for nights that go wrong.",
        ),
        (
            "Lies awake until three, naps in the afternoon. Feels like a stranger in her own rooms.",
            "Two bad nights after a call from home; the others were better.",
            "Slept through on five nights. Cooks again.",
        ),
        ("Pale, slow to find words.", "Worried, speaks fast, calms down over the hour.", "Rested, present, curious."),
        (
            "Relieved that there is a reason for it.",
            "Could let go of one thought and laugh about another.",
            "Trusts the rhythm; knows that one bad night is one bad night.",
        ),
        (
            "Get up at seven whatever the night was like; keep the diary.",
            "Write worries down before nine in the evening; breathe before bed.",
            "Keep the rhythm; look at what is left of the goals.",
        ),
        "The nights, and the call from home.",
        ("Sleep diary", "The call from home"),
        "thought-record",
    ),
    "worry": Work(
        "Worry that doesn't end",
        "Have evenings free of worry",
        "coping",
        "Bring the weekly score down by putting worries off to a set time",
        "Leave work at work on four evenings a week",
        "Four evenings a week without looking at the mail, for a month",
        ("cognitive-restructuring", "problem-solving", "relaxation-training"),
        (
            "Sorted worries into those that can be solved and those that can't; set a half hour for them.",
            "Tested one feared outcome against what really came of it.",
            "Rehearsed what to do when a new worry asks for the whole evening.",
        ),
        (
            "“My head never stops.” Checks the mail until midnight.",
            "Held the worry half hour on three days; on the others it spilled over.",
            "Missed the half hour twice and noticed only later.",
        ),
        ("Restless hands, shallow breath.", "Calmer; jaw still tight.", "Sits back, takes time before he answers."),
        (
            "Finds it odd to make an appointment with a worry, and wants to try.",
            "Surprised how few of the feared things came true.",
            "Speaks of worries as visitors.",
        ),
        (
            "The worry half hour every day at six; a record of two strong moments.",
            "One small experiment with mail left unread.",
            "Put the steps on a card; talk about what would bring him back.",
        ),
        "The deadline next week and what happens at home because of it.",
        ("Deadline", "Worry half hour"),
        "thought-record",
    ),
    "grief": Work(
        "Grief",
        "Carry the loss and live",
        "emotion-regulation",
        "Bring the weekly score down and speak of the loss without turning away",
        "Be with others on the days that are hard",
        "Company on each of the marked days of this season",
        ("grief-work", "supportive-listening", "validation"),
        (
            "Made room for the story of the last week, as far as she wanted.",
            "Looked at photographs together; spoke about anger, too.",
            "Planned the first holiday without him.",
        ),
        (
            "Cannot enter the study. Keeps busy until she drops.",
            "Opened one box and sat with it. Cried, and ate afterwards.",
            "Told the story of the boat at dinner, and everyone laughed.",
        ),
        ("Composed, tears when it is quiet.", "Moved, stays with it.", "Warm, sad, at ease."),
        (
            "Grateful that nobody says it is time to let go.",
            "Finds that the wave passes.",
            "Feels close to him without falling.",
        ),
        (
            "One walk a week to a place they shared.",
            "Write him a letter, to be read here.",
            "Call her brother on the day.",
        ),
        "The anniversary, and whether to go to the grave.",
        ("The anniversary",),
        "",
    ),
    "checking": Work(
        "Checking",
        "Leave the house in ten minutes",
        "coping",
        "Bring the weekly score down by leaving without checking twice",
        "Leave the stove after one look",
        "One look on six days out of seven, two weeks in a row",
        ("exposure", "response-prevention", "psychoeducation"),
        (
            "Listed what is checked, from easy to hard.",
            "Left the room with the lamp on; waited until the urge went down by half.",
            "Left the practice without looking back at the bag, and talked of other things.",
        ),
        (
            "Needs an hour to leave; photographs the stove.",
            "One look at the stove on four days; the door is still hard.",
            "Left in twelve minutes and noticed it on the bus.",
        ),
        ("Tense, asks for reassurance.", "Anxious and determined.", "Proud, a little tired."),
        (
            "Sees that every look feeds the next one.",
            "The urge fell from 8 to 3 in twenty minutes.",
            "Did it again at once, of his own accord.",
        ),
        (
            "The lamp, every day, without looking.",
            "The front door, three times, no photograph.",
            "Go away for a night.",
        ),
        "The front door.",
        ("Ladder of exercises", "Front door"),
        "activity-schedule",
    ),
    "driving": Work(
        "After the accident",
        "Drive again",
        "coping",
        "Bring the weekly score down while going nearer to the road step by step",
        "Drive to work twice a week",
        "Two drives a week, a month long",
        ("exposure", "grounding", "psychoeducation"),
        (
            "Explained why the body still rings the bell; practiced the five senses.",
            "Sat in the parked car together in mind; told the day of the accident once, slowly.",
            "Went through the drive along the river, from key to parking.",
        ),
        (
            "Takes three buses. Dreams of the crossing.",
            "Sat in the car in the yard for ten minutes, engine running.",
            "Drove to her sister's and back.",
        ),
        ("Startles at the door.", "Trembles, stays.", "Steady voice, colour in her face."),
        (
            "Relieved that it has a name.",
            "Noticed that the fear has a top and a way down.",
            "Wants the motorway next.",
        ),
        (
            "Five senses twice a day; look at the car.",
            "Ten minutes in the car every other day.",
            "Drive to work on a quiet day.",
        ),
        "The crossing.",
        ("The crossing",),
        "activity-schedule",
    ),
    "speaking": Work(
        "Speaking up",
        "Say what is meant, among others",
        "emotion-regulation",
        "Bring the weekly score down by speaking up once a day",
        "Ask for what is needed, once a week, in person",
        "One request a week, noted with what came of it",
        ("communication-training", "behavioral-experiment", "guided-discovery"),
        (
            "Looked at what is feared when somebody listens.",
            "Rehearsed one sentence, then said it to the front desk.",
            "Changed seats: spoke as the other one would.",
        ),
        (
            "Lets others order, lets others decide.",
            "Said no once and heart was beating for an hour.",
            "Asked for the table by the window.",
        ),
        ("Quiet, hardly any eye contact.", "Looks up when it matters.", "At ease, interrupts once."),
        (
            "Notices how much is guessed about what others think.",
            "The feared answer did not come.",
            "Keeps a list of things that went well.",
        ),
        ("Ask one small question in a shop.", "Say one wish at home.", "Hold the talk; tell about it next time."),
        "The dinner on Sunday.",
        ("Dinner on Sunday",),
        "thought-record",
    ),
}

RISK_WORDS = (
    "Asked directly about the answer. Passing thoughts that it would be easier not to be here; no plan, no means "
    "sought, no earlier attempt. Reasons to live named by the patient. Crisis numbers gone through; agreed to call."
)
RISK_ACTION = (
    "Called within the hour and spoke for twenty minutes. No intent and no plan; sister stays overnight. Crisis line "
    "gone through, next visit kept, call tomorrow at noon."
)
ADDENDUM = (
    "Adds a fact that came later",
    "The patient called the day after: the appointment with the family doctor is made for the week to come.",
)


def sections(layout: str, work: Work, stage: float) -> dict[str, str]:
    """slug -> text, for each of the four formats."""
    part = min(2, int(stage * 3))
    brings, sees, did = work.brings[part], work.sees[part], work.did[part]
    responds, after = work.responds[part], work.next[part]
    if layout == "soap":
        return {
            "subjective": brings,
            "objective": f"{sees} {did}",
            "assessment": f"{responds} Works on: {work.title.lower()}.",
            "plan": after,
        }
    if layout == "birp":
        return {"behavior": f"{brings} {sees}", "intervention": did, "response": responds, "plan": after}
    if layout == "girp":
        return {
            "goal": f"{work.goal}. {brings}",
            "intervention": did,
            "response": f"{sees} {responds}",
            "plan": after,
        }
    return {"data": f"{brings} {sees} {did}", "assessment": responds, "plan": after}


def response(work: Work, stage: float) -> str:
    """How the patient took to the work on the objective."""
    return work.responds[min(2, int(stage * 3))]
