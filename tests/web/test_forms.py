"""Reading what people type."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from web.forms import BLANK, Fields, InvalidForm, filled, filled_day

TODAY = date(2027, 5, 3)


@pytest.fixture(autouse=True)
def request_context(plain_app: Flask) -> Iterator[None]:
    with plain_app.test_request_context():
        yield


def _fields(**typed: str) -> Fields:
    return Fields(MultiDict(typed))


def _date(day: str, month: str, year: str) -> Fields:
    return _fields(birth_day=day, birth_month=month, birth_year=year)


@pytest.mark.parametrize(
    ("day", "month", "year", "expected"),
    [
        ("27", "3", "1948", date(1948, 3, 27)),
        ("07", "mars", "1948", date(1948, 3, 7)),
        ("7", "Févr.", "1948", date(1948, 2, 7)),
        ("7", "aout", "1948", date(1948, 8, 7)),
        ("7", "AUGUST", "1948", date(1948, 8, 7)),
        ("29", "2", "1948", date(1948, 2, 29)),
        (" 1 ", "juil", "2020", date(2020, 7, 1)),
        ("٢٧", "3", "1948", date(1948, 3, 27)),
    ],
)
def test_dates_as_people_write_them(day: str, month: str, year: str, expected: date) -> None:
    fields = _date(day, month, year)
    assert fields.birth_day("birth", TODAY) == expected
    fields.check()


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [
        ("", "", ""),
        ("27", "", "1948"),
        ("31", "2", "1948"),
        ("29", "2", "1949"),
        ("27", "13", "1948"),
        ("27", "jui", "1948"),
        ("27", "3", "48"),
        ("4", "5", "2027"),
        ("27", "3", "1848"),
    ],
)
def test_dates_that_cannot_be_are_named(day: str, month: str, year: str) -> None:
    fields = _date(day, month, year)
    fields.birth_day("birth", TODAY)
    with pytest.raises(InvalidForm) as refused:
        fields.check()
    assert set(refused.value.errors) == {"birth"}
    assert refused.value.errors["birth"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("0692 12 34 56", "+262692123456"),
        ("02.38.00.11.22", "+33238001122"),
    ],
)
def test_phone_numbers_of_every_shape(typed: str, kept: str) -> None:
    fields = _fields(phone=typed)
    assert fields.phone("phone", "missing") == kept
    fields.check()


@pytest.mark.parametrize("typed", ["12", "06 12 34 56", "call me", "+33 6 12 34 56 78 90"])
def test_wrong_phone_numbers_are_named(typed: str) -> None:
    fields = _fields(phone=typed)
    fields.optional_phone("phone")
    assert set(fields.errors) == {"phone"}


def test_addresses_and_postcodes() -> None:
    fields = _fields(mail=" Camille@Example.COM ", postcode="45 000")
    assert fields.email("mail", "missing") == "Camille@example.com"
    assert fields.postcode("postcode", "missing") == "45000"
    fields.check()
    wrong = _fields(mail="camille@", postcode="99999")
    wrong.optional_email("mail")
    wrong.postcode("postcode", "missing")
    assert set(wrong.errors) == {"mail", "postcode"}


def test_missing_is_a_fault_only_where_it_matters() -> None:
    fields = _fields()
    assert fields.optional_phone("phone") is None
    assert fields.optional_email("mail") is None
    assert fields.optional_whole("doses") is None
    assert fields.optional_day("from") is None
    assert fields.text("note") == ""
    fields.check()
    fields.phone("phone", "give a phone")
    fields.whole("doses", "how many?")
    fields.choice("group", {"1": 1}, "choose one")
    fields.bands("when", "tick a time")
    assert fields.errors == {
        "phone": "give a phone",
        "doses": "how many?",
        "group": "choose one",
        "when": "tick a time",
    }


@pytest.mark.parametrize(("typed", "value"), [("12", 12), ("1 200", 1200), ("1\u202f200", 1200), ("0", 0)])
def test_whole_numbers(typed: str, value: int) -> None:
    fields = _fields(doses=typed)
    assert fields.whole("doses", "missing") == value
    fields.check()


@pytest.mark.parametrize("typed", ["-1", "1.5", "ten", "²", "99999999999999999999"])
def test_numbers_out_of_range_are_named(typed: str) -> None:
    fields = _fields(doses=typed)
    fields.whole("doses", "missing", least=0, most=1000)
    assert set(fields.errors) == {"doses"}


def test_the_first_fault_of_a_field_stands() -> None:
    fields = _fields()
    fields.fault("name", "first")
    fields.fault("name", "second")
    assert fields.errors == {"name": "first"}


def test_availability_is_one_letter_a_band() -> None:
    fields = Fields(MultiDict([("when", "0"), ("when", "4"), ("when", "20"), ("when", "x")]))
    assert fields.bands("when", "missing") == "1" + "000" + "1" + "0" * 15 + "1"


def test_control_characters_are_dropped() -> None:
    assert _fields(name=" Le\x00f\x1bèvre\n").text("name") == "Lefèvre"


def test_a_stored_decimal_is_shown_as_the_reader_writes_it() -> None:
    assert [filled(km=value).value("km") for value in (0.5, 100.0, 47.9029)] == ["0,5", "100", "47,9029"]


def test_stored_values_fill_a_form_again() -> None:
    form = filled(name="Camille", radius=25, late=None, days=[1, 3], **filled_day("birth", date(1948, 3, 27)))
    assert form.value("name") == "Camille" and form.value("birth_month") == "3" and form.value("late") == ""
    assert form.chosen("days", 3) and not form.chosen("days", 2)
    assert BLANK.chosen("days", 2, default=[2])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dates(date(1910, 1, 1), TODAY))
def test_every_real_day_is_read_back(day: date) -> None:
    fields = _date(str(day.day), str(day.month), str(day.year))
    assert fields.birth_day("birth", TODAY) == day
    fields.check()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_nothing_typed_breaks_the_reader(first: str, second: str, third: str) -> None:
    fields = _fields(
        birth_day=first,
        birth_month=second,
        birth_year=third,
        phone=first,
        mail=second,
        doses=third,
        postcode=first,
    )
    fields.birth_day("birth", TODAY)
    fields.optional_phone("phone")
    fields.optional_email("mail")
    fields.optional_whole("doses")
    fields.postcode("postcode", "missing")
    assert all(fields.errors.values())
