"""The picture of the planner's benchmark: how score and bound come together, a panel for each size.

The vertical scale is in per cent of the final bound. What matters happens near 100 %, so the part from 90 %
up is drawn larger than the rest.
"""

from collections.abc import Callable, Iterable
from html import escape
from typing import Any

_WIDTH, _HEIGHT = 460, 330
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 136, 56, 46
_PLOT_W, _PLOT_H = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
_HIGHEST, _KNEE, _BELOW = 110.0, 90.0, 0.36
"""Per cent at the top and where the scale changes, and the part of the height below that."""
_TICKS = (0, 30, 60, 90, 95, 100, 105, 110)
_STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 150, 300, 600, 1800)
_LABEL_APART = 16.0
# Okabe and Ito's colours, told apart by all kinds of eyes; dashes do the same without any colour
_BOUND, _SCORE = "#d55e00", "#0072b2"
_YARDSTICKS = {
    "greedy by priority": ("greedy", "#007a5a", "7 4"),
    "first come, first served": ("first come", "#595959", "2 3"),
}
_INK, _QUIET, _GRID, _COARSE = "#1a1a1a", "#595959", "#dedede", "#f5f5f5"


def draw_curves(entries: list[dict[str, Any]]) -> str:
    """All panels, two in a row, as one SVG."""
    columns = min(2, max(1, len(entries)))
    rows = max(1, -(-len(entries) // columns))
    width, height = columns * _WIDTH, rows * _HEIGHT
    panels = [
        _group(_panel(entry), number % columns * _WIDTH, number // columns * _HEIGHT)
        for number, entry in enumerate(entries)
    ]
    title = "Score and proven bound over time, in per cent of the final bound"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"',
            f' height="{height}" role="img" font-family="system-ui, sans-serif" font-size="12">',
            f"<title>{title}</title>",
            f'<clipPath id="plot">{_rectangle(_LEFT, _TOP, _PLOT_W, _PLOT_H)}</clipPath>',
            _rectangle(0, 0, width, height, ' fill="#ffffff"'),
            *panels,
            "</svg>\n",
        ]
    )


def _rectangle(x: int, y: int, width: int, height: int, more: str = "") -> str:
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}"{more}/>'


def _panel(entry: dict[str, Any]) -> list[str]:
    longest = max(entry["limit_s"], entry["seconds"])

    def across(seconds: float) -> float:
        return _LEFT + _PLOT_W * seconds / longest

    heading = f"{entry['requests']:,} requests, {entry['centres']} centres"
    score = [(at, _percent(value, entry)) for at, value, _ in entry["curve"] if value is not None]
    bound = [(at, _percent(value, entry)) for at, _, value in entry["curve"] if value is not None]
    labels = [("bound", 100.0, _BOUND), ("score", _percent(entry["score"], entry), _SCORE)]
    drawn = [_text(_LEFT, 24, heading, _INK, ' font-size="14" font-weight="600"'), *_axes(longest, across)]
    for yardstick, found in entry["yardsticks"].items():
        name, colour, dashes = _YARDSTICKS[yardstick]
        level = _percent(found["score"], entry)
        drawn.append(_line([(0.0, level), (longest, level)], across, colour, dashes))
        labels.append((name, level, colour))
    drawn += [_line(_stairs(bound), across, _BOUND), _line(_stairs(score), across, _SCORE)]
    return [*drawn, *_labels(labels)]


def _percent(value: float, entry: dict[str, Any]) -> float:
    return 100.0 * value / float(entry["bound"])


def height_of(percent: float) -> float:
    """Where this level is drawn, from the top of the panel."""
    if percent <= _KNEE:
        part = _BELOW * percent / _KNEE
    else:
        part = _BELOW + (1 - _BELOW) * (percent - _KNEE) / (_HIGHEST - _KNEE)
    return _TOP + _PLOT_H * (1 - part)


def _axes(longest: float, across: Callable[[float], float]) -> Iterable[str]:
    """Grid, ticks and units."""
    right, bottom = _LEFT + _PLOT_W, _TOP + _PLOT_H
    knee = round(height_of(_KNEE))
    yield _rectangle(_LEFT, knee, _PLOT_W, bottom - knee, f' fill="{_COARSE}"')
    for percent in _TICKS:
        y = height_of(percent)
        colour = _QUIET if percent in (0, 100) else _GRID
        yield f'<path d="M{_LEFT} {y:.1f}H{right}" stroke="{colour}" stroke-width="0.8"/>'
        yield _text(_LEFT - 8, y + 4, f"{percent}", _QUIET, ' text-anchor="end"')
    yield _text(_LEFT, _TOP - 12, f"% of the final bound; coarser below {_KNEE:.0f}", _QUIET)
    step = next((step for step in _STEPS if longest / step <= 5), _STEPS[-1])
    for seconds in range(0, int(longest) + 1, step):
        x = across(seconds)
        yield f'<path d="M{x:.1f} {bottom}v5" stroke="{_QUIET}"/>'
        yield _text(x, bottom + 18, f"{seconds}", _QUIET, ' text-anchor="middle"')
    yield _text(_LEFT + _PLOT_W / 2, bottom + 35, "seconds since the start", _QUIET, ' text-anchor="middle"')


def _stairs(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """What was reported holds until the next report."""
    stairs = points[:1]
    for at, level in points[1:]:
        stairs += [(at, stairs[-1][1]), (at, level)]
    return stairs


def _line(
    points: list[tuple[float, float]], across: Callable[[float], float], colour: str, dashes: str = ""
) -> str:
    path = " ".join(f"{across(at):.1f},{height_of(min(level, 2 * _HIGHEST)):.1f}" for at, level in points)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    style = f'fill="none" stroke="{colour}" stroke-width="{1.6 if dashes else 2.2}" stroke-linejoin="round"'
    return f'<polyline points="{path}" {style}{dashed} clip-path="url(#plot)"/>'


def _labels(labels: list[tuple[str, float, str]]) -> Iterable[str]:
    """Each at the height of its line, but never one over the other."""
    below = -float("inf")
    for name, level, colour in sorted(labels, key=lambda label: -label[1]):
        y = max(height_of(level) + 4, below + _LABEL_APART)
        below = y
        yield _text(_LEFT + _PLOT_W + 8, y, f"{name} {level:.1f} %", colour, ' font-weight="600"')


def _text(x: float, y: float, words: str, colour: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}"{more}>{escape(words)}</text>'


def _group(parts: Iterable[str], x: int, y: int) -> str:
    return "\n".join([f'<g transform="translate({x} {y})">', *parts, "</g>"])
