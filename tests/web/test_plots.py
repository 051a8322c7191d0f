"""Plots: numbers in, sound SVG out."""

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from web import plots


@pytest.fixture(autouse=True)
def request_context(plain_app: Flask) -> Iterator[None]:
    with plain_app.test_request_context():
        yield


def _texts(svg: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(svg).iter("text")]  # noqa: S314 (our own)


def test_bars_are_as_long_as_their_numbers() -> None:
    svg = plots.bars([("Orléans", 40), ("Tours", 20)], unit="doses")
    widths = [float(rect.get("width") or 0) for rect in ElementTree.fromstring(svg).iter("rect")]  # noqa: S314
    assert widths[0] == pytest.approx(2 * widths[1], abs=0.5)
    assert {"Orléans", "Tours", "40", "20", "doses"} <= set(_texts(svg))


def test_layers_stand_on_each_other() -> None:
    svg = plots.stacked(["Monday"], {"first": [30], "second": [10]}, unit="doses")
    low, high = list(ElementTree.fromstring(svg).iter("rect"))[:2]  # noqa: S314
    assert float(high.get("y") or 0) + float(high.get("height") or 0) == pytest.approx(
        float(low.get("y") or 0), abs=0.2
    )


def test_curves_are_named_at_their_end_without_covering_each_other() -> None:
    svg = plots.lines({"bound": [(0, 10), (9, 10)], "plan": [(0, 4), (9, 10)]}, unit="%")
    names = [n for n in ElementTree.fromstring(svg).iter("text") if n.text in ("bound", "plan")]  # noqa: S314
    assert len(names) == 2
    assert abs(float(names[0].get("y") or 0) - float(names[1].get("y") or 0)) >= 17


def test_names_are_escaped_and_nothing_is_inline() -> None:
    svg = plots.bars([("<script>&", 3)], unit="x", title='"quoted"')
    assert "<script>" not in svg and "style=" not in svg
    ElementTree.fromstring(svg)  # noqa: S314


def test_empty_plots_are_still_plots() -> None:
    for svg in (plots.bars([], unit="x"), plots.lines({}, unit="x"), plots.stacked([], {}, unit="x")):
        ElementTree.fromstring(svg)  # noqa: S314


def test_six_colours_cannot_be_told_apart() -> None:
    with pytest.raises(ValueError, match="5"):
        plots.stacked(["a"], {str(n): [1.0] for n in range(6)}, unit="x")


@given(st.floats(0, 1e9), st.floats(1e-3, 1e9))
def test_ticks_are_round_and_hold_the_numbers(low: float, span: float) -> None:
    ticks = plots.nice_ticks(low, low + span)
    assert ticks[0] <= low + span * 1e-6 and ticks[-1] >= (low + span) * (1 - 1e-6)
    assert 2 <= len(ticks) <= 12


def test_millions_fit_beside_the_axis() -> None:
    svg = plots.lines({"score": [(0, 0), (9, 2_100_000)]}, unit="points")
    axis = [text.replace("\u00a0", " ").replace("\u202f", " ") for text in _texts(svg)]
    assert "2,5 M" in axis or "2.5M" in axis
    assert not any(len(text) > 7 for text in axis)


def test_squares_are_the_darker_the_more_and_say_their_number() -> None:
    svg = plots.heat(["03/05", "10/05"], [("Orléans", [100.0, 0.0]), ("Tours", [20.0, 61.0])], unit="points")
    shades = [rect.get("class") for rect in ElementTree.fromstring(svg).iter("rect")]  # noqa: S314
    assert shades == ["h5", "h0", "h1", "h4"]
    assert {"100", "20", "61"} <= set(_texts(svg)) and "0" not in _texts(svg)


def test_a_map_of_nothing_is_still_one() -> None:
    for svg in (plots.heat([], [], unit="x"), plots.heat(["a"], [("b", [0.0])], unit="x", title="t")):
        ElementTree.fromstring(svg)  # noqa: S314
