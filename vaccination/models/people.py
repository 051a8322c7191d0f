"""Persons, with every personal field encrypted, and households."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from vaccination.models.base import Base, Code, pk
from vaccination.security.fields import EncryptedDate, EncryptedJSON, EncryptedText


class Person(Base):
    """Someone who asks. Names, birth date, contact and address are ciphertext in the database.

    `identity_index` is a blind index over family name, given name and birth date, spelling folded: it finds
    the same person again and forbids a second entry. `surname_index` (birth date and first letters) serves
    the desk's search. `sorted_index`, over the first word of each name in alphabetical order and the birth
    date, finds who swapped or shortened their names; twins may share it. `needs` is what they want at the
    centre: sign language, an interpreter of some language. `erased_at`: from then on every field above is a
    stand-in (services/keeping/erasure.py).
    """

    __tablename__ = "person"

    id: Mapped[pk]
    family_name: Mapped[str] = mapped_column(EncryptedText("person.family_name"))
    given_name: Mapped[str] = mapped_column(EncryptedText("person.given_name"))
    birth_date: Mapped[date] = mapped_column(EncryptedDate("person.birth_date"))
    email: Mapped[str | None] = mapped_column(EncryptedText("person.email"))
    phone: Mapped[str | None] = mapped_column(EncryptedText("person.phone"))
    address: Mapped[str | None] = mapped_column(EncryptedText("person.address"))
    note: Mapped[str | None] = mapped_column(EncryptedText("person.note"))
    identity_index: Mapped[bytes] = mapped_column(LargeBinary(16), unique=True)
    surname_index: Mapped[bytes] = mapped_column(LargeBinary(16), index=True)
    sorted_index: Mapped[bytes | None] = mapped_column(LargeBinary(16), index=True)
    needs: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON("person.needs"))
    locale: Mapped[Code] = mapped_column(default="fr")
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None] = mapped_column(index=True)


class Household(Base):
    """Persons who want to come together: planned whole or not at all."""

    __tablename__ = "household"

    id: Mapped[pk]
    created_at: Mapped[datetime]
