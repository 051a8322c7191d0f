"""`changes.json`: what has changed since a plan was published, in the names of a planning folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from solver.contract import NEVER_AFTER, NEVER_BEFORE, NONE, Problem
from solver.files.cells import Faults, FolderRefused, day_from, shown
from solver.files.folder import Keys
from solver.files.json_file import is_number, read_object
from solver.files.plan_rows import BANDS
from solver.replanning.changes import (
    Change,
    ChangeInterval,
    CloseCentre,
    CutDelivery,
    CutHours,
    DelayLots,
    RecallLots,
    Which,
    WithdrawProduct,
)

MOST_DOSES, MOST_DAYS = 10**9, 3660
LOTS = "lots centre product from to"


def read_changes(path: Path, problem: Problem, keys: Keys) -> list[Change]:
    """The file's changes in their order. Raises FolderRefused with every fault, by place and reason."""
    faults = Faults()

    def fault(place: str, reason: str) -> None:
        faults.add(path.name, 0, place, reason)

    stated = read_object(path, fault)
    entries = stated.get("changes") if stated is not None else []
    if not isinstance(entries, list):
        fault("changes", "must be a list")
        entries = []
    changes = []
    for number, entry in enumerate(entries):
        place = f"changes[{number}]"
        kind = entry.get("change") if isinstance(entry, dict) else None
        if not isinstance(kind, str) or kind not in KINDS:
            fault(f"{place}.change", f"must be one of {', '.join(KINDS)}")
            continue
        keys_allowed, made_of = KINDS[kind]
        one = _Entry(entry, place, problem, keys, fault)
        one.refuse_others(["change", *keys_allowed.split()])
        changes.append(made_of(one))
    if len(faults):
        raise FolderRefused(faults)
    return changes


def keys_of_changed(original: Problem, of: Problem, keys: Keys, changes: Sequence[Change]) -> Keys:
    """The names of the rows of a problem made from the original by publishing a plan and by the changes."""
    schedules, before = list(keys.schedules), original
    for change in changes:
        if isinstance(change, WithdrawProduct):
            then = keys.products[change.then]
            schedules += [f"{schedules[row]} then {then}" for row in change.twins(before).tolist()]
        before = change.apply(before)
    rows = zip(keys.promised, original.promised.request.tolist(), strict=True)
    outsiders = iter([key for key, row in rows if row == NONE])
    promised = [
        keys.requests[row] if row != NONE else next(outsiders) for row in of.promised.request.tolist()
    ]
    return replace(keys, schedules=schedules, promised=promised)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One change as stated; what is wrong with it is told and replaced by a stand-in."""

    stated: dict[str, Any]
    place: str
    problem: Problem
    keys: Keys
    tell: Callable[[str, str], None]

    def fault(self, key: str, reason: str) -> None:
        """Tell what is wrong with a key of this change."""
        self.tell(f"{self.place}.{key}", reason)

    def refuse_others(self, known: list[str]) -> None:
        """A key that means nothing here is a mistake: a change must not be half of what was meant."""
        for key in self.stated.keys() - set(known):
            self.fault(shown(key).strip("'"), "means nothing here")

    def name(self, key: str, names: list[str], needed: bool = False) -> int:
        """Row of the named centre, product or schedule; NONE where none is stated."""
        value = self.stated.get(key)
        if value is None and not needed:
            return NONE
        if isinstance(value, str) and value in names:
            return names.index(value)
        self.fault(key, "is missing" if value is None else f"{_told(value)} is not known")
        return NONE

    def day(self, key: str, otherwise: int | None = None) -> int:
        """Days from the planning start to the stated date."""
        value = self.stated.get(key)
        if value is None and otherwise is not None:
            return otherwise
        try:
            return day_from(self.keys.start)(value if isinstance(value, str) else "")
        except ValueError as refusal:
            self.fault(key, "is missing" if value is None else str(refusal))
            return otherwise or 0

    def days(self) -> tuple[int, int]:
        """From and to, both stated, in this order."""
        first, last = self.day("from"), self.day("to")
        if first > last:
            self.fault("to", "lies before from")
        return first, last

    def whole(self, key: str, low: int, high: int) -> int | None:
        """A whole number, where one is stated."""
        value = self.stated.get(key)
        if value is None or (type(value) is int and low <= value <= high):
            return value
        self.fault(key, f"{_told(value)} is not a whole number between {low} and {high}")
        return None

    def share(self) -> float:
        """How much is lost; all of it where nothing is stated."""
        value = self.stated.get("share", 1.0)
        if is_number(value, 0, 1) and value > 0:
            return float(value)
        self.fault("share", f"{_told(value)} is not a number over 0, up to 1")
        return 1.0

    def which(self) -> Which:
        """The lots that are meant: at least one must be."""
        lots = self._lots()
        centre, product = self.name("centre", self.keys.centres), self.name("product", self.keys.products)
        first, last = self.day("from", NEVER_BEFORE), self.day("to", NEVER_AFTER)
        which = Which(lots, centre, product, first, last)
        if self.stated.keys().isdisjoint(LOTS.split()):
            self.fault("lots", "say which lots: by name, centre, product, or the days on which they come")
        elif not which.rows(self.problem.lots).any():
            self.fault("lots", "no lot of the folder is meant")
        return which

    def _lots(self) -> tuple[int, ...] | None:
        names = self.stated.get("lots")
        if names is None:
            return None
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            self.fault("lots", "must be a list of names")
            return None
        for name in sorted(set(names) - set(self.keys.lots)):
            self.fault("lots", f"{shown(name)} is not known")
        return tuple(row for row, name in enumerate(self.keys.lots) if name in set(names))

    def bands(self) -> int:
        """Set of the named parts of the day; all where none is named."""
        names = self.stated.get("bands", list(BANDS))
        if isinstance(names, list) and names and all(name in BANDS for name in names):
            return sum(1 << BANDS.index(name) for name in set(names))
        self.fault("bands", f"must be a list of some of {', '.join(BANDS)}")
        return 7


def _told(value: Any) -> str:
    return shown(value if isinstance(value, str) else str(value)[:60])


def _cut_delivery(entry: _Entry) -> Change:
    doses = entry.whole("doses", 1, MOST_DOSES)
    if doses is not None and "share" in entry.stated:
        entry.fault("share", "share and doses exclude each other")
    return CutDelivery(entry.which(), entry.share(), doses)


def _delay_lots(entry: _Entry) -> Change:
    days = entry.whole("days", 1, MOST_DAYS)
    if "days" not in entry.stated:
        entry.fault("days", "is missing")
    return DelayLots(entry.which(), days or 1)


def _recall_lots(entry: _Entry) -> Change:
    return RecallLots(entry.which(), entry.day("on", 0))


def _close_centre(entry: _Entry) -> Change:
    return CloseCentre(entry.name("centre", entry.keys.centres, True), *entry.days())


def _cut_hours(entry: _Entry) -> Change:
    centre = entry.name("centre", entry.keys.centres)
    return CutHours(centre, *entry.days(), entry.share(), entry.bands())


def _withdraw_product(entry: _Entry) -> Change:
    product = entry.name("product", entry.keys.products, True)
    then = entry.name("then", entry.keys.products)
    if then == product != NONE:
        entry.fault("then", "is the product that is withdrawn")
    return WithdrawProduct(product, entry.day("from", 0), then)


def _change_interval(entry: _Entry) -> Change:
    schedule = entry.name("schedule", entry.keys.schedules, True)
    days = [entry.whole(key, 0, MOST_DAYS) for key in ("min_days", "ideal_days", "max_days")]
    if entry.problem.schedules.second_product[schedule : schedule + 1].tolist() == [NONE]:
        entry.fault("schedule", "has a single dose, hence no interval")
    return ChangeInterval(schedule, *days)


KINDS: dict[str, tuple[str, Callable[[_Entry], Change]]] = {
    "cut_delivery": (f"{LOTS} share doses", _cut_delivery),
    "delay_lots": (f"{LOTS} days", _delay_lots),
    "recall_lots": (f"{LOTS} on", _recall_lots),
    "close_centre": ("centre from to", _close_centre),
    "cut_hours": ("centre from to share bands", _cut_hours),
    "withdraw_product": ("product from then", _withdraw_product),
    "change_interval": ("schedule min_days ideal_days max_days", _change_interval),
}
"""The keys of each kind of change, and how it is made of them."""
