"""The form for a new plan, read into its command."""

from datetime import date

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from vaccination.readmodels.plan_summary import NextPlan
from vaccination.services.planning.runs import LONGEST_DAYS, LONGEST_SECONDS, RequestPlan
from web.forms import Fields, FilledForm, filled, filled_day


def parse_plan(form: MultiDict[str, str], upcoming: NextPlan, today: date) -> RequestPlan:
    """From when, how many days, how many seconds, and what becomes of the plan."""
    fields = Fields(form)
    starts_on = fields.day("starts_on", gettext("Write the first day of the plan"))
    if starts_on != date.min and starts_on < today:
        fields.fault("starts_on", gettext("The first day must not lie in the past"))
    days = fields.whole("days", gettext("Write how many days"), least=1, most=LONGEST_DAYS)
    seconds = fields.whole("seconds", gettext("Write how many seconds"), least=5, most=LONGEST_SECONDS)
    at_once = fields.choice("then", {"review": False, "apply": True}, gettext("Say what becomes of the plan"))
    fields.check()
    return RequestPlan(upcoming.programme_id, starts_on, days, seconds, at_once)


def filled_plan(upcoming: NextPlan, seconds: int) -> FilledForm:
    """The form with what is usual."""
    return filled(
        days=upcoming.days, seconds=seconds, then="review", **filled_day("starts_on", upcoming.starts_on)
    )
