"""What `make bench` says about the citizen's pages: percentiles, what the crowd reads, the section."""

import pytest

from tests.bench import citizen, page
from tests.bench.citizen import CONFIRM, PageTimes, p95, put_section
from tests.bench.citizen_client import Answer, Citizen

FORM = """<input type="hidden" name="csrf_token" value="a&amp;b"><input name="token" value="t">
<button name="offer" value="course.1.2.3"></button><button name="offer" value="course.1.4.5"></button>
<strong class="reference"><bdi>7QK4\u00a0M2XW\u00a08D</bdi></strong>
<strong class="reference">0123 4567 89AB</strong>"""


@pytest.mark.parametrize(
    ("values", "found"), [([3.0], 3.0), (list(range(1, 101)), 95), ([1.0] * 19 + [9.0], 1.0)]
)
def test_one_of_twenty_waits_longer_than_the_95th_percentile(values: list[float], found: float) -> None:
    assert p95(values) == found


def test_the_crowd_reads_forms_offers_and_codes() -> None:
    answer = Answer(200, "/", FORM)
    assert answer.hidden == {"csrf_token": "a&b", "token": "t"}
    assert answer.offers == ["course.1.2.3", "course.1.4.5"]
    assert Citizen(1, 1, 0.0, {}, page=answer).codes() == ["7QK4M2XW8D", "0123456789AB"]


def test_the_section_names_the_slowest_first_with_its_aim(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(page, "put_section", lambda title, lines: written.extend([title, *lines]))
    put_section([PageTimes("help", 5, 1.0, 2.0), PageTimes(CONFIRM, 3, None, 90.4)], {"memory": "8 GiB"})
    rows = [line for line in written if line.startswith("| ")]
    assert written[0] == citizen.TITLE
    assert rows[2:] == [
        "| confirm a kept pair | 3 |  | 90 ms | 100 ms |",
        "| help | 5 | 1 ms | 2 ms | 150 ms |",
    ]
