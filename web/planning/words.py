"""Words of planning: states of a run, phases of the planner, terms of the score, reasons."""

import math
from collections.abc import Mapping
from datetime import date

from flask_babel import gettext, lazy_gettext, ngettext

from vaccination.domain.planning import RunStatus
from web.presenters import DAY_PARTS, number, short_day

STATUS = {
    RunStatus.QUEUED: lazy_gettext("waits for a planner"),
    RunStatus.RUNNING: lazy_gettext("is planning"),
    RunStatus.PROPOSED: lazy_gettext("waits for your decision"),
    RunStatus.APPLYING: lazy_gettext("is being booked"),
    RunStatus.APPLIED: lazy_gettext("booked"),
    RunStatus.DISCARDED: lazy_gettext("discarded"),
    RunStatus.FAILED: lazy_gettext("failed"),
}
STATUS_KIND = {
    RunStatus.QUEUED: "info",
    RunStatus.RUNNING: "info",
    RunStatus.PROPOSED: "warn",
    RunStatus.APPLYING: "info",
    RunStatus.APPLIED: "ok",
    RunStatus.DISCARDED: "plain",
    RunStatus.FAILED: "bad",
}
PHASES: Mapping[str, str] = {
    "prepare": lazy_gettext("laying out requests, seats and doses"),
    "baseline": lazy_gettext("first come, first served, for comparison"),
    "relaxation": lazy_gettext("proving how good a plan can be"),
    "priced": lazy_gettext("seating people by the price of each place"),
    "rounding": lazy_gettext("improving pair by pair"),
    "improvement": lazy_gettext("choosing anew, piece by piece"),
    "greedy": lazy_gettext("seating by urgency"),
    "parts": lazy_gettext("putting together what several planners plan"),
    "explain": lazy_gettext("finding out why some are left out"),
}
TERMS: Mapping[str, tuple[str, str]] = {
    "reward": (
        lazy_gettext("People planned"),
        lazy_gettext("Each person who gets all doses earns the weight of their priority times the reward"),
    ),
    "delay": (
        lazy_gettext("Days of waiting"),
        lazy_gettext("Each day before the first dose costs, the more the more urgent the person"),
    ),
    "km": (lazy_gettext("Travel"), lazy_gettext("Each kilometre to a dose costs a little")),
    "interval": (
        lazy_gettext("Interval"),
        lazy_gettext("Each day by which two doses lie off the ideal interval costs a little"),
    ),
    "moved": (
        lazy_gettext("Moved"),
        lazy_gettext("Each promised appointment that gets another time or place costs"),
    ),
    "dropped": (
        lazy_gettext("Dropped"),
        lazy_gettext("Each promised person whom the plan leaves out costs much"),
    ),
    "wasted": (
        lazy_gettext("Wasted doses"),
        lazy_gettext("Each dose of an opened vial that nobody gets costs"),
    ),
}
REASONS: Mapping[str, str] = {
    "no_centre_in_reach": lazy_gettext("No centre is near enough"),
    "no_schedule_allowed": lazy_gettext("No vaccine is allowed at their age among those they accept"),
    "no_session_when_available": lazy_gettext("No session is open when they can come"),
    "no_second_dose_in_interval": lazy_gettext("No second dose is possible inside the interval"),
    "out_of_doses": lazy_gettext("Doses ran out"),
    "out_of_seats": lazy_gettext("Seats ran out"),
    "lower_priority": lazy_gettext("More urgent people took the places, or equal ones by lot"),
    "household_together": lazy_gettext("Not all of the household could come together"),
    "place_not_used": lazy_gettext("A place was left, and taking it would have cost more than it earns"),
    "phase_not_open": lazy_gettext("Their group is not called yet"),
    "household_differs": lazy_gettext("The members of the household ask for different things"),
    "wishes_changed": lazy_gettext("They changed their wishes while the plan was made"),
    "not_in_the_file": lazy_gettext("The imported plan leaves them out"),
}
HELP: Mapping[str, str] = {
    "no_centre_in_reach": lazy_gettext("A session nearer to them, or a longer way that they accept"),
    "no_schedule_allowed": lazy_gettext("A vaccine for their age, or a rule that allows one"),
    "no_session_when_available": lazy_gettext("Sessions in the evening, at the weekend, or on other days"),
    "no_second_dose_in_interval": lazy_gettext(
        "Sessions and doses inside the interval, or more days planned"
    ),
    "out_of_doses": lazy_gettext("More doses in their reach: see what was scarce"),
    "out_of_seats": lazy_gettext("More seats in their reach: see what was scarce"),
    "lower_priority": lazy_gettext("More doses or seats: the next ones go to them"),
    "household_together": lazy_gettext("More seats side by side within half an hour"),
    "place_not_used": lazy_gettext("Other weights in the policy, or more time for the planner"),
    "phase_not_open": lazy_gettext("Their phase, in the programme"),
    "household_differs": lazy_gettext("The same wishes for all, or separate requests"),
    "wishes_changed": lazy_gettext("The next plan, which goes by the newer wishes"),
    "not_in_the_file": lazy_gettext("A plan made here, which gives the true reason"),
}
WHAT_IF_FAILURES: Mapping[str, str] = {
    "called_off": lazy_gettext("It was called off."),
    "planner_died": lazy_gettext("The planner stopped several times without an answer."),
    "planner_error": lazy_gettext("The planner broke down. Try again, and tell support."),
    "broken_rules": lazy_gettext("The plan broke a rule, so it was not kept."),
    "promised_already": lazy_gettext(
        "So many are promised to people already that this cannot be taken away."
    ),
    "no_such_archive": lazy_gettext("This plan's folder is not kept on this machine."),
    "nothing_to_change": lazy_gettext("The plan had no such seats or doses."),
}
FAILURES: Mapping[str, str] = {
    "planner_died": lazy_gettext("The planner stopped several times without an answer."),
    "problem_refused": lazy_gettext("The rules, stock or promises contradict each other."),
    "planner_error": lazy_gettext(
        "The planner broke down. Nothing was changed; try again, and tell support."
    ),
    "broken_rules": lazy_gettext("The plan broke a rule, so it was not kept."),
}
RULES: Mapping[str, str] = {
    "shape": lazy_gettext("rows that the problem does not have"),
    "capacity": lazy_gettext("more people than seats"),
    "stock": lazy_gettext("more doses than there are"),
    "same_centre": lazy_gettext("two doses at different centres"),
    "household": lazy_gettext("a household apart"),
    "pinned": lazy_gettext("a promised appointment not kept"),
}


def failure_words(failure: str) -> str:
    """The sentence for a stored failure; what follows the colon is detail."""
    code = failure.split(":", 1)[0]
    return str(FAILURES.get(code, FAILURES["planner_error"]))


def nearest_change(code: str, amount: float) -> str:
    """What would have let somebody into the plan as it stands; empty where nothing is known."""
    many = round(amount)
    words: dict[str, str] = {
        "accept_absence_dates": ngettext(
            "come on %(num)s date that they ruled out", "come on %(num)s dates that they ruled out", many
        ),
        "earlier": ngettext("come %(num)s day earlier", "come %(num)s days earlier", many),
        "more_times": gettext("come at any time of the week"),
        "second_elsewhere": gettext(
            "the second dose at another centre, %(km)s km away", km=number(amount, 1)
        ),
        "farther": gettext("travel %(km)s km", km=number(math.ceil(amount))),
        "other_product": gettext("accept every vaccine"),
        "without_household": gettext("come without the household"),
        "more_doses": gettext("only more doses"),
        "more_seats": gettext("only more seats"),
        "more_seats_and_doses": gettext("only more seats and more doses"),
        "no_change_helps": gettext("no single change"),
    }
    return str(words.get(code, ""))


def change(product: str, amount: int) -> str:
    """So many more (or fewer) doses of a product, or seats at each start."""
    n = abs(amount)
    words = {"count": number(n), "product": product}
    if product and amount > 0:
        said = ngettext(
            "%(count)s more dose of %(product)s", "%(count)s more doses of %(product)s", n, **words
        )
    elif product:
        said = ngettext(
            "%(count)s dose fewer of %(product)s", "%(count)s doses fewer of %(product)s", n, **words
        )
    elif amount > 0:
        said = ngettext("%(count)s more seat a start", "%(count)s more seats a start", n, **words)
    else:
        said = ngettext("%(count)s seat fewer a start", "%(count)s seats fewer a start", n, **words)
    return str(said)


def came_to(product: str, changed: int) -> str:
    """What a change came to."""
    many = number(abs(changed))
    if product:
        return str(gettext("in whole vials %(count)s", count=many))
    return str(gettext("in all %(count)s", count=many))


def moment_of(product: str, day: date, bands: int) -> str:
    """By when doses must come; the day and the parts of it for seats."""
    if product:
        return str(gettext("there by %(day)s", day=short_day(day)))
    parts = [str(name) for bit, name in enumerate(DAY_PARTS) if bands >> bit & 1]
    if len(parts) == len(DAY_PARTS):
        return short_day(day)
    between = f" {gettext('or')} "
    return f"{short_day(day)}, {between.join(parts)}"
