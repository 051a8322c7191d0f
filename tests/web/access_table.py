"""Who may call which route: one line a route, and a route without a line fails the matrix test.

`PUBLIC` everybody · `roles(R…)` people with a role · `at_centre(R…)` and the `centre_id` must be theirs.
Other parts of the address by name: `at_centre(Role.DESK, day="2027-05-04")`; else ints are 1, texts "x".
"""

from dataclasses import dataclass, field

from vaccination.domain.actor import Role


@dataclass(frozen=True, slots=True)
class Rule:
    """What the matrix expects of a route."""

    roles: tuple[Role, ...] = ()  # none: everybody
    at_centre: bool = False
    values: dict[str, str | int] = field(default_factory=dict)


PUBLIC = Rule()


def public(**values: str | int) -> Rule:
    """Everybody; the address has these parts."""
    return Rule(values=values)


def roles(*allowed: Role, **values: str | int) -> Rule:
    """People who hold one of the roles anywhere."""
    return Rule(allowed, values=values)


def at_centre(*allowed: Role, **values: str | int) -> Rule:
    """People with one of the roles at the address's centre; another centre does not exist for them."""
    return Rule(allowed, at_centre=True, values=values)


AT_DESK = (Role.DESK, Role.VACCINATOR, Role.CENTRE_MANAGER)

TABLE: dict[str, Rule] = {
    # about
    "about.help_page": PUBLIC,
    "about.accessibility": PUBLIC,
    "about.privacy": PUBLIC,
    # account
    "account.sign_in": PUBLIC,
    "account.send_sign_in": PUBLIC,
    "account.sign_out": PUBLIC,
    "account.password": roles(*Role),
    "account.send_password": roles(*Role),
    # public
    "public.home": PUBLIC,
    "public.begin": PUBLIC,
    "public.question": public(name="name"),
    "public.answer": public(name="name"),
    "public.check": PUBLIC,
    "public.send": PUBLIC,
    "public.done": PUBLIC,
    "public.find": PUBLIC,
    "public.open_request": PUBLIC,
    "public.own": PUBLIC,
    "public.confirmation": PUBLIC,
    "public.confirmation_pdf": PUBLIC,
    "public.calendar_file": PUBLIC,
    "public.cancel": PUBLIC,
    "public.send_cancel": PUBLIC,
    "public.leave": PUBLIC,
    # desk
    "desk.home": roles(*AT_DESK),
    "desk.board": at_centre(*AT_DESK),
    "desk.scan": at_centre(*AT_DESK),
    "desk.send_scan": at_centre(*AT_DESK),
    "desk.verdict": at_centre(*AT_DESK),
    "desk.person": at_centre(*AT_DESK),
    "desk.take_step": at_centre(*AT_DESK, step="absent"),
    "desk.vaccinated": at_centre(Role.VACCINATOR),
    "desk.not_vaccinated": at_centre(Role.VACCINATOR),
    "desk.withdraw": at_centre(Role.VACCINATOR),
    "desk.find": at_centre(*AT_DESK),
    "desk.send_find": at_centre(*AT_DESK),
    "desk.day_list": at_centre(*AT_DESK),
    # the gallery of parts, under test only
    "parts.gallery": PUBLIC,
}
