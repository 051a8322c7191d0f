"""Plots as SVG from plain numbers: axes with units, names beside the marks, no script and no inline style.

Example: plots.stacked(days, {"First dose": […], "Second dose": […]}, unit="doses", title="Doses a day")
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from web.presenters import compact, number

WIDTH = 720  # of a plot that shares its row; 1200 for one that has the row for itself
_ROW = 30
_TOP = 26
_LONGEST_NAME = 20  # characters beside a plot
_MOST_SERIES = 5
_SHADES, _PALE_SHADES = 5, 3  # of a square; dark ink is read on the pale ones only
_MILLION = 1_000_000  # from here on the axis' numbers have no room for their zeros


@dataclass(frozen=True, slots=True)
class _Scale:
    """From a quantity to a place on the paper."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / ((self.high - self.low) or 1)
        return round(self.start + share * (self.end - self.start), 1)


def bars(
    rows: Sequence[tuple[str, float]], *, unit: str, goal: float | None = None, title: str = ""
) -> Markup:
    """A horizontal bar for each name, its number at the end; `goal` draws a dashed line."""
    left, right = 190, WIDTH - 70
    height = _TOP + _ROW * len(rows) + 8
    across = _Scale(0, max([value for _, value in rows] + [goal or 0, 1e-9]), left, right)
    parts = [_text(left, 14, unit)]
    for index, (name, value) in enumerate(rows):
        y = _TOP + index * _ROW
        parts.append(_text(left - 10, y + 17, _short(name, 26), "name", "end"))
        parts.append(_rect(left, y + 3, across(value) - left, 20, 1))
        parts.append(_text(across(value) + 7, y + 17, _plain(value)))
    parts.append(f'<line class="axis" x1="{left}" x2="{left}" y1="{_TOP - 4}" y2="{height - 6}"/>')
    if goal is not None:
        x = across(goal)
        parts.append(f'<line class="goal" x1="{x}" x2="{x}" y1="{_TOP - 6}" y2="{height - 6}"/>')
    return _svg(parts, height, title)


def lines(
    series: Mapping[str, Sequence[tuple[float, float]]],
    *,
    unit: str,
    along: str = "",
    ticks: Sequence[tuple[float, str]] = (),
    title: str = "",
    width: int = WIDTH,
) -> Markup:
    """Curves over a common axis; each is named at its end. `ticks` name places of the lower axis."""
    points = [point for curve in series.values() for point in curve] or [(0.0, 0.0)]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    height, bottom = 300, 256
    marks = nice_ticks(min(0.0, *ys), max(*ys, 1e-9))
    right = width - _room_for(series)
    across = _Scale(min(xs), max(xs), 64, right)
    up = _Scale(marks[0], marks[-1], bottom, _TOP + 6)
    parts = _grid(marks, up, unit, right)
    for place, label in ticks or [(x, _plain(x)) for x in nice_ticks(min(xs), max(xs))]:
        if min(xs) <= place <= max(xs):
            parts.append(_text(across(place), bottom + 20, label, "", "middle"))
    parts.append(_text((64 + right) / 2, bottom + 40, along, "", "middle"))
    ends = []
    for index, (name, curve) in enumerate(_few(series)):
        path = " ".join(f"{across(x)},{up(y)}" for x, y in curve)
        parts.append(f'<polyline class="line s{index + 1}" points="{path}"/>')
        if curve:
            ends.append((up(curve[-1][1]), name, index))
    parts += _names_beside(ends, right + 8)
    return _svg(parts, height, title, width)


def stacked(
    places: Sequence[str],
    series: Mapping[str, Sequence[float]],
    *,
    unit: str,
    title: str = "",
    width: int = WIDTH,
    rest: str = "",
) -> Markup:
    """A column for each place (a day, a centre), made of the series one on the other.

    `rest` names the series that is what is left: it stays pale.
    """
    shown = _few(series)
    colours = [0 if name == rest else index + 1 for index, (name, _) in enumerate(shown)]
    sums = [sum(values[i] for _, values in shown) for i in range(len(places))]
    height, bottom, right = 300, 256, width - _room_for(series)
    marks = nice_ticks(0, max([*sums, 1e-9]))
    up = _Scale(marks[0], marks[-1], bottom, _TOP + 6)
    step = (right - 64) / max(len(places), 1)
    parts = _grid(marks, up, unit, right)
    every = max(1, math.ceil(len(places) * 62 / (right - 64)))
    for i, place in enumerate(places):
        x, base = 64 + i * step, 0.0
        for index, (_, values) in enumerate(shown):
            y = up(base + values[i])
            parts.append(_rect(x + step * 0.12, y, step * 0.76, up(base) - y, colours[index]))
            base += values[i]
        if i % every == 0:
            parts.append(_text(x + step / 2, bottom + 20, place, "", "middle"))
    parts += _names_beside(_middles(shown, up, colours), right + 16, square=True)
    return _svg(parts, height, title, width)


def heat(
    places: Sequence[str], rows: Sequence[tuple[str, Sequence[float]]], *, unit: str, title: str = ""
) -> Markup:
    """A square for each name and place, the darker the more, with its number in it; nothing for 0."""
    left, top, right = 190, 44, WIDTH - 4
    height = top + _ROW * len(rows) + 6
    step = (right - left) / max(len(places), 1)
    most = max((value for _, values in rows for value in values), default=0) or 1
    parts = [_text(left, 14, unit)]
    parts += [_text(left + (n + 0.5) * step, 36, place, "", "middle") for n, place in enumerate(places)]
    for index, (name, values) in enumerate(rows):
        y = top + index * _ROW
        parts.append(_text(left - 10, y + 19, _short(name, 22), "name", "end"))
        for n, value in enumerate(values):
            shade = math.ceil(value / most * _SHADES - 1e-9)
            x = left + n * step
            parts.append(
                f'<rect class="h{shade}" x="{x + 1:.1f}" y="{y + 1}" width="{step - 2:.1f}" '
                f'height="{_ROW - 2}" rx="2"/>'
            )
            if shade:
                kind = "on-dark" if shade > _PALE_SHADES else "on-pale"
                parts.append(_text(x + step / 2, y + 19, _in_square(value), kind, "middle"))
    return _svg(parts, height, title)


def nice_ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers from at most `low` to at least `high`, in steps of 1, 2 or 5."""
    span = (high - low) or 1
    raw = span / about
    power = 10 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [round(n * step, 10) for n in range(first, max(last, first + 1) + 1)]


def _few(series: Mapping[str, Sequence[object]]) -> list[tuple[str, Sequence]]:  # type: ignore[type-arg]
    if len(series) > _MOST_SERIES:
        raise ValueError(f"at most {_MOST_SERIES} colours can be told apart, got {len(series)}")
    return list(series.items())


def _middles(
    shown: Sequence[tuple[str, Sequence[float]]], up: _Scale, colours: Sequence[int]
) -> list[tuple[float, str, int]]:
    """Where the names stand: beside the last column's layers."""
    base, ends = 0.0, []
    for index, (name, values) in enumerate(shown):
        last = values[-1] if values else 0
        ends.append((up(base + last / 2), name, colours[index] - 1))
        base += last
    return ends


def _room_for(names: Iterable[str]) -> int:
    """How much at the right the squares and the longest name take."""
    longest = max((len(_short(name, _LONGEST_NAME)) for name in names), default=0)
    return max(140, 40 + math.ceil(longest * 8.2))


def _names_beside(ends: list[tuple[float, str, int]], x: float, square: bool = False) -> list[str]:
    """Names at the right, pushed apart so that none covers another."""
    parts, lowest = [], math.inf
    for y, name, index in sorted(ends, reverse=True):
        y = min(y, lowest - 18)
        lowest = y
        parts.append(_rect(x, y - 6, 11, 11, index + 1) if square else "")
        parts.append(_text(x + (17 if square else 0), y + 4, _short(name, _LONGEST_NAME), "name"))
    return parts


def _grid(marks: Sequence[float], up: _Scale, unit: str, right: float) -> list[str]:
    parts = [_text(8, 16, unit)]
    for mark in marks:
        kind = "axis" if mark == marks[0] else "grid"
        parts.append(f'<line class="{kind}" x1="64" x2="{right}" y1="{up(mark)}" y2="{up(mark)}"/>')
        label = compact(mark) if marks[-1] >= _MILLION else _plain(mark)
        parts.append(_text(56, up(mark) + 4, label, "", "end"))
    return parts


def _rect(x: float, y: float, width: float, height: float, series: int) -> str:
    css = f"s{series}" if series else "rest"
    return (
        f'<rect class="{css}" x="{x:.1f}" y="{y:.1f}" '
        f'width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" rx="1.5"/>'
    )


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    css = f' class="{kind}"' if kind else ""
    return f'<text{css} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _plain(value: float) -> str:
    return number(value) if float(value).is_integer() else number(value, 1 if abs(value) >= 1 else 2)


def _in_square(value: float) -> str:
    """At most four or five signs."""
    if value >= 10_000:
        return compact(value).replace("\u00a0", "\u202f")
    return number(value) if value >= 10 else number(value, 1)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _svg(parts: Sequence[str], height: float, title: str, width: int = WIDTH) -> Markup:
    label = f'role="img" aria-label="{escape(title)}"' if title else 'aria-hidden="true"'
    inside = "".join(parts)
    kind = "plot wide" if width > WIDTH else "plot"
    opened = f'<svg class="{kind}" viewBox="0 0 {width} {height}" {label}>'
    return Markup(f"{opened}{inside}</svg>")  # noqa: S704 (every text was escaped above)
