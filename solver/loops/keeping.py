"""Units put back at the very slots that they were promised."""

from solver.loops.compiled import compiled, compiled_within
from solver.loops.placing import five, place, remove


@compiled_within
def stands(stand, crowd, u):
    """Whether every member sits at the very slots that were promised."""
    for i in range(crowd.promise_at[u], crowd.promise_at[u + 1]):
        z = stand.exact[crowd.promise_request[i], crowd.promise_dose[i] - 1]
        if z < 0 or z != crowd.promise_slot[i]:
            return False
    return True


@compiled
def keep_all(stand, crowd, rules, order, options):
    """Place these units, one after the other, where they lose nothing that was promised; the others wait."""
    done = 0
    for i in range(len(order)):
        u = order[i]
        if stand.option[u, 0] >= 0 or options[i, 0] < 0:
            continue
        if place(stand, crowd, rules, u, five(options[i])):
            if stands(stand, crowd, u):
                done += 1
            else:
                remove(stand, crowd, rules, u)
    return done
