"""Whether the words of all pages are there, in each language that they are for."""

from pathlib import Path

import pytest

from web import catalogue_words, catalogues


def test_every_word_is_translated_with_the_same_placeholders() -> None:
    assert not catalogue_words.faults(), "\n".join(catalogue_words.faults())


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A house with a folder for staff and one for citizens, each with a word."""
    for name, first in (("stock", ""), ("offers", "FOR_CITIZENS = True\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("")
        (tmp_path / name / "views.py").write_text(f'{first}_("%(count)s {name}", count=2)\n')
    monkeypatch.setattr(catalogue_words, "WEB", tmp_path)
    return tmp_path


def say(path: Path, text: str) -> None:
    """Translate the one message of a catalogue."""
    head, _, _last = path.read_text().rpartition("msgstr ")
    path.write_text(f'{head}msgstr "{text}"\n')


def test_a_lacking_french_word_is_a_fault(house: Path) -> None:
    assert len(catalogue_words.faults()) == 2
    catalogue_words.extract(["stock"])
    path = catalogue_words.po_path(house / "stock")
    assert [str(path) in fault for fault in catalogue_words.faults()].count(True) == 1
    say(path, "des doses")
    assert "placeholders" in catalogue_words.faults()[1]
    say(path, "%(count)s doses")
    assert not [fault for fault in catalogue_words.faults() if "stock" in fault]


def french_said(house: Path) -> None:
    catalogue_words.extract()
    for name in ("stock", "offers"):
        say(catalogue_words.po_path(house / name), f"%(count)s {name}")


def test_a_lacking_further_word_is_told_only_when_asked_strictly(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    french_said(house)
    assert catalogues.main("check") == 0
    assert catalogues.main("check", "--strict") == 1
    told = capsys.readouterr().out.split()
    assert [word.split("/translations/")[1][:2] for word in told if "offers/translations" in word] == [
        "ar",
        "de",
        "es",
    ]
    assert not [word for word in told if "stock/translations" in word]


def test_a_further_language_is_made_on_demand_and_then_kept_up(house: Path) -> None:
    french_said(house)
    german = catalogue_words.po_path(house / "offers", "de")
    assert not german.exists()
    assert catalogues.main("extract", "--further", "offers") == 0
    assert not catalogue_words.po_path(house / "stock", "de").exists()
    for locale in ("ar", "de", "es"):
        say(catalogue_words.po_path(house / "offers", locale), "%(count)s")
    assert catalogues.main("check", "--strict") == 0
    (house / "offers" / "views.py").write_text('FOR_CITIZENS = True\n_("Hold")\n')
    catalogue_words.extract()
    assert "Hold" in german.read_text() and "count" not in german.read_text()


def test_a_wrong_further_word_is_a_fault_at_once(house: Path) -> None:
    french_said(house)
    catalogue_words.extract(["offers"], further=True)
    say(catalogue_words.po_path(house / "offers", "de"), "Angebote")
    (fault,) = catalogue_words.faults()
    assert "placeholders" in fault and "/de/" in fault


def test_staff_pages_have_no_further_language(house: Path) -> None:
    french_said(house)
    stray = catalogue_words.po_path(house / "stock", "es")
    stray.parent.mkdir(parents=True)
    stray.write_text(catalogue_words.po_path(house / "stock").read_text())
    (fault,) = catalogue_words.faults()
    assert fault.startswith(str(stray))


def test_an_unknown_option_is_refused(house: Path) -> None:
    assert catalogues.main("check", "--strickt") == 2
