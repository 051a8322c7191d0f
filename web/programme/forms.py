"""Forms of the programme's rules, read into facts, and filled with them."""

from dataclasses import asdict
from datetime import date, time
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from vaccination.domain.csv_table import BadCell, clock, decimal
from vaccination.domain.languages import FURTHER
from vaccination.domain.rules import (
    OLDEST,
    PRICES,
    RANKS,
    GroupFacts,
    Policy,
    ProductFacts,
    ProgrammeFacts,
    ScheduleFacts,
)
from vaccination.domain.serving import REMINDER_DAYS, Serving, ServingFacts
from web.forms import Fields, FilledForm, filled, filled_day

Typed = MultiDict[str, str]


def parse_programme(form: Typed) -> ProgrammeFacts:
    """Names and dates of the programme."""
    fields = Fields(form)
    facts = ProgrammeFacts(
        code=fields.text("code", gettext("Give the programme a short code"), longest=40),
        name_fr=fields.text("name_fr", gettext("Write the name in French")),
        name_en=fields.text("name_en", gettext("Write the name in English")),
        starts_on=fields.day("starts_on", gettext("Write the first day")),
        horizon_days=fields.whole("horizon_days", gettext("Write how many days"), least=1, most=400),
        names=_names(fields),
    )  # fmt: skip
    fields.check()
    return facts


def parse_product(form: Typed) -> ProductFacts:
    """A vaccine."""
    fields = Fields(form)
    facts = ProductFacts(
        code=fields.text("code", gettext("Give the vaccine a short code"), longest=40),
        name=fields.text("name", gettext("Write the vaccine's name")),
        doses_per_vial=fields.whole(
            "doses_per_vial", gettext("Write how many doses a vial holds"), least=1, most=100
        ),
        shelf_days=fields.whole("shelf_days", gettext("Write how many days vials keep"), most=3650),
    )
    fields.check()
    return facts


def parse_schedule(form: Typed, product_ids: list[int]) -> ScheduleFacts:
    """A dated interval rule."""
    fields = Fields(form)
    products = {str(row_id): row_id for row_id in product_ids} or {"": 0}
    second: dict[str, int | None] = {"": None, **products}
    facts = ScheduleFacts(
        code=fields.text("code", gettext("Give the schedule a short code"), longest=40),
        first_product_id=fields.choice("first_product_id", products, gettext("Choose the vaccine")),
        second_product_id=fields.choice("second_product_id", second, gettext("Choose the vaccine")),
        min_age=fields.optional_whole("min_age", most=OLDEST),
        max_age=fields.optional_whole("max_age", most=OLDEST),
        min_days=fields.optional_whole("min_days", most=400),
        ideal_days=fields.optional_whole("ideal_days", most=400),
        max_days=fields.optional_whole("max_days", most=400),
        valid_from=fields.optional_day("valid_from"),
        valid_to=fields.optional_day("valid_to"),
    )
    fields.check()
    return facts


def parse_group(form: Typed) -> GroupFacts:
    """A priority group."""
    fields = Fields(form)
    facts = GroupFacts(
        code=fields.text("code", gettext("Give the group a short code"), longest=40),
        name_fr=fields.text("name_fr", gettext("Write the name in French")),
        name_en=fields.text("name_en", gettext("Write the name in English")),
        rank=fields.whole("rank", gettext("Write the rank, 1 to 9"), least=RANKS[0], most=RANKS[-1]),
        min_age=fields.optional_whole("min_age", most=OLDEST),
        max_age=fields.optional_whole("max_age", most=OLDEST),
        needs_declaration=fields.ticked("needs_declaration"),
        names=_names(fields),
    )
    fields.check()
    return facts


def parse_phase(form: Typed) -> tuple[date, date | None]:
    """From when, to when."""
    fields = Fields(form)
    phase = (fields.day("starts_on", gettext("Write the first day")), fields.optional_day("ends_on"))
    fields.check()
    return phase


def parse_policy(form: Typed) -> Policy:
    """Weights and prices."""
    fields = Fields(form)
    prices: dict[str, Any] = {name: _price(fields, name) for name in PRICES}
    policy = Policy(weights={str(rank): _price(fields, f"weight_{rank}") for rank in RANKS}, **prices)
    fields.check()
    return policy


def parse_serving(form: Typed) -> ServingFacts:
    """How people are served and told."""
    fields, number = Fields(form), gettext("Write a whole number")
    ways = {way.value: way for way in Serving}
    facts = ServingFacts(
        serving=fields.choice("serving", ways, gettext("Choose how people are served")),
        rolling_s=fields.whole("rolling_s", number, least=5, most=3600),
        hold_minutes=fields.whole("hold_minutes", number, least=1, most=120),
        hold_extensions=fields.whole("hold_extensions", number, most=10),
        proposal_hours=fields.whole("proposal_hours", number, least=1, most=720),
        same_day_minutes=fields.whole("same_day_minutes", number, least=1, most=240),
        quiet_from=_clock(fields, "quiet_from"),
        quiet_to=_clock(fields, "quiet_to"),
        reminder_days=fields.choices("reminder_days", {str(days): days for days in REMINDER_DAYS}),
        letter_lead_days=fields.whole("letter_lead_days", number, most=30),
        letters_a_day=fields.whole("letters_a_day", number, most=10**6),
        sms_segment_cents=_price(fields, "sms_segment_cents"),
    )
    fields.check()
    return facts


def filled_serving(facts: ServingFacts) -> FilledForm:
    """The form with what is chosen."""
    shown = asdict(facts) | {
        "serving": facts.serving.value,
        "quiet_from": f"{facts.quiet_from:%H:%M}",
        "quiet_to": f"{facts.quiet_to:%H:%M}",
        "sms_segment_cents": facts.sms_segment_cents,
    }
    return filled(**shown)


def filled_facts(facts: ProgrammeFacts | ProductFacts | ScheduleFacts | GroupFacts) -> FilledForm:
    """The form with what is stored."""
    values: dict[str, Any] = {}
    for name, value in asdict(facts).items():
        values |= filled_day(name, value) if isinstance(value, date) else {name: value}
    names = values.pop("names", {})
    return filled(**values, **{f"name_{locale}": name for locale, name in names.items()})


def filled_policy(policy: Policy) -> FilledForm:
    """The form with the prices as they are."""
    weights = {f"weight_{rank}": policy.weights.get(str(rank), 0) for rank in RANKS}
    prices = {name: getattr(policy, name) for name in PRICES}
    return filled(**weights, **prices)


def _names(fields: Fields) -> dict[str, str]:
    typed = {locale: fields.text(f"name_{locale}") for locale in FURTHER}
    return {locale: name for locale, name in typed.items() if name}


def _clock(fields: Fields, name: str) -> time:
    try:
        return clock(fields.raw(name))
    except BadCell:
        fields.fault(name, gettext("Write a time such as 20:00"))
        return time()


def _price(fields: Fields, name: str) -> float:
    try:
        return decimal(fields.raw(name))
    except BadCell:
        fields.fault(name, gettext("Write a number of zero or more"))
        return 0.0
