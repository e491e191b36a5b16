"""`openhour practice …`: set up and look after the practice from the command line, as its owner.

Passwords are made by the machine, printed once, and must be replaced at the first sign-in.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import click

from openhour.kernel import Finding, Refused
from openhour.project.cli.contract import Answer
from openhour.project.cli.on_practice import practice_command

_DAY = click.DateTime(["%Y-%m-%d"])
_TIME = click.DateTime(["%H:%M"])


@click.group(
    "practice",
    epilog="\b\nExample:\n  openhour practice init --name 'Elm Street' --owner-name 'Olga Oak' --owner-email olga@example.org",
)
def command() -> None:
    """Set up the practice: sites, rooms, staff, licences."""


def _now() -> datetime:
    from django.utils import timezone

    return timezone.now()


def _actor() -> Any:
    from openhour.guard.actor import COMMAND_LINE

    return COMMAND_LINE


def _practice_options(required: bool) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    words = (
        ("name", "Name of the practice."),
        ("phone", "Ten digits."),
        ("tax-id", "Nine digits."),
        ("npi", "The practice's own NPI."),
        ("taxonomy", "NUCC code of the practice."),
        ("submitter-id", "What the clearinghouse calls you."),
        ("address", "Street address."),
        ("city", "City."),
        ("state", "Two letters."),
        ("zip-code", "Five or nine digits."),
        ("crisis-text", "What a patient reads at once after a critical answer."),
    )

    def add(function: Callable[..., Answer]) -> Callable[..., Answer]:
        for name, words_of in reversed(words):
            function = click.option(f"--{name}", required=required and name == "name", help=words_of)(function)
        return function

    return add


def _once(password: str) -> str:
    return f"One-time password (shown once, works for 72 hours): {password}"


@practice_command(
    "init",
    example="openhour practice init --name 'Elm Street Therapy' --phone 5555550100 \\\n"
    "    --owner-name 'Olga Oak' --owner-email olga@example.org",
)
@click.option("--owner-name", required=True, help="Name of the first owner.")
@click.option("--owner-email", required=True, help="Their e-mail address; they sign in with it.")
@_practice_options(required=True)
def init(owner_name: str, owner_email: str, **typed: str | None) -> Answer:
    """Begin the practice and make its first owner."""
    from openhour.workflows.practice.init_practice import init_practice
    from openhour.workflows.practice.practice_words import PracticeWords

    words = PracticeWords(**{name: value for name, value in typed.items() if value is not None})
    begun = init_practice(_actor(), words, owner_name=owner_name, owner_email=owner_email, at=_now())
    facts = {"practice": begun.practice.name, "owner": begun.owner.email, "one_time_password": begun.password}
    return Answer(
        facts, f"{begun.practice.name} is set up. {begun.owner.name} is its owner.\n{_once(begun.password)}"
    )


@practice_command("change", example="openhour practice change --phone 5555550100 --npi 1234567893")
@_practice_options(required=False)
def change(**typed: str | None) -> Answer:
    """Change what stands about the practice itself."""
    from openhour.workflows.practice.change_practice import change_practice

    changes = {name: value for name, value in typed.items() if value is not None}
    if not changes:
        raise Refused(Finding("practice.nothing", "Name what shall change; see --help."))
    practice = change_practice(_actor(), changes, at=_now())
    return Answer({"practice": practice.name, "changed": sorted(changes)}, f"Changed: {', '.join(sorted(changes))}.")


@practice_command("show", example="openhour practice show --json")
def show() -> Answer:
    """Show the practice, its sites, staff and licences."""
    from openhour.project.cli.practice_shown import shown
    from openhour.records.queries.practice import practice_view

    return shown(practice_view(_actor(), on=_now().date()))


@practice_command(
    "add-site",
    example="openhour practice add-site 'Main Street' --address '100 Main St' --city Springfield --state IL \\\n"
    "    --zip-code 62701 --zone America/Chicago --place-of-service 11",
)
@click.argument("name")
@click.option("--address", required=True, help="Street address.")
@click.option("--city", required=True, help="City.")
@click.option("--state", required=True, help="Two letters; licences are checked against it.")
@click.option("--zip-code", required=True, help="Five or nine digits.")
@click.option("--zone", required=True, help="Time zone, such as America/Chicago.")
@click.option("--place-of-service", default="11", show_default=True, help="CMS code: 11 is an office.")
@click.option("--phone", default="", help="Ten digits.")
@click.option("--opens", type=_TIME, default="08:00", show_default=True, help="When hours may begin.")
@click.option("--closes", type=_TIME, default="20:00", show_default=True, help="When hours have ended.")
def add_site(opens: datetime, closes: datetime, **typed: str) -> Answer:
    """Add a place where hours are held."""
    from openhour.workflows.practice.add_site import SiteWords
    from openhour.workflows.practice.add_site import add_site as verb

    hours: dict[str, time] = {"opens_at": opens.time(), "closes_at": closes.time()}
    site = verb(_actor(), SiteWords(**typed, **hours), at=_now())  # type: ignore[arg-type]
    return Answer({"site": site.name, "id": site.pk}, f"{site.name} is added.")


@practice_command("add-room", example="openhour practice add-room 'Main Street' 'Blue room'")
@click.argument("site")
@click.argument("name")
@click.option("--private/--shared", default=True, show_default=True, help="Whether nobody outside hears or sees.")
def add_room(site: str, name: str, private: bool) -> Answer:
    """Add a room to a site."""
    from openhour.workflows.practice.add_room import add_room as verb

    room = verb(_actor(), site, name, private=private, at=_now())
    return Answer({"room": room.name, "site": site, "id": room.pk}, f"{room.name} is added to {site}.")


@practice_command(
    "add-staff",
    example="openhour practice add-staff ben@example.org --name 'Ben Brook' --role therapist \\\n"
    "    --profession psychologist --npi 1876543210 --taxonomy 103TC0700X --credential PsyD \\\n"
    "    --supervisor sam@example.org\n"
    "openhour practice add-staff dee@example.org --name 'Dee Dale' --role front-desk --role biller",
)
@click.argument("email")
@click.option("--name", required=True, help="First and last name.")
@click.option(
    "--role", "roles", multiple=True, help="owner, therapist, supervisor, front-desk or biller; repeatable."
)
@click.option("--profession", help="Therapists: a profession that a procedure on the shelf names.")
@click.option("--npi", help="Therapists: ten digits, the last one checks.")
@click.option("--taxonomy", help="Therapists: NUCC code.")
@click.option("--credential", default="", help="Therapists: letters after the name.")
@click.option("--supervisor", default="", help="Therapists: e-mail address of their supervisor.")
@click.option("--note-format", default="dap", show_default=True, help="Therapists: the format their notes begin in.")
@click.option("--first-name", help="Therapists, on claims: where it isn't the first word of the name.")
@click.option("--last-name", help="Therapists, on claims: where it isn't the rest of the name.")
def add_staff(email: str, name: str, roles: tuple[str, ...], **typed: str | None) -> Answer:
    """Add a member of staff."""
    from openhour.workflows.practice.add_staff import StaffWords
    from openhour.workflows.practice.add_staff import add_staff as verb

    added = verb(_actor(), StaffWords(name, email, roles, _therapist(name, typed)), at=_now())
    facts = {"email": added.user.email, "roles": added.user.roles, "one_time_password": added.password}
    return Answer(facts, f"{added.user.name} is added.\n{_once(added.password)}")


def _therapist(name: str, typed: dict[str, str | None]) -> Any:
    from openhour.workflows.practice.add_staff import TherapistWords

    if not any(typed[one] for one in ("profession", "npi", "taxonomy")):
        return None
    first, _, last = name.strip().partition(" ")
    words = {one: value for one, value in typed.items() if value is not None}
    return TherapistWords(
        **{"profession": "", "npi": "", "taxonomy": "", "first_name": first, "last_name": last, **words}
    )


@practice_command(
    "record-licence",
    example="openhour practice record-licence ben@example.org --state IL --number 071-001234 \\\n"
    "    --from 2026-01-01 --to 2027-12-31",
)
@click.argument("email")
@click.option("--state", required=True, help="Two letters.")
@click.option("--number", required=True, help="As it is printed on the licence.")
@click.option("--from", "valid_from", required=True, type=_DAY, help="First day on which it holds.")
@click.option("--to", "valid_to", required=True, type=_DAY, help="Last day on which it holds.")
def record_licence(email: str, state: str, number: str, valid_from: datetime, valid_to: datetime) -> Answer:
    """Record a therapist's licence."""
    from openhour.workflows.practice.record_licence import record_licence as verb

    days: dict[str, date] = {"valid_from": valid_from.date(), "valid_to": valid_to.date()}
    licence = verb(_actor(), email, state=state, number=number, at=_now(), **days)
    facts = {"email": email, "state": state, "number": licence.number, "to": licence.valid_to.isoformat()}
    return Answer(facts, f"The licence {state} {licence.number} is recorded, until {licence.valid_to.isoformat()}.")


@practice_command(
    "give-roles", example="openhour practice give-roles dee@example.org --role front-desk --role biller"
)
@click.argument("email")
@click.option("--role", "roles", multiple=True, help="Every role they shall have; repeatable.")
def give_roles(email: str, roles: tuple[str, ...]) -> Answer:
    """Replace the roles of a member of staff."""
    from openhour.workflows.practice.give_roles import give_roles as verb

    user = verb(_actor(), email, roles, at=_now())
    return Answer({"email": user.email, "roles": user.roles}, f"{user.name}: {', '.join(user.roles)}.")


@practice_command("switch-off-staff", example="openhour practice switch-off-staff ben@example.org")
@click.argument("email")
@click.option("--even-so", is_flag=True, help="Also where open alerts or patients in their care are left behind.")
def switch_off_staff(email: str, even_so: bool) -> Answer:
    """Switch a member of staff off; nothing of theirs is deleted."""
    from openhour.workflows.practice.switch_off_staff import switch_off_staff as verb

    off = verb(_actor(), email, at=_now(), even_so=even_so)
    facts = {"email": off.user.email, "booked": off.booked, "alerts": off.alerts, "episodes": off.episodes}
    left = (
        f" Left behind: {off.booked} booked hours, {off.alerts} open alerts, {off.episodes} patients in their care."
    )
    return Answer(
        facts, f"{off.user.name} is switched off.{left if any((off.booked, off.alerts, off.episodes)) else ''}"
    )


@practice_command("hand-over-alerts", example="openhour practice hand-over-alerts ben@example.org carla@example.org")
@click.argument("from_email")
@click.argument("to_email")
def hand_over_alerts(from_email: str, to_email: str) -> Answer:
    """Give the alerts that wait for one therapist to another."""
    from openhour.workflows.safety.hand_over_alerts import hand_over_alerts as verb

    count = verb(_actor(), from_email, to_email, at=_now())
    words = f"{count} alert{'' if count == 1 else 's'} handed over; {to_email} finds them on Today."
    return Answer({"alerts": count, "from": from_email, "to": to_email}, words)


@practice_command("switch-on-staff", example="openhour practice switch-on-staff ben@example.org")
@click.argument("email")
def switch_on_staff(email: str) -> Answer:
    """Switch a member of staff on again."""
    from openhour.workflows.practice.switch_on_staff import switch_on_staff as verb

    password = verb(_actor(), email, at=_now())
    return Answer({"email": email, "one_time_password": password}, f"{email} is switched on.\n{_once(password)}")


@practice_command("reset-password", example="openhour practice reset-password ben@example.org --second-factor")
@click.argument("email")
@click.option("--second-factor", is_flag=True, help="Also take away app, keys and recovery codes (a lost phone).")
def reset_password(email: str, second_factor: bool) -> Answer:
    """Give a member of staff a one-time password."""
    from openhour.workflows.practice.reset_password import reset_password as verb

    password = verb(_actor(), email, second_factor=second_factor, at=_now())
    return Answer({"email": email, "one_time_password": password}, _once(password))


for _made in (
    init,
    change,
    show,
    add_site,
    add_room,
    add_staff,
    record_licence,
    give_roles,
    switch_off_staff,
    hand_over_alerts,
    switch_on_staff,
    reset_password,
):
    command.add_command(_made)
