"""The gallery: every part on one page, for whoever works on them and for the accessibility test."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from web import plots
from web.access import public
from web.forms import FilledForm

bp = Blueprint("parts", __name__, template_folder="templates")
DENSITIES = ("citizen", "desk", "agency")
_WRONG = FilledForm(
    MultiDict(
        {"wrong_name": "", "wrong_birth_day": "31", "wrong_birth_month": "2", "wrong_birth_year": "1948"}
    ),
    {"wrong_name": "Enter your family name", "wrong_birth": "This date does not exist: check the day"},
)


@bp.get("/parts")
@public
def gallery() -> ResponseReturnValue:
    """All parts; `?density=desk` shows them as the desk does, `?verdict=ok` a verdict alone."""
    asked = request.args.get("density", "")
    density = asked if asked in DENSITIES else "citizen"
    return render_template(
        "parts_page/gallery.html",
        density=density,
        sample=FilledForm(),
        form=_WRONG if "wrong" in request.args else FilledForm(),
        wrong=_WRONG,
        verdict=request.args.get("verdict"),
        plots=_sample_plots(),
    )


def _sample_plots() -> dict[str, object]:
    days = [f"{day} mai" for day in range(3, 31)]
    first = [120.0 + 7 * day - (90 if day % 7 in (5, 6) else 0) for day in range(28)]
    second = [max(0.0, 9.0 * (day - 12)) for day in range(28)]
    return {
        "bars": plots.bars(
            [("Orléans", 4210), ("Tours", 3980), ("Chartres", 1730), ("Saint-Amand-Montrond", 640)],
            unit="doses a week",
            title="Doses a week by centre",
        ),
        "stacked": plots.stacked(
            days, {"First dose": first, "Second dose": second}, unit="doses", title="Doses a day", width=1200
        ),
        "lines": plots.lines(
            {
                "Bound": [(s, 96.0 - 4 * s / 120) for s in range(0, 121, 10)],
                "Best plan": [(s, 92.0 - 40 * 0.93**s) for s in range(0, 121, 5)],
            },
            unit="score, %",
            along="seconds",
            title="The plan's score over time",
        ),
    }
