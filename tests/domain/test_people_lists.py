"""Lists of people, as they are pasted and sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaccination.domain.people_lists import COLUMNS, day_parts, read_list, text_of_file

MARTIN = {"family_name": "Martin", "given_name": "Léa", "birth": "27/3/1948", "where": "45000"}


@pytest.mark.parametrize("delimiter", ["\t", ";", ","])
def test_cells_are_parted_by_whatever_the_list_uses(delimiter: str) -> None:
    (line,) = read_list(delimiter.join(MARTIN.values()))
    assert dict(line.cells) == MARTIN


@pytest.mark.parametrize(
    "head",
    [
        "Prénom;Nom;Né(e) le;Code postal",
        "prenom;NOM DE FAMILLE;Date de naissance;Commune",
        "First name;Last name;Date of birth;Town",
    ],
)
def test_a_first_line_with_names_gives_the_order(head: str) -> None:
    (line,) = read_list(f"{head}\nLéa;Martin;27/3/1948;45000")
    assert (dict(line.cells), line.number) == (MARTIN, 2)


def test_empty_lines_count_but_are_no_people() -> None:
    assert [line.number for line in read_list("\nMartin;Léa\n;;;\n\nPetit;Zoé\n")] == [2, 5]


def test_an_unknown_column_is_left_out_of_the_way() -> None:
    (line,) = read_list("Nom;Prénom;Service;Naissance\nMartin;Léa;B;27/3/1948")
    assert line.cells["birth"] == "27/3/1948"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("27/3/1948", ("27", "3", "1948")),
        ("27.03.1948", ("27", "03", "1948")),
        ("1948-03-27", ("27", "03", "1948")),
        ("1948-03-27 00:00:00", ("27", "03", "1948")),
        ("mars 1948", ("mars 1948", "", "")),
        ("", ("", "", "")),
    ],
)
def test_dates_as_tables_write_them(text: str, parts: tuple[str, str, str]) -> None:
    assert day_parts(text) == parts


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_files_as_spreadsheets_save_them(encoding: str) -> None:
    assert text_of_file("Léa;D'Aubigné".encode(encoding)) == "Léa;D'Aubigné"


@given(st.text(max_size=300))
def test_whatever_is_pasted_no_line_is_lost(text: str) -> None:
    lines = read_list(text)
    held = [line for line in text.splitlines() if line.strip(" \t;,")]
    assert [line.text for line in lines] in (held, held[1:])
    assert all(set(line.cells) <= {*COLUMNS, ""} for line in lines)
