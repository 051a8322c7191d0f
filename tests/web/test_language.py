"""Which language a page speaks, and how each writes days and numbers."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask_babel import force_locale, ngettext

from web import catalogue_words, language, presenters
from web.catalogues import bind_figures, bind_french_signs, isolate_parts
from web.days import read_month


def _language_of(text: str) -> str:
    return text.split('<html lang="', 1)[1][:2]


def test_french_unless_the_browser_asks_for_english(plain_app: Flask) -> None:
    client = plain_app.test_client()
    assert _language_of(client.get("/help").text) == "fr"
    assert _language_of(client.get("/help", headers={"Accept-Language": "en-GB,en;q=0.8"}).text) == "en"
    assert _language_of(client.get("/help", headers={"Accept-Language": "it"}).text) == "fr"


def test_a_choice_is_kept_and_the_page_shown_again(plain_app: Flask) -> None:
    client = plain_app.test_client()
    answer = client.get("/parts?density=desk&lang=en")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/parts?density=desk"
    assert _language_of(client.get("/help").text) == "en"
    assert "Skip to the content" in client.get("/help").text
    client.get("/help?lang=fr")
    assert "Aller au contenu" in client.get("/help").text


def test_an_unknown_language_changes_nothing(plain_app: Flask) -> None:
    client = plain_app.test_client()
    assert client.get("/help?lang=xx").status_code == 200
    assert client.get_cookie("lang") is None


@pytest.mark.parametrize("address", ["/help", "/accessibility", "/privacy", "/account/sign-in"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_shared_pages_speak_both(plain_app: Flask, address: str, lang: str) -> None:
    client = plain_app.test_client()
    client.set_cookie("lang", lang, domain="localhost")
    answer = client.get(address)
    assert answer.status_code == 200
    assert _language_of(answer.text) == lang


def test_what_is_put_into_an_arabic_text_keeps_its_own_order() -> None:
    assert isolate_parts("اتصلوا: %(phone)s.") == "اتصلوا: \u2068%(phone)s\u2069."


def test_nothing_is_lacking_in_a_language_that_is_offered() -> None:
    """The whole list: `python -m web.catalogues check --strict`."""
    assert catalogue_words.lacks() == []


@pytest.mark.parametrize(("language", "forms"), [("fr", 2), ("en", 2), ("de", 2), ("es", 2), ("ar", 4)])
def test_every_language_counts_by_its_own_rule(plain_app: Flask, language: str, forms: int) -> None:
    """With the catalogues of all features loaded, also of those that do not speak it."""
    with plain_app.test_request_context(), force_locale(language):
        said = {ngettext("There is a problem", "There are %(num)s problems", n) for n in (1, 2, 3, 11, 100)}
    assert len({re.sub(r"\d+", "n", sentence) for sentence in said}) == forms, said


def test_french_signs_do_not_begin_a_line() -> None:
    assert bind_french_signs("Quand ? « Demain » !") == "Quand\u00a0? «\u00a0Demain\u00a0»\u00a0!"


def test_a_number_stays_with_its_unit_and_its_groups_stay_together() -> None:
    assert bind_figures("de 9 h à 12 h") == "de 9\u00a0h à 12\u00a0h"
    assert bind_figures("up to %(km)s km") == "up to %(km)s\u00a0km"
    assert bind_figures("comme 06 12 34") == "comme 06\u00a012\u00a034"
    assert bind_figures("comme 7QK4 M2XW 8D.") == "comme 7QK4\u00a0M2XW\u00a08D."
    assert bind_figures("2 doses, 30 places") == "2 doses, 30 places"


@pytest.fixture
def french(plain_app: Flask) -> Iterator[None]:
    with plain_app.test_request_context():
        yield


@pytest.fixture
def english(plain_app: Flask) -> Iterator[None]:
    with plain_app.test_request_context(headers={"Accept-Language": "en"}):
        yield


def test_a_language_is_offered_only_where_the_page_is_there_in_it(plain_app: Flask) -> None:
    client = plain_app.test_client()
    client.get("/account/sign-in?lang=de")
    assert client.get_cookie("lang") is None, "a page of the staff speaks no German"
    client.get("/no-such-page?lang=de")
    wrong = client.get("/no-such-page")
    assert _language_of(wrong.text) == "de"
    assert re.findall(r'hreflang="(\w+)"', wrong.text) == ["fr", "en", "es", "ar"]
    staff = client.get("/account/sign-in")
    assert _language_of(staff.text) == "fr"
    assert re.findall(r'hreflang="(\w+)"', staff.text) == ["en"]
    assert _language_of(client.get("/no-such-page").text) == "de", "the choice outlives the staff's page"


def test_what_is_not_complete_is_not_offered(plain_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "CITIZEN_LANGUAGES", ("fr", "en", "de"))
    page = plain_app.test_client().get("/help", headers={"Accept-Language": "ar"})
    assert _language_of(page.text) == "fr"
    offered = {"fr", *re.findall(r'hreflang="(\w+)"', page.text)}
    assert offered == set(language.CITIZEN_LANGUAGES)


@pytest.mark.parametrize(("code", "direction"), [("ar", "rtl"), ("de", "ltr"), ("fr", "ltr")])
def test_arabic_is_written_from_right_to_left(plain_app: Flask, code: str, direction: str) -> None:
    page = plain_app.test_client().get("/no-such-page", headers={"Accept-Language": code})
    assert f'<html lang="{code}" dir="{direction}">' in page.text


def test_citizens_folders_are_those_whose_pages_say_so(lite_app: Flask) -> None:
    """The pages and the catalogues read the same line in two ways."""
    in_the_app = {name for name in lite_app.blueprints if lite_app.extensions["citizen_features"] & {name}}
    folders = catalogue_words.folders()[1:]
    assert in_the_app == {folder.name for folder in folders if len(catalogue_words.locales_of(folder)) > 1}
    assert {"about", "public"} <= in_the_app


@pytest.mark.parametrize("code", language.CITIZEN_LANGUAGES)
def test_long_prose_is_there_in_each_language(code: str) -> None:
    for feature in ("about", "easy"):
        prose = catalogue_words.WEB / feature / "templates" / feature
        there = {path.name for path in (prose / code).iterdir()}
        assert there == {path.name for path in (prose / "fr").iterdir()}


@pytest.mark.parametrize(
    ("code", "day", "moment", "share"),
    [
        ("de", "Dienstag, 1. Juni 2027", "Dienstag, 1. Juni, 9:05\u00a0Uhr", "12,3\u00a0%"),
        ("es", "martes, 1 de junio de 2027", "martes, 1 de junio, 9:05", "12,3\u00a0%"),
        ("ar", "الثلاثاء، 1 يونيو 2027", "الثلاثاء، 1 يونيو، 9:05", "12.3%"),
    ],
)
def test_days_and_numbers_in_further_languages(
    plain_app: Flask, code: str, day: str, moment: str, share: str
) -> None:
    with plain_app.test_request_context("/help", headers={"Accept-Language": code}):
        assert presenters.day_and_year(date(2027, 6, 1)) == day
        assert presenters.moment(datetime(2027, 6, 1, 7, 5, tzinfo=UTC), "Europe/Paris") == moment
        assert presenters.percent(0.1234, 1) == share
        assert presenters.short_day(date(2027, 6, 1)) and presenters.plain_day(date(2027, 6, 1))


@pytest.mark.parametrize("month", ["März", "marzo", "mars", "March", "مارس"])
def test_a_month_is_read_in_each_language(month: str) -> None:
    assert read_month(month) == 3


@pytest.mark.usefixtures("french")
def test_days_and_numbers_in_french() -> None:
    assert presenters.day(date(2027, 5, 4)) == "mardi 4 mai"
    assert presenters.day(date(2027, 6, 1)) == "mardi 1er juin"
    assert presenters.day_and_year(date(2027, 5, 11)) == "mardi 11 mai 2027"
    moment = datetime(2027, 5, 4, 7, 40, tzinfo=UTC)
    assert presenters.moment(moment, "Europe/Paris") == "mardi 4 mai, 9\u00a0h\u00a040"
    assert presenters.number(12345) == "12\u202f345"
    assert presenters.percent(0.1234, 1) == "12,3\u00a0%"


@pytest.mark.usefixtures("english")
def test_days_and_numbers_in_english() -> None:
    assert presenters.day(date(2027, 6, 1)) == "Tuesday 1 June"
    moment = datetime(2027, 5, 4, 7, 40, tzinfo=UTC)
    assert presenters.moment(moment, "Indian/Reunion") == "Tuesday 4 May, 11:40\u00a0am"
    assert presenters.number(12345.5, 1) == "12,345.5"
    assert presenters.percent(0.1234, 1) == "12.3%"


@pytest.mark.usefixtures("french")
def test_references_are_shown_in_fours() -> None:
    assert presenters.reference("VX7K-3MQ2-T9") == "VX7K\u00a03MQ2\u00a0T9"
