"""What may be stated about a programme and its rules, as plain values, and what would be wrong with it."""

from dataclasses import dataclass, field
from datetime import date
from math import isfinite

from vaccination.domain.faults import Faults, FieldFault
from vaccination.domain.languages import FURTHER

RANKS = range(1, 10)
PRICES = ("reward", "delay_per_day", "km", "interval_per_day", "moved", "dropped", "wasted_dose")
OLDEST = 150
LONGEST_INTERVAL_DAYS = 400
LONGEST_NAME = 200


def _doubling() -> dict[str, float]:
    """Each rank counts twice the next."""
    return {str(rank): float(2 ** (9 - rank)) for rank in RANKS}


@dataclass(frozen=True, slots=True)
class Policy:
    """The prices by which plans are scored (docs/planning-format.md); `weights` by rank "1" to "9"."""

    weights: dict[str, float] = field(default_factory=_doubling)
    reward: float = 100.0
    delay_per_day: float = 0.5
    km: float = 0.2
    interval_per_day: float = 0.3
    moved: float = 20.0
    dropped: float = 200.0
    wasted_dose: float = 1.0
    lottery_seed: int = 1


@dataclass(frozen=True, slots=True)
class ProgrammeFacts:
    """What a programme is called and when it plans."""

    code: str
    name_fr: str
    name_en: str
    starts_on: date
    horizon_days: int = 84
    names: dict[str, str] = field(default_factory=dict)  # in further languages


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """A vaccine as delivered."""

    code: str
    name: str
    doses_per_vial: int
    shelf_days: int = 30


@dataclass(frozen=True, slots=True)
class ScheduleFacts:
    """One way to be vaccinated; a single dose has no second product and no interval."""

    code: str
    first_product_id: int
    second_product_id: int | None = None
    min_age: int | None = None
    max_age: int | None = None
    min_days: int | None = None
    ideal_days: int | None = None
    max_days: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """A published priority group."""

    code: str
    name_fr: str
    name_en: str
    rank: int
    min_age: int | None = None
    max_age: int | None = None
    needs_declaration: bool = False
    names: dict[str, str] = field(default_factory=dict)  # in further languages


def check_programme(facts: ProgrammeFacts) -> None:
    """Raise InvalidFields for what a programme cannot be."""
    faults = Faults()
    faults.text("code", facts.code, longest=40)
    faults.text("name_fr", facts.name_fr)
    faults.text("name_en", facts.name_en)
    _name_faults(faults, facts.names)
    faults.between("horizon_days", facts.horizon_days, 1, 400)
    faults.check()


def check_policy(policy: Policy) -> None:
    """Raise InvalidFields for prices that are negative or no numbers, and for a rank without weight."""
    faults = Faults()
    for rank in RANKS:
        weight = policy.weights.get(str(rank))
        faults.add_if(weight is None, f"weight_{rank}", "missing")
        faults.add_if(weight is not None and not _is_price(weight), f"weight_{rank}", "not_a_price")
    for name in PRICES:
        faults.add_if(not _is_price(getattr(policy, name)), name, "not_a_price")
    faults.between("lottery_seed", policy.lottery_seed, 0, 2**31 - 1)
    faults.check()


def check_product(facts: ProductFacts) -> None:
    """Raise InvalidFields for what a product cannot be."""
    faults = Faults()
    faults.text("code", facts.code, longest=40)
    faults.text("name", facts.name)
    faults.between("doses_per_vial", facts.doses_per_vial, 1, 100)
    faults.between("shelf_days", facts.shelf_days, 0, 3650)
    faults.check()


def schedule_faults(facts: ScheduleFacts) -> list[FieldFault]:
    """What is wrong with a schedule, apart from products that nobody knows."""
    faults = Faults()
    faults.text("code", facts.code, longest=40)
    _age_faults(faults, facts.min_age, facts.max_age)
    if facts.valid_from and facts.valid_to:
        faults.add_if(facts.valid_to < facts.valid_from, "valid_to", "before_start")
    if facts.second_product_id is not None:
        _interval_faults(faults, facts)
    return faults.found


def _interval_faults(faults: Faults, facts: ScheduleFacts) -> None:
    days = (facts.min_days, facts.ideal_days, facts.max_days)
    for name, value in zip(("min_days", "ideal_days", "max_days"), days, strict=True):
        faults.add_if(value is None, name, "missing")
        faults.between(name, value, 1, LONGEST_INTERVAL_DAYS)
    least, ideal, most = days
    if least is not None and ideal is not None and most is not None:
        faults.add_if(not least <= ideal <= most, "ideal_days", "not_within_interval")


def check_group(facts: GroupFacts) -> None:
    """Raise InvalidFields for what a priority group cannot be."""
    faults = Faults()
    faults.text("code", facts.code, longest=40)
    faults.text("name_fr", facts.name_fr)
    faults.text("name_en", facts.name_en)
    _name_faults(faults, facts.names)
    faults.between("rank", facts.rank, RANKS[0], RANKS[-1])
    _age_faults(faults, facts.min_age, facts.max_age)
    faults.check()


def _name_faults(faults: Faults, names: dict[str, str]) -> None:
    if not names.keys() <= set(FURTHER):
        raise ValueError(f"names only in {FURTHER}, got {sorted(names)}")
    for locale, name in names.items():
        faults.add_if(len(name) > LONGEST_NAME, f"name_{locale}", "too_long", longest=LONGEST_NAME)


def check_phase(starts_on: date, ends_on: date | None) -> None:
    """Raise InvalidFields for a phase that ends before it starts."""
    faults = Faults()
    faults.add_if(ends_on is not None and ends_on < starts_on, "ends_on", "before_start")
    faults.check()


def _age_faults(faults: Faults, least: int | None, most: int | None) -> None:
    faults.between("min_age", least, 0, OLDEST)
    faults.between("max_age", most, 0, OLDEST)
    faults.add_if(least is not None and most is not None and least > most, "max_age", "below_least")


def _is_price(value: float) -> bool:
    return isfinite(value) and 0 <= value <= 1e6
