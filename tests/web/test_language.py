"""Which language a page speaks, and that its words are all there."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask

from web import catalogue_words, presenters
from web.catalogues import bind_french_signs


def _language_of(text: str) -> str:
    return text.split('<html lang="', 1)[1][:2]


def test_french_unless_the_browser_asks_for_english(plain_app: Flask) -> None:
    client = plain_app.test_client()
    assert _language_of(client.get("/help").text) == "fr"
    assert _language_of(client.get("/help", headers={"Accept-Language": "en-GB,en;q=0.8"}).text) == "en"
    assert _language_of(client.get("/help", headers={"Accept-Language": "de"}).text) == "fr"


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


def test_every_word_is_translated_with_the_same_placeholders() -> None:
    assert not catalogue_words.faults(), "\n".join(catalogue_words.faults())


def test_a_lacking_translation_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "stock").mkdir()
    (tmp_path / "stock" / "__init__.py").write_text("")
    (tmp_path / "stock" / "views.py").write_text('_("%(count)s doses", count=2)\n')
    monkeypatch.setattr(catalogue_words, "WEB", tmp_path)
    assert len(catalogue_words.faults()) == 1
    catalogue_words.extract(["stock"])
    path = catalogue_words.po_path(tmp_path / "stock")
    assert len(catalogue_words.faults()) == 1
    path.write_text(
        path.read_text()
        .replace('msgstr ""\n', 'msgstr "des doses"\n', 2)
        .replace('msgid ""\nmsgstr "des doses"', 'msgid ""\nmsgstr ""', 1)
    )
    assert "placeholders" in catalogue_words.faults()[0]
    path.write_text(path.read_text().replace("des doses", "%(count)s doses"))
    assert not catalogue_words.faults()


def test_french_signs_do_not_begin_a_line() -> None:
    assert bind_french_signs("Quand ? « Demain » !") == "Quand\u00a0? «\u00a0Demain\u00a0»\u00a0!"


@pytest.fixture
def french(plain_app: Flask) -> Iterator[None]:
    with plain_app.test_request_context():
        yield


@pytest.fixture
def english(plain_app: Flask) -> Iterator[None]:
    with plain_app.test_request_context(headers={"Accept-Language": "en"}):
        yield


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
