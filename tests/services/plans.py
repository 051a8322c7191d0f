"""A planner one can follow with a finger: each request takes the next free seat, in row order."""

import numpy as np

from solver.contract import NONE, Plan, PlanStatus, Problem, WhyUnplanned


def plan_in_order(problem: Problem, *, most: int = 10**9) -> Plan:
    """Pairs of the first schedule: dose 1 on the first day that has slots, dose 2 on the last one."""
    slots, n = problem.slots, len(problem.requests)
    schedule, first, second = (np.full(n, NONE) for _ in range(3))
    taken = np.zeros(len(slots), dtype=np.int64)
    for centre, day, minute in zip(
        problem.promised.centre, problem.promised.day, problem.promised.minute, strict=True
    ):
        taken[(slots.centre == centre) & (slots.day == day) & (slots.minute == minute)] += 1
    days = np.unique(slots.day)
    for row in range(min(n, most)):
        pair = [np.flatnonzero((slots.day == day) & (taken < slots.seats)) for day in (days[0], days[-1])]
        if not all(len(free) for free in pair):
            break
        schedule[row], first[row], second[row] = 0, pair[0][0], pair[1][0]
        taken[first[row]] += 1
        taken[second[row]] += 1
    why = np.where(schedule == NONE, WhyUnplanned.OUT_OF_SEATS, WhyUnplanned.PLANNED)
    return Plan(schedule, first, second, why, {"reward": 1.0}, 1.0, 2.0, PlanStatus.FEASIBLE, "in order")
