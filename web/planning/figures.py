"""Figures of a plan: the curve of score and bound, and the load by centre and week."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import gettext

from vaccination.domain.planning import RunStatus
from vaccination.readmodels.centre_load import RegionLoad
from vaccination.readmodels.plan_summary import Point, RunView
from web import plots
from web.agency.figures import Figure
from web.planning.words import PHASES
from web.presenters import number, short_day

MOST_POINTS = 120


def curve(run: RunView) -> Figure | None:
    """Score and bound over the seconds of planning; None until there is a score."""
    points = run.curve
    scores = [(p.seconds, p.score) for p in points if p.score is not None]
    if not scores:
        return None
    bounds = [(p.seconds, p.bound) for p in points if p.bound is not None]
    title = gettext("Score and bound while planning")
    return Figure(
        title,
        plots.lines(
            {
                gettext("bound"): _steps(_in_view(bounds, scores[-1][1])),
                gettext("score"): _steps(scores),
            },
            unit=gettext("points"),
            along=gettext("seconds"),
            title=title,
        ),
        (gettext("Seconds"), gettext("Phase"), gettext("Score"), gettext("Bound")),
        [_row(point) for point in points[-MOST_POINTS:]],
        gettext("No plan can score above the bound: the space between is the most that may be lost."),
    )  # fmt: skip


def _in_view(bounds: Sequence[tuple[float, float]], score: float) -> list[tuple[float, float]]:
    """Bounds of the first seconds are far off; drawn to scale they would hide everything else."""
    near = [(seconds, bound) for seconds, bound in bounds if bound <= 3 * max(score, 1.0)]
    return near or list(bounds[-1:])


def _steps(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """A value holds until the next one comes."""
    drawn: list[tuple[float, float]] = []
    for seconds, value in points:
        if drawn:
            drawn.append((seconds, drawn[-1][1]))
        drawn.append((seconds, value))
    return drawn


def _row(point: Point) -> tuple[str, ...]:
    figures = ("–" if value is None else number(value) for value in (point.score, point.bound))
    return number(point.seconds, 1), str(PHASES.get(point.phase, point.phase)), *figures


def doses_a_week(run: RunView, load: RegionLoad, given: Mapping[tuple[int, date], int]) -> Figure:
    """Doses of this plan, other people's seats, and free seats, week by week."""
    title = gettext("What the plan fills")
    mine = [sum(given.get((c.centre_id, monday), 0) for c in load.centres) for monday in load.mondays]
    weeks = load.weeks
    # Once a plan is booked its own doses are among the seats taken.
    booked = run.status in (RunStatus.APPLYING, RunStatus.APPLIED)
    taken = [max(0, week.taken - own * booked) for week, own in zip(weeks, mine, strict=True)]
    free = [max(0, week.seats - own - others) for week, own, others in zip(weeks, mine, taken, strict=True)]
    columns = (gettext("Week of"), gettext("Seats"), gettext("This plan"), gettext("Other appointments"))
    return Figure(
        title,
        plots.stacked(
            [f"{monday.day:02d}/{monday.month:02d}" for monday in load.mondays],
            {gettext("other appointments"): taken, gettext("this plan"): mine, gettext("left"): free},
            unit=gettext("seats"), title=title, width=1200, rest=gettext("left"),
        ),
        columns,
        [
            (short_day(w.monday), number(w.seats), number(own), number(others))
            for w, own, others in zip(weeks, mine, taken, strict=True)
        ],
    )  # fmt: skip
