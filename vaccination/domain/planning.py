"""The life of a plan run (docs/states.md)."""

from enum import StrEnum


class RunStatus(StrEnum):
    """QUEUED, RUNNING and APPLYING are live: one live run a programme (a partial unique index)."""

    QUEUED = "queued"
    RUNNING = "running"
    PROPOSED = "proposed"  # kept for review
    APPLYING = "applying"  # centre by centre
    APPLIED = "applied"
    DISCARDED = "discarded"
    FAILED = "failed"


LIVE_RUN = (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.APPLYING)


class LeftOut(StrEnum):
    """Why a waiting request does not take part in a plan, or not in its booking (docs/states.md)."""

    PHASE_NOT_OPEN = "phase_not_open"  # its priority group, or a household member's, is not called yet
    HOUSEHOLD_DIFFERS = "household_differs"  # its members ask for different things
    WISHES_CHANGED = "wishes_changed"  # while the plan was made: the next one goes by the newer wishes


class CentreShareStatus(StrEnum):
    """A plan is applied centre by centre, each all or nothing."""

    PENDING = "pending"
    APPLIED = "applied"


class PartStatus(StrEnum):
    """A part of a run's problem that shares nobody with the others, planned by whichever planner takes it."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class WhatIfKind(StrEnum):
    """What a what-if changes in the problem of a run."""

    SEATS = "seats"
    DOSES = "doses"


class WhatIfStatus(StrEnum):
    """QUEUED and RUNNING are live: one live what-if a run (a partial unique index)."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


LIVE_WHAT_IF = (WhatIfStatus.QUEUED, WhatIfStatus.RUNNING)
