"""The cheapest way to serve a unit under given costs of seats and doses: compiled, one unit at a time."""

import numpy as np

from solver.loops.compiled import compiled, compiled_within


@compiled_within
def disturbance(crowd, rules, u, dose, c, d):
    """Price of the promises that the unit would not keep with this dose there; inf where one is pinned."""
    cost = 0.0
    for i in range(crowd.promise_at[u], crowd.promise_at[u + 1]):
        if crowd.promise_dose[i] == dose and (crowd.promise_centre[i] != c or crowd.promise_day[i] != d):
            cost += np.inf if crowd.promise_pinned[i] else rules.moved
    return cost


@compiled_within
def seat_cost(crowd, rules, costs, u, c, d):
    """What one head of the unit pays for a seat there; inf where it cannot come or not together."""
    bands = crowd.bands[u, d]
    if crowd.size[u] > 1 and rules.together[c, d, bands] < crowd.size[u]:
        return np.inf
    return costs.seat[c, d, bands]


@compiled_within
def second_alone(crowd, rules, costs, u, limit):
    """For those whose first dose was given elsewhere: cost, schedule, centre, day, second centre, day."""
    best, way, centre, day = limit, -1, -1, -1
    size, slope = crowd.size[u], rules.delay * crowd.weight[u]
    k = crowd.ways[u]
    for i in range(crowd.near_at[u], crowd.near_at[u + 1]):
        c, travel = crowd.near_centre[i], rules.km * size * crowd.near_km[i]
        for j in range(rules.way_at[k], rules.way_at[k + 1]):
            s = rules.way_schedule[j]
            begin = max(crowd.first_day[u] + rules.min_days[s], crowd.earliest[u])
            for d in range(begin, min(crowd.first_day[u] + rules.max_days[s], crowd.bands.shape[1] - 1) + 1):
                gap = abs(d - crowd.first_day[u] - rules.ideal_days[s])
                cost = costs.dose[c, rules.second_product[s], d] + rules.interval * gap
                cost = size * cost + travel + slope * (d - crowd.earliest[u])
                if cost < best:
                    cost += size * seat_cost(crowd, rules, costs, u, c, d)
                    cost += disturbance(crowd, rules, u, 2, c, d)
                    if cost < best:
                        best, way, centre, day = cost, s, c, d
    return best, way, -1, -1, centre, day


@compiled_within
def second_after(crowd, rules, costs, u, s, c, d, limit):
    """Cost and day of the cheapest second dose at centre c after a first dose on day d."""
    best, day, size = limit, -1, crowd.size[u]
    for g in range(rules.min_days[s], min(rules.max_days[s], crowd.bands.shape[1] - 1 - d) + 1):
        if crowd.bands[u, d + g]:
            cost = costs.dose[c, rules.second_product[s], d + g]
            cost = size * (cost + rules.interval * abs(g - rules.ideal_days[s]))
            if cost < best:
                cost += size * seat_cost(crowd, rules, costs, u, c, d + g)
                cost += disturbance(crowd, rules, u, 2, c, d + g)
                if cost < best:
                    best, day = cost, d + g
    return best, day


@compiled_within
def likeliest_days(crowd, rules, costs, u):
    """For each near centre of the unit, the first day with the lowest floor, and that floor.

    One call a unit: handing all tables to a function costs more than a look at a day.
    """
    low = crowd.near_at[u]
    many = crowd.near_at[u + 1] - low
    floors, likeliest = np.full(many, np.inf), np.full(many, -1)
    size, slope, k, h = crowd.size[u], rules.delay * crowd.weight[u], crowd.ways[u], crowd.habit[u]
    days, delay, open_days = np.empty(crowd.bands.shape[1], np.int64), np.empty(crowd.bands.shape[1]), 0
    for d in range(crowd.earliest[u], crowd.bands.shape[1]):
        if crowd.bands[u, d]:
            days[open_days], delay[open_days] = d, slope * (d - crowd.earliest[u])
            open_days += 1
    for i in range(many):
        c = crowd.near_centre[low + i]
        least, at = np.inf, -1
        for j in range(open_days):
            cost = size * costs.floor[c, h, k, days[j]] + delay[j]
            if cost < least:
                least, at = cost, days[j]
        floors[i] = least + rules.km * size * crowd.near_km[low + i]
        likeliest[i] = at
    return floors, likeliest


@compiled_within
def on_day(crowd, rules, costs, u, i, d, limit):
    """Both doses at the unit's i-th near centre, the first on day d: cost, schedule, day of the second."""
    best, way, day_2 = limit, -1, -1
    size, k, h, c = crowd.size[u], crowd.ways[u], crowd.habit[u], crowd.near_centre[i]
    travel = rules.km * size * crowd.near_km[i]
    start = travel + rules.delay * crowd.weight[u] * (d - crowd.earliest[u])
    start += size * seat_cost(crowd, rules, costs, u, c, d) + disturbance(crowd, rules, u, 1, c, d)
    if start >= best:
        return best, -1, -1
    for j in range(rules.way_at[k], rules.way_at[k + 1]):
        s = rules.way_schedule[j]
        if d < rules.valid_from[s] or d > rules.valid_to[s]:
            continue
        cost = start + size * costs.dose[c, rules.first_product[s], d]
        if rules.second_product[s] < 0:
            if cost < best:
                best, way, day_2 = cost, s, -1
            continue
        cost += travel
        if cost + size * costs.later[c, h, s, d] < best:
            rest, after = second_after(crowd, rules, costs, u, s, c, d, best - cost)
            if after >= 0:
                best, way, day_2 = cost + rest, s, after
    return best, way, day_2


@compiled_within
def at_centre(crowd, rules, costs, u, i, likeliest, limit):
    """Both doses at the unit's i-th near centre: cost, schedule, centre, day, second centre, day.

    The likeliest day is looked at first: after it most others are passed over.
    """
    best, way, day_2 = on_day(crowd, rules, costs, u, i, likeliest, limit)
    day_1 = likeliest if way >= 0 else -1
    size, slope, k, h = crowd.size[u], rules.delay * crowd.weight[u], crowd.ways[u], crowd.habit[u]
    c, travel = crowd.near_centre[i], rules.km * size * crowd.near_km[i]
    for d in range(crowd.earliest[u], crowd.bands.shape[1]):
        start = travel + slope * (d - crowd.earliest[u])
        if d == likeliest or crowd.bands[u, d] == 0 or start + size * costs.floor[c, h, k, d] >= best:
            continue
        found = on_day(crowd, rules, costs, u, i, d, best)
        if found[1] >= 0:
            best, way, day_2 = found
            day_1 = d
    if way < 0:
        return best, -1, -1, -1, -1, -1
    return best, way, c, day_1, (c if day_2 >= 0 else -1), day_2


@compiled_within
def far_floors(crowd, rules, costs, u):
    """Schedule × first day: what the second dose costs at least at the unit's other place."""
    k, h, size = crowd.ways[u], crowd.habit[u], crowd.size[u]
    least = np.full((len(rules.min_days), crowd.bands.shape[1]), np.inf)
    for j in range(rules.way_at[k], rules.way_at[k + 1]):
        s = rules.way_schedule[j]
        if rules.second_product[s] < 0:
            least[s] = 0.0
            continue
        for f in range(crowd.far_at[u], crowd.far_at[u + 1]):
            there = rules.km * size * crowd.far_km[f]
            for d in range(max(rules.valid_from[s], crowd.earliest[u]), rules.valid_to[s] + 1):
                least[s, d] = min(least[s, d], there + size * costs.later[crowd.far_centre[f], h, s, d])
    return least


@compiled_within
def at_two_places(crowd, rules, costs, u, i, far, limit):
    """First dose at the unit's i-th near centre, the second near its other place (see `far_floors`)."""
    best, way, day_1, centre_2, day_2 = limit, -1, -1, -1, -1
    size, slope, k, h = crowd.size[u], rules.delay * crowd.weight[u], crowd.ways[u], crowd.habit[u]
    c, travel = crowd.near_centre[i], rules.km * size * crowd.near_km[i]
    for d in range(crowd.earliest[u], crowd.bands.shape[1]):
        start = travel + slope * (d - crowd.earliest[u])
        if crowd.bands[u, d] == 0 or start >= best:
            continue
        start += size * seat_cost(crowd, rules, costs, u, c, d)
        start += disturbance(crowd, rules, u, 1, c, d)
        for j in range(rules.way_at[k], rules.way_at[k + 1]):
            s = rules.way_schedule[j]
            cost = start + size * costs.dose[c, rules.first_product[s], d]
            if d < rules.valid_from[s] or d > rules.valid_to[s] or cost + far[s, d] >= best:
                continue
            if rules.second_product[s] < 0:
                best, way, day_1, centre_2, day_2 = cost, s, d, -1, -1
                continue
            for f in range(crowd.far_at[u], crowd.far_at[u + 1]):
                c2 = crowd.far_centre[f]
                there = cost + rules.km * size * crowd.far_km[f]
                if there + size * costs.later[c2, h, s, d] < best:
                    rest, after = second_after(crowd, rules, costs, u, s, c2, d, best - there)
                    if after >= 0:
                        best, way, day_1, centre_2, day_2 = there + rest, s, d, c2, after
    if way < 0:
        return best, -1, -1, -1, -1, -1
    return best, way, c, day_1, centre_2, day_2


@compiled_within
def cheapest(crowd, rules, costs, u, limit):
    """The unit's cheapest option below the limit, over all its centres; schedule -1 where there is none."""
    if crowd.begun[u]:
        return second_alone(crowd, rules, costs, u, limit)
    best = (limit, -1, -1, -1, -1, -1)
    low = crowd.near_at[u]
    if crowd.elsewhere[u]:
        far = far_floors(crowd, rules, costs, u)
        for i in range(low, crowd.near_at[u + 1]):
            found = at_two_places(crowd, rules, costs, u, i, far, best[0])
            if found[1] >= 0:
                best = found
        return best
    floors, likeliest = likeliest_days(crowd, rules, costs, u)
    for i in range(len(floors)):
        if floors[i] < best[0]:
            found = at_centre(crowd, rules, costs, u, low + i, likeliest[i], best[0])
            if found[1] >= 0:
                best = found
    return best


@compiled_within
def distance(at, centre, km, u, c):
    """How far the centre is from the unit; inf where it is not among the unit's centres."""
    for i in range(at[u], at[u + 1]):
        if centre[i] == c:
            return km[i]
    return np.inf


@compiled_within
def cost_of(crowd, rules, seat, dose, u, option):
    """What an option costs at these prices: way, delay, interval, moves, seats and doses."""
    s, c1, d1, c2, d2 = option[0], option[1], option[2], option[3], option[4]
    size, cost, begin = crowd.size[u], 0.0, d1
    if d1 >= 0:
        cost += rules.km * size * distance(crowd.near_at, crowd.near_centre, crowd.near_km, u, c1)
        cost += size * (seat[c1, d1, crowd.bands[u, d1]] + dose[c1, rules.first_product[s], d1])
        cost += disturbance(crowd, rules, u, 1, c1, d1)
    if d2 >= 0:
        gap = d2 - d1
        if crowd.begun[u]:
            begin, gap = d2, d2 - crowd.first_day[u]
        if crowd.elsewhere[u]:
            cost += rules.km * size * distance(crowd.far_at, crowd.far_centre, crowd.far_km, u, c2)
        else:
            cost += rules.km * size * distance(crowd.near_at, crowd.near_centre, crowd.near_km, u, c2)
        cost += size * (seat[c2, d2, crowd.bands[u, d2]] + dose[c2, rules.second_product[s], d2])
        cost += size * rules.interval * abs(gap - rules.ideal_days[s]) + disturbance(
            crowd, rules, u, 2, c2, d2
        )
    return cost + rules.delay * crowd.weight[u] * (begin - crowd.earliest[u])


@compiled
def choose_all(crowd, rules, costs, rows, gain, option):
    """Best gain of each of these units over its `least`, and the option behind it (schedule -1: none)."""
    for i in range(len(rows)):
        u = rows[i]
        found = cheapest(crowd, rules, costs, u, crowd.worth[u] - crowd.least[u])
        gain[i] = crowd.worth[u] - found[0]
        option[i, 0], option[i, 1], option[i, 2] = found[1], found[2], found[3]
        option[i, 3], option[i, 4] = found[4], found[5]
