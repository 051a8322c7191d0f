"""Words of planning: states of a run, phases of the planner, terms of the score, reasons."""

from collections.abc import Mapping

from flask_babel import lazy_gettext

from vaccination.domain.planning import RunStatus

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
    "greedy": lazy_gettext("seating by urgency"),
    "explain": lazy_gettext("finding out why some are left out"),
}
TERMS: Mapping[str, tuple[str, str]] = {
    "reward": (lazy_gettext("People planned"), lazy_gettext("each by the weight of their priority")),
    "delay": (lazy_gettext("Days of waiting"), lazy_gettext("days until the first dose, by weight")),
    "km": (lazy_gettext("Travel"), lazy_gettext("kilometres to the doses")),
    "interval": (lazy_gettext("Interval"), lazy_gettext("days away from the ideal interval")),
    "moved": (lazy_gettext("Moved"), lazy_gettext("appointments moved to another time or place")),
    "dropped": (lazy_gettext("Dropped"), lazy_gettext("promised people whom the plan leaves out")),
    "wasted": (lazy_gettext("Wasted doses"), lazy_gettext("doses of opened vials that nobody gets")),
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
    "phase_not_open": lazy_gettext("Their group is not called yet"),
    "household_differs": lazy_gettext("The members of the household ask for different things"),
    "not_in_the_file": lazy_gettext("The imported plan leaves them out"),
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
