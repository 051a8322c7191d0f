"""Filling a stand and bettering it: everybody takes the best that is left, then people make room for others.

Costs are those of the market: way, delay, interval and moves, and what seats and doses are worth to everybody
else. A move that frees what is scarce is a gain even before somebody else takes it.
"""

import numpy as np

from solver.loops.choice import cheapest, cost_of
from solver.loops.compiled import compiled, compiled_within
from solver.loops.placing import five, place, remove


@compiled
def place_all(stand, crowd, rules, order, options):
    """Place these units where their options say, as far as that is possible; how many were placed."""
    done = 0
    for i in range(len(order)):
        u = order[i]
        if stand.option[u, 0] < 0 and options[i, 0] >= 0 and place(stand, crowd, rules, u, five(options[i])):
            done += 1
    return done


@compiled
def fill(stand, crowd, rules, costs, order):
    """Place these units, one after the other, at the best that is left for each; how many were placed."""
    done = 0
    for i in range(len(order)):
        u = order[i]
        if stand.option[u, 0] < 0:
            found = cheapest(crowd, rules, costs, u, crowd.worth[u] - crowd.least[u])
            if found[1] >= 0 and place(stand, crowd, rules, u, found[1:]):
                done += 1
    return done


@compiled_within
def cost_now(stand, crowd, rules, u):
    """What the unit's present place costs, or what leaving it out does."""
    if stand.option[u, 0] < 0:
        return crowd.worth[u] - crowd.least[u]
    return cost_of(crowd, rules, stand.seat_price, stand.dose_price, u, stand.option[u])


@compiled
def costs_now(stand, crowd, rules, cost):
    """The same for all units."""
    for u in range(len(cost)):
        cost[u] = cost_now(stand, crowd, rules, u)


@compiled_within
def enter(stand, crowd, rules, who, u, option):
    """Place the unit and write it into the lists of its centres and days."""
    if not place(stand, crowd, rules, u, option):
        return False
    at, people, many, position = who
    for k in range(2):
        c, d = option[1 + 2 * k], option[2 + 2 * k]
        if d >= 0:
            row = c * stand.vials.shape[2] + d
            position[u, k] = many[row]
            people[at[row] + many[row]] = 2 * u + k
            many[row] += 1
    return True


@compiled_within
def leave(stand, crowd, rules, who, u):
    """Take the unit off, out of the lists, and tell what it had."""
    at, people, many, position = who
    for k in range(2):
        c, d = stand.option[u, 1 + 2 * k], stand.option[u, 2 + 2 * k]
        if d >= 0:
            row = c * stand.vials.shape[2] + d
            many[row] -= 1
            last = people[at[row] + many[row]]
            people[at[row] + position[u, k]] = last
            position[last // 2, last % 2] = position[u, k]
    return remove(stand, crowd, rules, u)


@compiled
def list_people(stand, who):
    """Write everybody who is placed into the lists of centres and days."""
    at, people, many, position = who
    many[:] = 0
    for u in range(len(stand.option)):
        for k in range(2):
            c, d = stand.option[u, 1 + 2 * k], stand.option[u, 2 + 2 * k]
            if d >= 0:
                row = c * stand.vials.shape[2] + d
                position[u, k] = many[row]
                people[at[row] + many[row]] = 2 * u + k
                many[row] += 1


@compiled_within
def change(stand, crowd, rules, who, u, option):
    """Give the unit another place if that can be; else it keeps its own. False where it lost both."""
    had = stand.option[u, 0] >= 0
    old = leave(stand, crowd, rules, who, u) if had else (-1, -1, -1, -1, -1)
    if enter(stand, crowd, rules, who, u, option):
        return True
    return not had or enter(stand, crowd, rules, who, u, old)


@compiled_within
def make_room(stand, crowd, rules, costs, who, u, v, least):
    """Let v give up its place so that u finds a better one, and find v another; what was gained, else 0.

    Nothing changes where less than `least` is gained.
    """
    mine, theirs = cost_now(stand, crowd, rules, u), cost_now(stand, crowd, rules, v)
    had = stand.option[u, 0] >= 0
    old_v = leave(stand, crowd, rules, who, v)
    old_u = (-1, -1, -1, -1, -1)
    found = cheapest(crowd, rules, costs, u, mine - least)
    if found[1] >= 0:
        if had:
            old_u = leave(stand, crowd, rules, who, u)
        if enter(stand, crowd, rules, who, u, found[1:]):
            gained = mine - cost_now(stand, crowd, rules, u)
            without = crowd.worth[v] - crowd.least[v]
            other = cheapest(crowd, rules, costs, v, min(without, theirs + gained - least))
            if other[1] >= 0 and enter(stand, crowd, rules, who, v, other[1:]):
                return gained + theirs - cost_now(stand, crowd, rules, v)
            if other[1] < 0 and without < theirs + gained - least:
                return gained + theirs - without
            leave(stand, crowd, rules, who, u)
        if had and not enter(stand, crowd, rules, who, u, old_u):
            return -np.inf
    if not enter(stand, crowd, rules, who, v, old_v):
        return -np.inf
    return 0.0


@compiled_within
def ask_others(stand, crowd, rules, costs, who, u, ideal, least, tries):
    """Ask some people who have what the unit would like best to make room; what was gained."""
    at, people, many, _ = who
    for k in range(2):
        c, d, s = ideal[1 + 2 * k], ideal[2 + 2 * k], ideal[0]
        if s < 0 or d < 0:
            continue
        p = rules.first_product[s] if k == 0 else rules.second_product[s]
        no_dose = stand.dose[c, p, d] == np.inf
        row = c * stand.vials.shape[2] + d
        if many[row] == 0 or not (no_dose or stand.seat[c, d, crowd.bands[u, d]] == np.inf):
            continue
        for _ in range(tries):
            w = people[at[row] + np.random.randint(many[row])]
            v, t = w // 2, stand.option[w // 2, 0]
            q = rules.first_product[t] if w % 2 == 0 else rules.second_product[t]
            if v == u or crowd.size[v] > 1 or crowd.least[v] == -np.inf or (no_dose and q != p):
                continue
            gained = make_room(stand, crowd, rules, costs, who, u, v, least)
            if gained != 0:
                return gained
    return 0.0


@compiled
def better(stand, crowd, rules, costs, who, order, ideal, ideal_cost, limits):
    """Units that have less than their ideal look again, and ask others near the ideal to make room.

    `limits`: least gain worth a move, tries a dose, seed. Returns what was gained.
    """
    least, tries = limits[0], int(limits[1])
    np.random.seed(int(limits[2]))
    total = 0.0
    for i in range(len(order)):
        u = order[i]
        mine = cost_now(stand, crowd, rules, u)
        if mine - ideal_cost[u] <= least:
            continue
        found = cheapest(crowd, rules, costs, u, mine - 1e-3)
        if found[1] >= 0:
            change(stand, crowd, rules, who, u, found[1:])
            now = cost_now(stand, crowd, rules, u)
            # Who must be planned and is not costs inf, before and perhaps after.
            if now < mine:
                total += mine - now
                mine = now
        if mine - ideal_cost[u] > least:
            total += ask_others(stand, crowd, rules, costs, who, u, ideal[u], least, tries)
    return total
