"""Why a request has no place: a stable code and a sentence for whoever reads the plan's files."""

from solver.contract import WhyUnplanned

SENTENCES = {
    WhyUnplanned.NO_CENTRE_IN_REACH: "No centre lies within the distance that the person travels.",
    WhyUnplanned.NO_SCHEDULE_ALLOWED: "No vaccine that the person accepts is allowed at this age.",
    WhyUnplanned.NO_SESSION_WHEN_AVAILABLE: "No centre in reach is open when the person can come.",
    WhyUnplanned.NO_SECOND_DOSE_IN_INTERVAL: "No second dose is possible inside the interval.",
    WhyUnplanned.OUT_OF_DOSES: "The doses in reach ran out.",
    WhyUnplanned.OUT_OF_SEATS: "The seats in reach ran out.",
    WhyUnplanned.LOWER_PRIORITY: "The places in reach went to more urgent people, or to equal ones by lot.",
    WhyUnplanned.HOUSEHOLD_TOGETHER: "Each of the household could come alone, but not all of them together.",
}


def code_of(reason: WhyUnplanned) -> str:
    """The reason's name in files."""
    return reason.name.lower()
