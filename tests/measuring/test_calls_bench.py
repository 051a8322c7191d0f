"""What `make bench` says about calls: keys, talk, what is left for pages, the section."""

import pytest

from tests.bench import calls, page
from tests.bench.calls import ANSWER_S, CALLS, Taken, put_section


def test_what_is_neither_keys_nor_talk_is_the_page_s() -> None:
    taken = Taken(CALLS[0], 50.0, 100, 5)
    assert taken.waited_s == pytest.approx(50 - 100 * CALLS[0].key_s - 5 * ANSWER_S)


def test_callers_of_one_run_are_different_people() -> None:
    names = [call.family for call in CALLS] + [call.other_family for call in CALLS if call.other_family]
    assert len(set(names)) == len(names)


def test_the_section_names_the_pace_and_the_aim_of_one_person(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(page, "put_section", lambda title, lines: written.extend([title, *lines]))
    put_section([Taken(CALLS[0], 61.2, 78, 7), Taken(CALLS[3], 120.9, 118, 9)], {"memory": "8 GiB"})
    rows = [line for line in written if line.startswith("| ")]
    assert written[0] == calls.TITLE
    assert rows[2:] == [
        "| one person | 0.20 s | 78 | 7 | 17.6 s | **61 s** | 90 s |",
        "| three people together | 0.28 s | 118 | 9 | 51.9 s | **121 s** |  |",
    ]
    assert written[-1] == "- memory: 8 GiB"
