"""Telephone numbers on pages."""

from dataclasses import replace

import pytest

from vaccination.settings import Settings
from web.app import create_app
from web.phone_numbers import spoken_number


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("+33612345678", "06\u00a012\u00a034\u00a056\u00a078"),
        ("+32470123456", "+32\u00a0470\u00a012\u00a034\u00a056"),
        ("3919", "3919"),
        ("02 61 91 40 01", "02\u00a061\u00a091\u00a040\u00a001"),
    ],
)
def test_a_number_is_read_in_groups_and_stays_on_its_line(stored: str, said: str) -> None:
    assert spoken_number(stored) == said


def test_the_number_of_the_help_is_dialled_at_a_touch(settings: Settings) -> None:
    app = create_app(replace(settings, help_phone="02 38 79 25 00"), testing=True, features=())
    page = app.test_client().get("/help?lang=fr", follow_redirects=True).get_data(as_text=True)
    assert '<a href="tel:0238792500"><bdi>02\u00a038\u00a079\u00a025\u00a000</bdi></a>' in page
