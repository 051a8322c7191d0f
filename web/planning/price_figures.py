"""Figures of prices: where and when one more seat or a hundred more doses are worth most."""

from flask_babel import gettext

from vaccination.readmodels import plan_prices
from vaccination.readmodels.plan_prices import USUAL_DOSES, Price, Scarcity
from vaccination.readmodels.plan_summary import RunView
from web import plots
from web.agency.figures import Figure
from web.planning.words import change
from web.presenters import number, short_day

WEEKS_SHOWN = 12
CENTRES_SHOWN = 15


def heat_maps(scarcity: Scarcity, run: RunView) -> list[Figure]:
    """One for the doses of each vaccine, one for the seats; none where nothing was scarce."""
    figures = []
    for product in scarcity.products():
        title = change(product, USUAL_DOSES)
        prices = [p for p in scarcity.prices if p.product == product]
        note = gettext("What they add at most if they come by the beginning of the week.")
        figures.append(_heat_map(title, note, prices, run, USUAL_DOSES))
    if seats := [p for p in scarcity.prices if not p.product]:
        note = gettext("What it adds at most on the best day of the week.")
        figures.append(_heat_map(gettext("One more seat"), note, seats, run, 1))
    return figures


def _heat_map(title: str, note: str, prices: list[Price], run: RunView, amount: int) -> Figure:
    grid = plan_prices.grid(prices, run, WEEKS_SHOWN)
    rows = [(name, [price * amount for price in values]) for name, values in grid.rows]
    if len(rows) > CENTRES_SHOWN:
        note += " " + gettext(
            "The %(shown)s dearest of %(count)s centres; the numbers name all.",
            shown=CENTRES_SHOWN, count=len(rows),
        )  # fmt: skip
    return Figure(
        title,
        plots.heat(
            [f"{monday.day:02d}/{monday.month:02d}" for monday in grid.mondays], rows[:CENTRES_SHOWN],
            unit=gettext("points, by centre and week"), title=title,
        ),
        (gettext("Centre"), *(short_day(monday) for monday in grid.mondays)),
        [(name, *(number(value) if value else "–" for value in values)) for name, values in rows],
        note,
    )  # fmt: skip
