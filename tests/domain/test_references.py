from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vaccination.domain.references import (
    ALPHABET,
    REFERENCES,
    BadReference,
    BadSecretCode,
    Reference,
    grouped,
    new_reference,
    new_secret_code,
    parse_reference,
    parse_secret_code,
    reference_of,
    secret_code_of,
)

references = st.integers(0, REFERENCES - 1).map(reference_of)


@given(references)
def test_a_reference_survives_how_people_write_it(reference: Reference) -> None:
    for typed in (
        grouped(reference),
        f" {grouped(reference).lower()} ",
        " ".join(reference),
        reference.replace("-", "–"),
    ):
        assert parse_reference(typed) == reference
    assert parse_reference(reference.replace("0", "o").replace("1", "l")) == reference
    assert parse_reference(reference.replace("1", "I")) == reference


@given(references, st.integers(0, 9), st.sampled_from(ALPHABET))
def test_every_wrong_character_is_noticed(reference: Reference, place: int, letter: str) -> None:
    assume(reference[place] != letter)
    with pytest.raises(BadReference):
        parse_reference(reference[:place] + letter + reference[place + 1 :])


@given(references, st.integers(0, 9), st.integers(0, 9))
def test_every_swap_of_two_characters_is_noticed(reference: Reference, one: int, other: int) -> None:
    assume(reference[one] != reference[other])
    letters = list(reference)
    letters[one], letters[other] = letters[other], letters[one]
    with pytest.raises(BadReference):
        parse_reference("".join(letters))


@pytest.mark.parametrize(
    "typed", ["", "7QK4", "7QK4-M2XW-8", "7QK4-M2XW-8D5", "7QK4-M2XU-8D", "٣QK4-M2XW-8D", "ßßßßß"]
)
def test_what_is_no_reference_is_refused(typed: str) -> None:
    with pytest.raises(BadReference):
        parse_reference(typed)


@given(st.text(max_size=20))
def test_any_text_is_parsed_or_refused(typed: str) -> None:
    with suppress(BadReference):
        reference = parse_reference(typed)
        assert len(reference) == 10 and set(reference) <= set(ALPHABET)


def test_numbers_and_references_match_one_to_one() -> None:
    assert reference_of(0) == "0000000000"
    assert len({reference_of(number) for number in range(2000)}) == 2000
    with pytest.raises(ValueError):
        reference_of(REFERENCES)


def test_references_are_shown_in_groups() -> None:
    assert grouped("7QK4M2XW8D") == "7QK4-M2XW-8D"
    assert parse_reference(new_reference()) != parse_reference(new_reference())


def test_secret_codes_are_read_as_leniently() -> None:
    code = new_secret_code()
    assert len(code) == 12
    assert parse_secret_code(f" {grouped(code).lower()} ") == code
    for wrong in ("", code[:-1], code + "0", code[:-1] + "U"):
        with pytest.raises(BadSecretCode):
            parse_secret_code(wrong)


@given(st.binary(min_size=8, max_size=32))
def test_a_fingerprint_spells_one_secret_code_from_its_60_lowest_bits(fingerprint: bytes) -> None:
    code = secret_code_of(fingerprint)
    assert parse_secret_code(grouped(code)) == code == secret_code_of(fingerprint[:8])
    changed = bytes([*fingerprint[:7], fingerprint[7] ^ 1])
    assert secret_code_of(changed) != code
