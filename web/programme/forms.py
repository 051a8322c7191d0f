"""Forms of the programme's rules, read into facts, and filled with them."""

from dataclasses import asdict
from datetime import date

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from vaccination.domain.csv_table import BadCell, decimal
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
    policy = Policy(
        weights={str(rank): _price(fields, f"weight_{rank}") for rank in RANKS},
        lottery_seed=fields.whole("lottery_seed", gettext("Write a whole number"), most=2**31 - 1),
        **{name: _price(fields, name) for name in PRICES},
    )
    fields.check()
    return policy


def filled_facts(facts: ProgrammeFacts | ProductFacts | ScheduleFacts | GroupFacts) -> FilledForm:
    """The form with what is stored."""
    values: dict[str, object] = {}
    for name, value in asdict(facts).items():
        values |= filled_day(name, value) if isinstance(value, date) else {name: value}
    return filled(**values)


def filled_policy(policy: Policy) -> FilledForm:
    """The form with the prices as they are."""
    weights = {f"weight_{rank}": f"{policy.weights.get(str(rank), 0):g}" for rank in RANKS}
    prices = {name: f"{getattr(policy, name):g}" for name in PRICES}
    return filled(lottery_seed=policy.lottery_seed, **weights, **prices)


def _price(fields: Fields, name: str) -> float:
    try:
        return decimal(fields.raw(name))
    except BadCell:
        fields.fault(name, gettext("Write a number of zero or more"))
        return 0.0
