"""A name in the reader's language."""

import pytest

from vaccination.domain.languages import name_in


@pytest.mark.parametrize(
    ("locale", "names", "shown"),
    [
        ("en", {"fr": "Campagne", "en": "Campaign"}, "Campaign"),
        ("fr", {"fr": "Campagne", "en": "Campaign"}, "Campagne"),
        ("ar", {"fr": "Campagne", "en": "Campaign"}, "Campagne"),
        ("de", {"fr": "Campagne", "en": "Campaign", "de": "Kampagne"}, "Kampagne"),
        ("en", {"fr": "Campagne", "en": ""}, "Campagne"),
        ("de", {"fr": "", "en": "Campaign"}, "Campaign"),
        ("fr", {"fr": "", "en": ""}, ""),
    ],
)
def test_a_name_is_never_lacking_where_there_is_one(locale: str, names: dict[str, str], shown: str) -> None:
    assert name_in(locale, **names) == shown
