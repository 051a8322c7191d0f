"""Why a request has no place, and what would have helped: stable codes and sentences for a plan's files."""

import math

from solver.contract import NearestChange, WhyUnplanned

SENTENCES = {
    WhyUnplanned.NO_CENTRE_IN_REACH: "No centre lies within the distance that the person travels.",
    WhyUnplanned.NO_SCHEDULE_ALLOWED: "No vaccine that the person accepts is allowed at this age.",
    WhyUnplanned.NO_SESSION_WHEN_AVAILABLE: "No centre in reach is open when the person can come.",
    WhyUnplanned.NO_SECOND_DOSE_IN_INTERVAL: "No second dose is possible inside the interval.",
    WhyUnplanned.OUT_OF_DOSES: "The doses in reach ran out.",
    WhyUnplanned.OUT_OF_SEATS: "The seats in reach ran out.",
    WhyUnplanned.LOWER_PRIORITY: "The places in reach went to more urgent people, or to equal ones by lot.",
    WhyUnplanned.HOUSEHOLD_TOGETHER: "Each of the household could come alone, but not all of them together.",
    WhyUnplanned.PLACE_NOT_USED: "A place is left: taking it costs more than it earns, or time ended.",
}
CHANGES = {
    NearestChange.ACCEPT_ABSENCE_DATES: "Coming on {} of the dates that were ruled out would have helped.",
    NearestChange.EARLIER: "Coming {} days before the earliest date named would have helped.",
    NearestChange.MORE_TIMES: "Coming at any time of any day of the week would have helped.",
    NearestChange.SECOND_ELSEWHERE: "A second dose at another centre, {} km away, would have helped.",
    NearestChange.FARTHER: "Travelling {} km would have helped.",
    NearestChange.OTHER_PRODUCT: "Accepting every vaccine would have helped.",
    NearestChange.WITHOUT_HOUSEHOLD: "Coming alone, without the household, would have helped.",
    NearestChange.MORE_DOSES: "Only more doses would have helped: {} at most.",
    NearestChange.MORE_SEATS: "Only more seats would have helped: {} at most.",
    NearestChange.MORE_SEATS_AND_DOSES: "Only more seats and doses would have helped: {} of each at most.",
    NearestChange.NO_CHANGE_HELPS: "No single change would have helped.",
}
IN_KM = (NearestChange.SECOND_ELSEWHERE, NearestChange.FARTHER)
COUNTED = (
    NearestChange.ACCEPT_ABSENCE_DATES, NearestChange.EARLIER, NearestChange.MORE_TIMES,
    NearestChange.OTHER_PRODUCT, NearestChange.MORE_DOSES, NearestChange.MORE_SEATS,
    NearestChange.MORE_SEATS_AND_DOSES,
)  # fmt: skip


def code_of(code: WhyUnplanned | NearestChange) -> str:
    """The name of a reason or a change in files; no change has none."""
    return "" if code is NearestChange.NONE else code.name.lower()


def amount_text(change: NearestChange, amount: float) -> str:
    """How much of a change: kilometres, rounded up so that they are enough, or a number."""
    if change in IN_KM:
        return f"{math.ceil(amount * 10) / 10:.1f}"
    return str(round(amount)) if change in COUNTED else ""


def sentence_of(why: WhyUnplanned, change: NearestChange, amount: float) -> str:
    """Why, and what would have helped."""
    if change is NearestChange.NONE:
        return SENTENCES[why]
    return f"{SENTENCES[why]} {CHANGES[change].format(amount_text(change, amount))}"
