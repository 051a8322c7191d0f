"""The town list: found by postcode and by name, as people type them; small communes too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.public.towns import by_key, find, towns


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("45000", "Orléans"),
        ("45 000", "Orléans"),
        ("orleans", "Orléans"),
        ("ORLÉANS", "Orléans"),
        ("45000 Orléans", "Orléans"),
        ("st malo", "Saint-Malo"),
        ("35200 Rennes", "Rennes"),
        ("Paris 15", "Paris 15e Arrondissement"),
        ("paris 15eme", "Paris 15e Arrondissement"),
        ("75015", "Paris 15e Arrondissement"),
        ("51300 Bassu", "Bassu"),  # one of 46 communes with this postcode
        ("rouvres-sous-meilly", "Rouvres-sous-Meilly"),
    ],
)
def test_one_town_is_found_however_it_is_typed(typed: str, name: str) -> None:
    assert [town.name for town in find(typed)] == [name]


def test_towns_of_one_name_are_offered_to_choose() -> None:
    found = find("Saint-Denis")
    assert {town.postcodes[0][:2] for town in found} == {"93", "97", "11", "30"}
    assert by_key("93200 Saint-Denis", found) is not None
    assert by_key("75001 Nowhere", found) is None


def test_all_communes_of_a_postcode_are_offered_the_largest_first() -> None:
    found = find("51300")
    assert len(found) > 40 and found[0].name == "Vitry-le-François"
    assert all("51300" in town.postcodes for town in found)
    assert find("51300 Nowhere") == found


def test_a_postcode_that_is_not_listed_offers_the_nearest_of_its_department() -> None:
    found = find("35999")
    assert found and all(town.postcodes[0].startswith("35") for town in found)
    assert "Rennes" in {town.name for town in found}


@pytest.mark.parametrize("typed", ["", "x", "zzyzx", "99999", "-", "00000"])
def test_nothing_is_found_for_nothing(typed: str) -> None:
    assert find(typed) == ()


def test_the_list_is_whole_and_unambiguous() -> None:
    assert len({town.key for town in towns()}) == len(towns()) > 34_900
    assert {town.postcodes[0][:2] for town in towns()} >= {f"{n:02}" for n in range(1, 96)} - {"20"}
    for town in towns():
        assert all(len(code) == 5 and code.isdigit() for code in town.postcodes)
        assert -22 < town.lat < 52 and -64 < town.lon < 56


def test_the_typed_postcode_is_kept_when_it_is_the_towns() -> None:
    (rennes,) = find("35200 Rennes")
    assert rennes.place("35200").postcode == "35200"
    assert rennes.place("rennes").postcode == "35000"


@given(st.text(max_size=40))
def test_whatever_is_typed_gives_few_towns_or_none(typed: str) -> None:
    found = find(typed)
    assert len(found) <= 50
    assert len(set(found)) == len(found)
