"""Writes the invented region as a planning folder (docs/planning-format.md), for benchmarks."""

import csv
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

from seeds.drawing import Region
from seeds.people import Wish
from seeds.places import Commune
from seeds.programme import HORIZON_DAYS, POLICY, VACCINES, WAYS

_SCHEDULES = (
    "schedule first_product second_product min_age max_age min_days ideal_days max_days valid_from valid_to"
)
_REQUESTS = (
    "request household age priority lat lon max_km second_lat second_lon products first_product first_date"
    " earliest availability unavailable wheelchair"
)


def write_folder(region: Region, folder: Path) -> None:
    """The folder with all its files; what stood there before is overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder, "schedules", _SCHEDULES, _schedules())
    products = ((one.product.code, one.product.doses_per_vial) for one in VACCINES)
    _write(folder, "products", "product doses_per_vial", products)
    centres = ((site.code, site.name, site.lat, site.lon, int(site.wheelchair)) for site in region.sites)
    _write(folder, "centres", "centre name lat lon wheelchair", centres)
    _write(folder, "sessions", "centre date start end slot_minutes seats", _sessions(region))
    _write(folder, "stock", "centre product lot doses available_from expires_on", _stock(region))
    _write(folder, "requests", _REQUESTS, (_request(wish, region.communes) for wish in region.wishes))
    prices = asdict(POLICY)
    policy = {"start": region.start.isoformat(), "days": HORIZON_DAYS, "lottery": prices.pop("lottery_seed")}
    (folder / "policy.json").write_text(json.dumps(policy | prices, indent=1) + "\n", encoding="utf-8")


def _schedules() -> Iterable[tuple[object, ...]]:
    for way in WAYS:
        days = way.days or ("", "", "")
        yield way.code, way.first, way.second, _or_none(way.min_age), "", *days, "", ""


def _sessions(region: Region) -> Iterable[tuple[object, ...]]:
    for site, week in zip(region.sites, region.weeks, strict=True):
        for number in range(HORIZON_DAYS):
            day = region.start + timedelta(number)
            for run in week:
                if run.weekday == day.weekday():
                    hours = f"{run.opens:%H:%M}", f"{run.closes:%H:%M}"
                    yield site.code, day, *hours, run.slot_minutes, run.seats


def _stock(region: Region) -> Iterable[tuple[object, ...]]:
    for one in region.deliveries:
        product = VACCINES[one.vaccine].product.code
        yield region.sites[one.site].code, product, one.lot, one.doses, one.available_from, one.usable_to


def _request(wish: Wish, communes: list[Commune]) -> tuple[object, ...]:
    home = communes[wish.commune]
    second = None if wish.second_commune is None else communes[wish.second_commune]
    return (
        f"R{wish.serial:07d}",
        "",
        wish.age,
        wish.priority,
        home.lat,
        home.lon,
        wish.max_km,
        second.lat if second else "",
        second.lon if second else "",
        "|".join(wish.products),
        "COM" if wish.first_given_on else "",
        _or_none(wish.first_given_on),
        _or_none(wish.earliest),
        wish.availability,
        "|".join(day.isoformat() for day in wish.unavailable),
        int(wish.wheelchair),
    )


def _or_none(value: date | int | None) -> object:
    return "" if value is None else value


def _write(folder: Path, name: str, head: str, rows: Iterable[tuple[object, ...]]) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head.split())
        writer.writerows(rows)
