"""Figures of the agency's pages: a plot with its title and the numbers behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext
from markupsafe import Markup

from vaccination.readmodels.centre_load import CentreLoad, Week
from web import plots
from web.presenters import number, percent, short_day


@dataclass(frozen=True, slots=True)
class Figure:
    """What `ui.plot_frame` shows."""

    title: str
    plot: Markup
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    note: str | None = None


def seats_a_week(weeks: Sequence[Week]) -> Figure:
    """Seats taken and free, week by week."""
    title = gettext("Seats a week")
    columns = (gettext("Week of"), gettext("Seats"), gettext("Taken"), gettext("Free"), gettext("Share"))
    return Figure(
        title,
        plots.stacked(
            [_place(week.monday) for week in weeks],
            {
                gettext("taken"): [week.taken for week in weeks],
                gettext("free"): [week.free for week in weeks],
            },
            unit=gettext("seats"),
            title=title,
            rest=gettext("free"),
        ),
        columns,
        [
            (short_day(w.monday), number(w.seats), number(w.taken), number(w.free), percent(w.share))
            for w in weeks
        ],
    )


def doses_a_week(rows: Sequence[tuple[date, int, int]]) -> Figure:
    """Doses that will have come by the end of each week, and doses promised in all until then."""
    title = gettext("Doses")
    sums = [sum(promised for _, _, promised in rows[: n + 1]) for n in range(len(rows))]
    return Figure(
        title,
        plots.lines(
            {
                gettext("there"): [(n, there) for n, (_, there, _) in enumerate(rows)],
                gettext("promised"): [(n, total) for n, total in enumerate(sums)],
            },
            unit=gettext("doses"),
            ticks=[(n, _place(monday)) for n, (monday, _, _) in enumerate(rows) if n % 2 == 0],
            title=title,
        ),
        (gettext("Week of"), gettext("There"), gettext("Promised that week"), gettext("Promised in all")),
        [
            (short_day(monday), number(there), number(promised), number(total))
            for (monday, there, promised), total in zip(rows, sums, strict=True)
        ],
        gettext(
            "There: on hand now or delivered by the week's end. "
            "Promised: needed by appointments up to that week."
        ),
    )


def load_by_centre(centres: Sequence[CentreLoad], title: str) -> Figure:
    """How full each centre is."""
    shown = sorted((c for c in centres if c.seats), key=lambda c: -c.taken / c.seats)[:20]
    return Figure(
        title,
        plots.bars(
            [(c.name, round(100 * c.taken / c.seats, 1)) for c in shown], unit=gettext("% of seats taken"),
            title=title,
        ),
        (gettext("Centre"), gettext("Seats"), gettext("Taken"), gettext("Share")),
        [
            (c.name, number(c.seats), number(c.taken), percent(c.taken / c.seats if c.seats else 0))
            for c in centres
        ],
    )  # fmt: skip


def _place(monday: date) -> str:
    return f"{monday.day:02d}/{monday.month:02d}"
