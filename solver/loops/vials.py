"""Vials drawn from lots, first expired first out, and the days on which one more could be drawn."""

import numpy as np

from solver.loops.compiled import compiled_within


@compiled_within
def draw(lot_first, lot_last, lot_vials, need_by_day, more, drawn):
    """Draw the days' vials from the lots of one product at one centre; False where they fall short.

    `more` becomes True on the days that could have another vial; `drawn` (lot × day) is scratch. A lot that
    is used up still opens its days where another lot could take over a day on which it gives a vial.
    """
    lots, days = len(lot_vials), len(need_by_day)
    left = lot_vials.copy()
    drawn[:lots] = False
    for d in range(days):
        need = need_by_day[d]
        for i in range(lots):
            if need == 0:
                break
            if left[i] and lot_first[i] <= d <= lot_last[i]:
                take = min(need, left[i])
                left[i] -= take
                need -= take
                drawn[i, d] = True
        if need:
            return False
    more[:] = False
    opened = np.zeros(lots, np.bool_)
    found = True
    while found:
        found = False
        for i in range(lots):
            if opened[i] or not (left[i] or (drawn[i] & more).any()):
                continue
            opened[i] = found = True
            more[lot_first[i] : min(lot_last[i], days - 1) + 1] = True
    return True
