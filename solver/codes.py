"""Codes of a plan: how good it is known to be, why a request has no place, and what would have helped."""

from enum import Enum, IntEnum


class PlanStatus(Enum):
    """How good a plan is known to be."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    FALLBACK = "fallback"
    """First come, first served, because time or memory ended before anything better was found."""


class WhyUnplanned(IntEnum):
    """Why a request has no place. The codes are stable: they are stored."""

    PLANNED = 0
    NO_CENTRE_IN_REACH = 1
    NO_SCHEDULE_ALLOWED = 2
    NO_SESSION_WHEN_AVAILABLE = 3
    NO_SECOND_DOSE_IN_INTERVAL = 4
    OUT_OF_DOSES = 5
    OUT_OF_SEATS = 6
    LOWER_PRIORITY = 7
    """There was a place, and it went to somebody more urgent, or equal and luckier in the lottery."""
    HOUSEHOLD_TOGETHER = 8
    """Each member could come alone, but not all at one time and place."""
    PLACE_NOT_USED = 9
    """A place is left that would do: taking it costs the score more than it earns, or time ended."""


class NearestChange(IntEnum):
    """The first change, in this order, that would have let the request into the plan as it stands.

    The codes are stable: they are stored. What the person could change comes first, from the least to give up
    to the most; then what the region could. Each is a change of one thing only.
    """

    NONE = 0
    """The request is planned, or would fit without a change; or nobody has looked."""
    ACCEPT_ABSENCE_DATES = 1
    """Come on dates that were ruled out; the amount is how many."""
    EARLIER = 2
    """Come before the earliest date that was named; the amount is days."""
    MORE_TIMES = 3
    """Come in any part of any day of the week; the amount is how many doses fall into new ones."""
    SECOND_ELSEWHERE = 4
    """Take the second dose at another centre in reach; the amount is the way there in km."""
    FARTHER = 5
    """Travel farther; the amount is how far, in km."""
    OTHER_PRODUCT = 6
    """Accept every product; the amount is how many doses are of one that was not accepted."""
    WITHOUT_HOUSEHOLD = 7
    """Come alone instead of with the household."""
    MORE_DOSES = 8
    """Nothing that the person could change: doses in reach, where seats are left; at most so many."""
    MORE_SEATS = 9
    """Seats in reach at times when they can come, where doses are left; at most so many."""
    MORE_SEATS_AND_DOSES = 10
    """Both, at most so many of each."""
    NO_CHANGE_HELPS = 11
    """No single one of these would have been enough."""
