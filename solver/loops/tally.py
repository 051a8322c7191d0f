"""What chosen options take of seats and doses, added up by column of a programme."""

from solver.loops.compiled import compiled


@compiled
def tally(crowd, rules, units, column, option, rows, prices, use, paid):
    """Add each option's use to its column's rows, and what it pays at these prices to the column.

    `rows` tells the row of a dose (centre × product × day) and of a set of bands (centre × day × set), -1
    where the programme has none, the open bands, and how much a dose takes of its row; `prices` are those of
    a dose and of a seat. What is chosen at a centre whose doses have no rows is not the programme's business.
    """
    row_dose, row_seat, open_bands, weight = rows
    dose, seat = prices
    for i in range(len(units)):
        u, s = units[i], option[i, 0]
        for k in range(2):
            c, d = option[i, 1 + 2 * k], option[i, 2 + 2 * k]
            if s < 0 or d < 0:
                continue
            p = rules.first_product[s] if k == 0 else rules.second_product[s]
            if row_dose[c, p, d] < 0:
                continue
            use[column[i], row_dose[c, p, d]] += crowd.size[u] * weight[c, p, d]
            bands = crowd.bands[u, d] & open_bands[c, d]
            for wider in range(1, 8):
                if not bands & ~wider and row_seat[c, d, wider] >= 0:
                    use[column[i], row_seat[c, d, wider]] += crowd.size[u]
            paid[column[i]] += crowd.size[u] * (dose[c, p, d] + seat[c, d, crowd.bands[u, d]])


@compiled
def dose_load(crowd, rules, units, option, load):
    """Add the doses that these options give, by centre, product and day."""
    for i in range(len(units)):
        s = option[i, 0]
        for k in range(2):
            c, d = option[i, 1 + 2 * k], option[i, 2 + 2 * k]
            if s >= 0 and d >= 0:
                p = rules.first_product[s] if k == 0 else rules.second_product[s]
                load[c, p, d] += crowd.size[units[i]]


@compiled
def seat_load(crowd, units, option, open_bands, load):
    """Add the people that these options seat, by centre, day and set of open bands."""
    for i in range(len(units)):
        u = units[i]
        for k in range(2):
            c, d = option[i, 1 + 2 * k], option[i, 2 + 2 * k]
            if option[i, 0] >= 0 and d >= 0:
                load[c, d, crowd.bands[u, d] & open_bands[c, d]] += crowd.size[u]


@compiled
def tally_seats(crowd, units, column, option, row_seat, open_bands, use):
    """Add what each option takes of the rows of sets of bands to its column."""
    for i in range(len(units)):
        u = units[i]
        for k in range(2):
            c, d = option[i, 1 + 2 * k], option[i, 2 + 2 * k]
            if option[i, 0] >= 0 and d >= 0:
                bands = crowd.bands[u, d] & open_bands[c, d]
                for wider in range(1, 8):
                    if not bands & ~wider and row_seat[c, d, wider] >= 0:
                        use[column[i], row_seat[c, d, wider]] += crowd.size[u]
