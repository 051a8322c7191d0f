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
AT_CENTRE = (Role.AGENCY, Role.CENTRE_MANAGER)


TABLE: dict[str, Rule] = {
    "style": PUBLIC,
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
    "public.send_family": PUBLIC,
    "public.my_answers": PUBLIC,
    "public.my_answer": public(name="contact"),
    "public.send_my_answer": public(name="contact"),
    # family
    "family.home": PUBLIC,
    "family.done": PUBLIC,
    "family.open_member": PUBLIC,
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
    "desk.rest_absent": at_centre(*AT_DESK),
    "desk.find": at_centre(*AT_DESK),
    "desk.send_find": at_centre(*AT_DESK),
    "desk.day_list": at_centre(*AT_DESK),
    # phone
    "phone.home": roles(Role.PHONE),
    # agency
    "agency.home": roles(Role.AGENCY),
    # centres
    "centres.home": roles(*AT_CENTRE),
    "centres.new": roles(Role.AGENCY),
    "centres.send_new": roles(Role.AGENCY),
    "centres.show": at_centre(*AT_CENTRE),
    "centres.change": at_centre(Role.AGENCY),
    "centres.send_change": at_centre(Role.AGENCY),
    "centres.close": at_centre(Role.AGENCY),
    "centres.reopen": at_centre(Role.AGENCY),
    "centres.hours": at_centre(*AT_CENTRE),
    "centres.send_hours": at_centre(*AT_CENTRE),
    "centres.send_sessions": at_centre(*AT_CENTRE),
    "centres.calendar": at_centre(*AT_CENTRE),
    "centres.day": at_centre(*AT_CENTRE, day="2027-05-04"),
    "centres.send_seats": at_centre(*AT_CENTRE, day="2027-05-04"),
    "centres.close_session": at_centre(*AT_CENTRE, day="2027-05-04"),
    "centres.reopen_session": at_centre(*AT_CENTRE, day="2027-05-04"),
    "centres.close_day": at_centre(*AT_CENTRE, day="2027-05-04"),
    "centres.reopen_day": at_centre(*AT_CENTRE, day="2027-05-04"),
    "centres.add_session": at_centre(*AT_CENTRE, day="2027-05-04"),
    # set-up by file
    "files.show": roles(Role.AGENCY, kind="centres"),
    "files.download": roles(Role.AGENCY, kind="centres"),
    "files.send": roles(Role.AGENCY, kind="centres"),
    # programme
    "programme.home": roles(Role.AGENCY),
    "programme.facts": roles(Role.AGENCY),
    "programme.send_facts": roles(Role.AGENCY),
    "programme.policy": roles(Role.AGENCY),
    "programme.send_policy": roles(Role.AGENCY),
    "programme.new_product": roles(Role.AGENCY),
    "programme.send_new_product": roles(Role.AGENCY),
    "programme.product": roles(Role.AGENCY),
    "programme.send_product": roles(Role.AGENCY),
    "programme.new_schedule": roles(Role.AGENCY),
    "programme.send_new_schedule": roles(Role.AGENCY),
    "programme.schedule": roles(Role.AGENCY),
    "programme.send_schedule": roles(Role.AGENCY),
    "programme.new_group": roles(Role.AGENCY),
    "programme.send_new_group": roles(Role.AGENCY),
    "programme.group": roles(Role.AGENCY),
    "programme.send_group": roles(Role.AGENCY),
    "programme.send_phase": roles(Role.AGENCY),
    "programme.send_remove_phase": roles(Role.AGENCY),
    # stock
    "stock.home": roles(*AT_CENTRE),
    "stock.new_delivery": roles(Role.AGENCY),
    "stock.send_delivery": roles(Role.AGENCY),
    "stock.centre": at_centre(*AT_CENTRE),
    "stock.send_receive": at_centre(*AT_CENTRE),
    "stock.lot": at_centre(*AT_CENTRE),
    "stock.send_write_off": at_centre(*AT_CENTRE),
    "stock.send_count": at_centre(*AT_CENTRE),
    "stock.send_cancel": at_centre(Role.AGENCY),
    "stock.send_quarantine": at_centre(Role.AGENCY),
    "stock.send_allotment": at_centre(Role.AGENCY),
    # plans
    "planning.home": roles(Role.AGENCY),
    "planning.new": roles(Role.AGENCY),
    "planning.send_new": roles(Role.AGENCY),
    "planning.show": roles(Role.AGENCY),
    "planning.progress": roles(Role.AGENCY),
    "planning.left_out": roles(Role.AGENCY),
    "planning.prices": roles(Role.AGENCY),
    "planning.what_if_progress": roles(Role.AGENCY),
    "planning.what_if": roles(Role.AGENCY),
    "planning.send_what_if": roles(Role.AGENCY),
    "planning.stop_what_if": roles(Role.AGENCY),
    "planning.apply": roles(Role.AGENCY),
    "planning.discard": roles(Role.AGENCY),
    "planning.problem_folder": roles(Role.AGENCY),
    "planning.run_folder": roles(Role.AGENCY),
    "planning.import_page": roles(Role.AGENCY),
    "planning.send_import": roles(Role.AGENCY),
    # accounts
    "users.home": roles(Role.AGENCY),
    "users.send_new": roles(Role.AGENCY),
    "users.send_password": roles(Role.AGENCY),
    "users.send_role": roles(Role.AGENCY),
    "users.send_revoke": roles(Role.AGENCY),
    "users.send_close": roles(Role.AGENCY),
    # the gallery of parts, under test only
    "parts.gallery": PUBLIC,
}
