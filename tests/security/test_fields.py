import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import LargeBinary, create_engine, select, text, type_coerce
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from vaccination.security.fields import (
    EncryptedDate,
    EncryptedJSON,
    EncryptedText,
    KeysUnbound,
    NotComparable,
    blind_index,
    exact_index,
    normalise,
    use_keys,
)
from vaccination.security.key_ring import BadKeyText, KeyRing, Undecipherable, add_field_key, generate_keys


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    clear: Mapped[str]
    name: Mapped[str | None] = mapped_column(EncryptedText("note.name"))
    born: Mapped[date | None] = mapped_column(EncryptedDate("note.born"))
    extra: Mapped[Any] = mapped_column(EncryptedJSON("note.extra"), nullable=True)


KEY_TEXT = generate_keys()


@pytest.fixture(autouse=True)
def bound_keys() -> Iterator[None]:
    use_keys(KeyRing.from_text(KEY_TEXT))
    yield
    use_keys(None)


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def stored_name(session: Session) -> bytes:
    return session.scalars(select(type_coerce(Note.name, LargeBinary))).one()


def test_what_is_written_comes_back_and_is_not_readable_in_the_table(session: Session) -> None:
    note = Note(clear="x", name="Zoé Müller", born=date(1948, 3, 27), extra={"a": [1, "é"]})
    session.add(note)
    session.flush()
    session.expire_all()
    assert (note.name, note.born, note.extra) == ("Zoé Müller", date(1948, 3, 27), {"a": [1, "é"]})
    row = session.execute(text("select name, born, extra from note")).one()
    assert all(isinstance(cell, bytes) for cell in row)
    assert b"Zo" not in row[0] and b"1948" not in row[1]


def test_null_stays_null_and_can_be_asked_for(session: Session) -> None:
    session.add(Note(clear="x", name=None))
    session.flush()
    assert session.scalars(select(Note.id).where(Note.name.is_(None))).all() == [1]
    assert session.scalars(select(Note.id).where(Note.name != None)).all() == []  # noqa: E711


def test_comparing_or_sorting_an_encrypted_column_is_refused() -> None:
    with pytest.raises(NotComparable):
        select(Note).where(Note.name == "Zoé")
    with pytest.raises(NotComparable):
        select(Note).where(Note.name.in_(["Zoé"]))
    with pytest.raises(NotComparable):
        select(Note).order_by(Note.name.desc())


def test_without_keys_clear_columns_are_selected_and_encrypted_ones_refused(session: Session) -> None:
    session.add(Note(clear="x", name="Zoé"))
    session.flush()
    session.expunge_all()
    use_keys(None)
    assert session.scalars(select(Note.clear)).one() == "x"
    with pytest.raises(KeysUnbound):
        session.scalars(select(Note.name)).one()
    with pytest.raises(KeysUnbound):
        blind_index("note.name", "Zoé")


def test_after_rotation_old_values_are_read_and_new_ones_use_the_new_key(session: Session) -> None:
    note = Note(clear="x", name="Zoé")
    session.add(note)
    session.flush()
    old = stored_name(session)
    ring = KeyRing.from_text(add_field_key(KEY_TEXT))
    use_keys(ring)
    session.expire_all()
    assert note.name == "Zoé"
    assert not ring.is_current(old)
    note.name = "Zoë"
    session.flush()
    assert ring.is_current(stored_name(session))
    with pytest.raises(Undecipherable):
        KeyRing.from_text(KEY_TEXT).decrypt("note.name", stored_name(session))


def test_rotation_leaves_blind_indexes_as_they_were() -> None:
    before = blind_index("note.name", "Zoé")
    use_keys(KeyRing.from_text(add_field_key(KEY_TEXT)))
    assert blind_index("note.name", "Zoé") == before


@given(st.binary(max_size=200), st.integers(min_value=0))
def test_a_changed_bit_is_noticed(clear: bytes, where: int) -> None:
    ring = KeyRing.from_text(KEY_TEXT)
    stored = bytearray(ring.encrypt("note.name", clear))
    assert ring.decrypt("note.name", bytes(stored)) == clear
    bit = where % (len(stored) * 8)
    stored[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Undecipherable):
        ring.decrypt("note.name", bytes(stored))


@given(st.binary(max_size=40))
def test_rubbish_is_refused_not_crashed_on(stored: bytes) -> None:
    with pytest.raises(Undecipherable):
        KeyRing.from_text(KEY_TEXT).decrypt("note.name", stored)


def test_a_value_moved_to_another_column_does_not_open() -> None:
    ring = KeyRing.from_text(KEY_TEXT)
    with pytest.raises(Undecipherable):
        ring.decrypt("note.born", ring.encrypt("note.name", b"1948-03-27"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jean-Éric", "JEAN ERIC"),
        ("D'Arcy", "d’arcy"),
        ("Le Cœur", "LECOEUR"),
        ("Strauß", "STRAUSS"),
        ("İnci", "inci"),
        ("Łukasz", "lukasz"),
        ("ﬁona", "Fiona"),
    ],
)
def test_spellings_meet(one: str, other: str) -> None:
    assert blind_index("note.name", one) == blind_index("note.name", other)


@given(st.text())
def test_normalising_ignores_unicode_form_and_repeats_well(name: str) -> None:
    once = normalise(name)
    assert normalise(unicodedata.normalize("NFC", name)) == once
    assert normalise(unicodedata.normalize("NFD", name)) == once
    assert normalise(once) == once


def test_index_parts_and_columns_do_not_run_together() -> None:
    assert blind_index("note.name", "ab", "c") != blind_index("note.name", "a", "bc")
    assert blind_index("note.name", "ab") != blind_index("note.other", "ab")
    assert blind_index("note.name", date(1948, 3, 27), "mul") == blind_index(
        "note.name", date(1948, 3, 27), "MÜL"
    )
    assert len(blind_index("note.name", "ab")) == 16


def test_exact_index_tells_dotted_addresses_apart() -> None:
    assert exact_index("note.mail", " A.b@example.org") == exact_index("note.mail", "a.B@example.org ")
    assert exact_index("note.mail", "a.b@example.org") != exact_index("note.mail", "ab@example.org")


def test_keys_are_not_shown() -> None:
    ring = KeyRing.from_text(KEY_TEXT)
    assert repr(ring) == "KeyRing()"


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "1:QUJD",
        "index:QUJD",
        KEY_TEXT.splitlines()[1],
        KEY_TEXT + KEY_TEXT.splitlines()[1],
        KEY_TEXT.replace("1:", "300:"),
        KEY_TEXT.replace("1:", "one:"),
        KEY_TEXT.replace("1:", "1:?"),
        "index:" + KEY_TEXT.splitlines()[1][2:] + "\n" + KEY_TEXT.splitlines()[1],
    ],
    ids=[
        "empty", "no index key", "index key too short", "index key missing", "number twice",
        "number too large", "number in words", "not base64", "one key for two",
    ],
)  # fmt: skip
def test_a_wrong_key_text_is_refused_without_showing_a_key(bad: str) -> None:
    with pytest.raises(BadKeyText) as refusal:
        KeyRing.from_text(bad)
    assert not any(line.partition(":")[2] in str(refusal.value) for line in KEY_TEXT.splitlines())


def test_key_text_may_stand_on_one_line() -> None:
    assert KeyRing.from_text(",".join(KEY_TEXT.split())) == KeyRing.from_text(KEY_TEXT)


def test_a_column_must_be_named_with_its_table() -> None:
    with pytest.raises(ValueError, match=r"table\.column"):
        EncryptedText("name")
