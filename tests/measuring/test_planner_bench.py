"""What `make bench` says about the planner: measured in a fresh process, kept, drawn and written down."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from solver.__main__ import _tell
from solver.contract import Progress
from tests.bench import page
from tests.bench.curves import draw_curves, height_of
from tests.bench.planner import USUAL, Task, keep, kept, measure, reported, task_of

SVG = "{http://www.w3.org/2000/svg}"


def parsed(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(picture)  # noqa: S314  drawn by ourselves


def make_entry(requests: int = 2000, score: float = 995.0) -> dict[str, Any]:
    yardsticks = {"first come, first served": {"score": 380.0}, "greedy by priority": {"score": 780.0}}
    return {
        "requests": requests,
        "centres": 4,
        "limit_s": 20.0,
        "workers": 1,
        "seconds": 19.5,
        "peak_memory_mb": 200.0,
        "planned": 1500,
        "score": score,
        "bound": 1000.0,
        "gap": 1 - score / 1000,
        "phases": {"prepare": 0.2, "total": 19.0},
        "yardsticks": yardsticks,
        "curve": [(0.5, None, 1900.0), (1.0, 380.0, 1200.0), (19.5, score, 1000.0)],
        "machine": {"memory": "8 GiB"},
    }


@pytest.mark.parametrize(
    ("progress", "point"),
    [
        (Progress("relaxation", 1234567.8, 2345678.9, 3.0), (7.0, 1234567.8, 2345678.9)),
        (Progress("prepare", -float("inf"), 99.5, 0.1), (7.0, None, 99.5)),
        (Progress("a long name of a phase", -12.0, float("inf"), 100.0), (7.0, -12.0, None)),
    ],
)
def test_what_the_planner_reports_is_read(
    progress: Progress, point: tuple[float, float, float], capsys: pytest.CaptureFixture[str]
) -> None:
    _tell(progress)

    assert reported(capsys.readouterr().out, 7.0) == point


def test_other_lines_are_no_points() -> None:
    assert reported("score    891,346.0   bound 1,008,220.4   gap 11.592%", 7.0) is None


def test_a_campaign_is_planned_and_compared_in_fresh_processes() -> None:
    entry = measure(Task(120, 2.0))

    assert (entry["requests"], entry["centres"]) == (120, 4)
    assert entry["seconds"] > 0 and 30 < entry["peak_memory_mb"] < 1000
    assert entry["yardsticks"]["first come, first served"]["score"] <= entry["score"] <= entry["bound"]
    assert entry["curve"][-1] == (entry["seconds"], entry["score"], entry["bound"])
    seconds = [at for at, _, _ in entry["curve"]]
    assert seconds == sorted(seconds)
    assert "total" in entry["phases"]
    assert len(parsed(draw_curves([entry])).findall(f"{SVG}g")) == 1


def test_each_size_has_its_limit_and_the_million_is_planned_only_when_asked() -> None:
    assert [task_of(size, 1).limit_s for size in (500, 2000, 20_000, 100_000, 1_000_000)] == [
        20,
        20,
        60,
        120,
        600,
    ]
    assert max(USUAL) == 100_000


def test_a_new_result_replaces_the_one_of_its_size(tmp_path: Path) -> None:
    path = tmp_path / "benchmarks/planner.json"
    for entry in (make_entry(20_000), make_entry(2000), make_entry(20_000, score=996.0)):
        keep(path, entry)

    assert [(entry["requests"], entry["score"]) for entry in kept(path)] == [(2000, 995.0), (20_000, 996.0)]


def test_a_section_is_replaced_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "benchmarks.md"
    for title, line in (("Planner", "first"), ("Desk", "fast"), ("Planner", "second")):
        page.put_section(title, [line], path)

    text = path.read_text(encoding="utf-8")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Planner", "Desk"]
    assert "second" in text and "fast" in text and "first" not in text


def test_sizes_stand_side_by_side_and_what_was_not_measured_stays_empty() -> None:
    without_greedy = make_entry(20_000)
    del without_greedy["yardsticks"]["greedy by priority"]

    lines = page.planner_lines([make_entry(), without_greedy])

    assert "| requests | 2,000 | 20,000 |" in lines
    assert "| **gap** | **0.50%** | **0.50%** |" in lines
    assert "| greedy by priority, of the bound | 78.0% |  |" in lines
    assert "| prepare | 0.2 | 0.2 |" in lines
    assert "- 2,000, 20,000 requests: one worker; memory: 8 GiB" in lines


def test_the_picture_names_each_line_and_no_name_covers_another() -> None:
    root = parsed(draw_curves([make_entry(), make_entry(20_000), make_entry(100_000)]))
    panel = root.findall(f"{SVG}g")[0]
    names = [text for text in panel.findall(f"{SVG}text") if text.get("font-weight") == "600"][1:]
    heights = [float(text.get("y", "")) for text in names]

    assert [text.text for text in names] == [
        "bound 100.0 %",
        "score 99.5 %",
        "greedy 78.0 %",
        "first come 38.0 %",
    ]
    assert all(below - above >= 14 for above, below in zip(heights, heights[1:], strict=False))
    dashed = [line for line in panel.findall(f"{SVG}polyline") if line.get("stroke-dasharray")]
    assert len(dashed) == 2


def test_the_scale_rises_and_is_larger_near_the_bound() -> None:
    heights = [height_of(percent) for percent in (0, 5, 90, 95, 100, 110)]

    assert heights == sorted(heights, reverse=True)
    assert heights[3] - heights[4] > heights[0] - heights[1] > 0
    assert heights[2] - heights[3] == pytest.approx(heights[3] - heights[4])
