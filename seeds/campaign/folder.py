"""Draws a campaign and writes it as a planning folder (docs/planning-format.md): a million in seconds.

Nothing of it is stored: it exists so that planners can be measured and compared. What is drawn follows the
campaign of spring 2021 in France, where the rules changed while people held appointments.
"""

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.random import default_rng

from seeds.availability import BANDS, DAYS
from seeds.campaign.network import Network, draw_network, usual_centres
from seeds.campaign.people import NOTHING, People, draw_people
from seeds.campaign.rules import ALL, HORIZON_DAYS, POLICY, PRODUCTS, RULES, START
from seeds.campaign.supply import SLOT_MINUTES, Supply, draw_supply
from seeds.campaign.wishes import LONGEST_AWAY, Wishes, draw_wishes
from seeds.places import Ints
from seeds.programme import VACCINES

_SCHEDULES = (
    "schedule first_product second_product min_age max_age min_days ideal_days max_days valid_from valid_to"
)
_REQUESTS = (
    "request household age priority lat lon max_km second_lat second_lon products first_product first_date"
    " earliest availability unavailable wheelchair"
)
_ROWS_AT_ONCE = 50_000  # so many rows are text at one time
_FIRST_DAY, _LAST_DAY = -200, 400
"""Days around the horizon for which dates are needed: first doses given before, lots that keep longer."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a campaign is drawn."""

    requests: int
    centres: int | None = None
    days: int = HORIZON_DAYS
    start: date = START


def write_campaign(folder: Path, size: Size, seed: int) -> None:
    """The same arguments, the same files; what stood in the folder before is overwritten."""
    rng = default_rng(seed)
    network = draw_network(size.centres or usual_centres(size.requests), rng)
    supply = draw_supply(network.share, size.requests, size.days, rng)
    people = draw_people(size.requests, network, rng)
    wishes = draw_wishes(people, len(network.communes), size.days, rng)
    folder.mkdir(parents=True, exist_ok=True)
    dates = _Dates(size)
    _write(folder, "schedules", _SCHEDULES, _schedules(dates))
    products = ((one.product.code, one.product.doses_per_vial) for one in VACCINES)
    _write(folder, "products", "product doses_per_vial", products)
    _write(folder, "centres", "centre name lat lon wheelchair", _centres(network))
    _write(folder, "sessions", "centre date start end slot_minutes seats", _sessions(supply, dates))
    _write(folder, "stock", "centre product lot doses available_from expires_on", _stock(supply, dates))
    columns = _Columns(network, people, wishes, dates)
    _write_columns(folder / "requests.csv", _REQUESTS, columns.texts, size.requests)
    _write_policy(folder, size, seed)


class _Dates:
    """Day numbers to text, by tables."""

    def __init__(self, size: Size) -> None:
        self.start, self.days = size.start, size.days
        numbers = range(_FIRST_DAY, size.days + _LAST_DAY)
        self._texts = np.array([(size.start + timedelta(day)).isoformat() for day in numbers], dtype=object)

    def of(self, days: Ints) -> list[str]:
        return self._texts[np.asarray(days) - _FIRST_DAY].tolist()  # type: ignore[no-any-return]

    def one(self, day: int | None) -> str:
        return "" if day is None else str(self._texts[day - _FIRST_DAY])

    def absences(self) -> np.ndarray[tuple[int, int], np.dtype[np.object_]]:
        """The days of an absence as they are written, by first day and length; they end with the horizon."""
        texts = np.full((self.days, LONGEST_AWAY + 1), "", dtype=object)
        for first in range(self.days):
            for many in range(1, LONGEST_AWAY + 1):
                last = min(self.days, first + many)
                texts[first, many] = "|".join(self._texts[first - _FIRST_DAY : last - _FIRST_DAY])
        return texts


class _Columns:
    """The columns of `requests.csv` as text, piece by piece."""

    def __init__(self, network: Network, people: People, wishes: Wishes, dates: _Dates) -> None:
        self._people, self._wishes, self._dates = people, wishes, dates
        self._absences = dates.absences()
        towns = [(f"{town.lat:.4f}", f"{town.lon:.4f}") for town in network.communes]
        self._towns = np.array([*towns, ("", "")], dtype=object)  # the last row is NOWHERE
        self._whole = np.array([str(number) for number in range(200)], dtype=object)
        self._products = np.array([_joined(bits) for bits in range(ALL + 1)], dtype=object)
        self._codes = np.array([*PRODUCTS, ""], dtype=object)  # the last row is NOTHING

    def texts(self, low: int, high: int) -> list[list[str]]:
        """The columns of rows `low` to `high`."""
        people, wishes, rows = self._people, self._wishes, slice(low, high)
        lead = people.lead[rows]
        second_only = people.first_product[rows] != NOTHING
        return [
            [f"R{row:07d}" for row in range(low, high)],
            _where(people.together[rows], [f"H{row:07d}" for row in lead.tolist()]),
            self._whole[people.age[rows]].tolist(),
            self._whole[people.priority[rows]].tolist(),
            [f"{degrees:.4f}" for degrees in people.lat[lead].tolist()],
            [f"{degrees:.4f}" for degrees in people.lon[lead].tolist()],
            [f"{km:.1f}" for km in people.max_km[lead].tolist()],
            self._towns[wishes.second_commune[lead], 0].tolist(),
            self._towns[wishes.second_commune[lead], 1].tolist(),
            self._products[np.where(second_only, ALL, people.products[lead])].tolist(),
            self._codes[people.first_product[rows]].tolist(),
            _where(second_only, self._dates.of(people.first_day[rows])),
            _where(wishes.earliest[lead] > 0, self._dates.of(wishes.earliest[lead])),
            [f"{week:0{DAYS * BANDS}b}" for week in wishes.week[lead].tolist()],
            self._absences[wishes.away_from[lead], wishes.away_days[lead]].tolist(),
            self._whole[wishes.wheelchair[rows].astype(np.int64)].tolist(),
        ]


def _where(said: np.ndarray[tuple[int], np.dtype[np.bool_]], texts: list[str]) -> list[str]:
    """Nothing where nothing is said."""
    return [text if is_said else "" for is_said, text in zip(said.tolist(), texts, strict=True)]


def _joined(bits: int) -> str:
    """All is written as nothing."""
    return "" if bits == ALL else "|".join(code for row, code in enumerate(PRODUCTS) if bits >> row & 1)


def _schedules(dates: _Dates) -> Iterable[Sequence[object]]:
    for rule in RULES:
        second = "" if rule.second is None else PRODUCTS[rule.second]
        ages = ("" if age is None else age for age in rule.ages)
        valid = (dates.one(day) for day in rule.valid)
        yield rule.code, PRODUCTS[rule.first], second, *ages, *(rule.days or ("", "", "")), *valid


def _centres(network: Network) -> Iterable[Sequence[object]]:
    columns = zip(network.names, network.lat, network.lon, network.wheelchair, strict=True)
    for number, (name, lat, lon, wheelchair) in enumerate(columns):
        yield _centre(number), name, f"{lat:.5f}", f"{lon:.5f}", int(wheelchair)


def _sessions(supply: Supply, dates: _Dates) -> Iterable[Sequence[object]]:
    for number, week in enumerate(supply.weeks):
        for day in range(dates.days):
            if (dates.start.weekday() + day) % DAYS in week.weekdays:
                for opens, closes in week.runs:
                    hours = _clock(opens), _clock(closes)
                    yield _centre(number), dates.one(day), *hours, SLOT_MINUTES, int(supply.seats[number])


def _stock(supply: Supply, dates: _Dates) -> Iterable[Sequence[object]]:
    for lot in supply.lots:
        name = f"{PRODUCTS[lot.product]}{lot.centre:04d}-{lot.number:02d}"
        until = dates.one(lot.first_day), dates.one(lot.last_day)
        yield _centre(lot.centre), PRODUCTS[lot.product], name, lot.doses, *until


def _centre(number: int) -> str:
    return f"C{number:04d}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _write_policy(folder: Path, size: Size, seed: int) -> None:
    prices = asdict(POLICY) | {"lottery_seed": seed}
    policy = {"start": size.start.isoformat(), "days": size.days, "lottery": prices.pop("lottery_seed")}
    (folder / "policy.json").write_text(json.dumps(policy | prices, indent=1) + "\n", encoding="utf-8")


def _write(folder: Path, name: str, head: str, rows: Iterable[Sequence[object]]) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head.split())
        writer.writerows(rows)


def _write_columns(path: Path, head: str, texts: Callable[[int, int], list[list[str]]], rows: int) -> None:
    """Codes, numbers and dates need no quotes: a join is several times as fast as a CSV writer."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(head.split()) + "\n")
        for low in range(0, rows, _ROWS_AT_ONCE):
            columns = texts(low, min(rows, low + _ROWS_AT_ONCE))
            file.writelines(",".join(row) + "\n" for row in zip(*columns, strict=True))
