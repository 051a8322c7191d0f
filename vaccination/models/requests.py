"""Requests: what a person asks for, and the guard that a pair is whole."""

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from vaccination.domain.requests import ANY_TIME, Channel, ContactBy, RequestKind, RequestStatus
from vaccination.models.base import Base, Code, ShortText, enum_column, one_of

# A completed course blocks a new request too: boosters are another programme.
_ONE_A_PERSON = (RequestStatus.WAITING, RequestStatus.PLANNED, RequestStatus.COMPLETED)

_WHOLE = (
    "(booked IS NULL AND status IN ('waiting', 'cancelled'))"
    " OR (booked IS NOT NULL AND booked = 1 AND status IN ('planned', 'completed')"
    " AND schedule_doses IS NOT NULL"
    " AND ((schedule_doses = 1 AND kind = 'course' AND COALESCE(first_dose, 0) = 1 AND second_dose IS NULL)"
    " OR (schedule_doses = 2 AND kind = 'course' AND COALESCE(first_dose, 0) = 1"
    " AND COALESCE(second_dose, 0) = 2)"
    " OR (schedule_doses = 2 AND kind = 'second_dose' AND first_dose IS NULL"
    " AND COALESCE(second_dose, 0) = 2)))"
    " OR (booked IS NOT NULL AND booked = 1 AND status = 'waiting' AND kind = 'second_dose'"
    " AND schedule_id IS NULL AND schedule_doses IS NULL"
    " AND COALESCE(first_dose, 0) = 1 AND second_dose IS NULL)"
)


class Request(Base):
    """A person's wish in a programme: from where, how far, when, which products.

    While `booked` is 1 the two deferred foreign keys to `appointment` demand, at commit, a standing
    appointment for each owed dose (`first_dose` 1, `second_dose` 2; CHECK `whole` ties them to the
    schedule). So half a pair cannot be stored, by any code (ADR 0004), but for who waits for a second dose
    after a first that was given here: its product and day are then there (CHECK `first_given`).
    `availability` is 21 characters as in docs/planning-format.md; `unavailable` a list of ISO dates. Places
    are a town's coordinates, never an address. `by_phone`: told by a call, and in the way of `contact_by`
    where something must be in writing. `one_dose_enough`: no second dose is owed; why is nobody's business
    and kept nowhere.
    """

    __tablename__ = "request"
    __table_args__ = (
        UniqueConstraint("id", "booked"),
        CheckConstraint(_WHOLE, name="whole"),
        CheckConstraint("priority BETWEEN 1 AND 9", name="priority"),
        CheckConstraint("max_km > 0", name="max_km"),
        CheckConstraint("length(availability) = 21", name="availability"),
        CheckConstraint(
            "(kind = 'course') = (first_product_id IS NULL AND first_given_on IS NULL)"
            " AND (kind = 'course' OR (first_product_id IS NOT NULL AND first_given_on IS NOT NULL))",
            name="first_given",
        ),
        CheckConstraint("(second_lat IS NULL) = (second_lon IS NULL)", name="second_place"),
        ForeignKeyConstraint(["schedule_id", "schedule_doses"], ["schedule.id", "schedule.doses"]),
        ForeignKeyConstraint(
            ["id", "booked", "first_dose"],
            ["appointment.request_id", "appointment.stands", "appointment.dose_number"],
            name="fk_request_first_dose_stands",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        ForeignKeyConstraint(
            ["id", "booked", "second_dose"],
            ["appointment.request_id", "appointment.stands", "appointment.dose_number"],
            name="fk_request_second_dose_stands",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        Index(
            "ix_request_one_a_person",
            "programme_id",
            "person_id",
            unique=True,
            sqlite_where=one_of("status", _ONE_A_PERSON),
            postgresql_where=one_of("status", _ONE_A_PERSON),
        ),
        Index("ix_request_programme_status", "programme_id", "status"),
    )

    # Said on purpose: a key column that is part of a foreign key is not counted up by itself.
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), index=True)
    reference: Mapped[Code] = mapped_column(unique=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    form_uid: Mapped[str | None] = mapped_column(
        String(64), unique=True
    )  # the same form sent twice is one request
    kind: Mapped[RequestKind] = enum_column(RequestKind, default=RequestKind.COURSE)
    status: Mapped[RequestStatus] = enum_column(RequestStatus, default=RequestStatus.WAITING)
    channel: Mapped[Channel] = enum_column(Channel, default=Channel.WEB)
    contact_by: Mapped[ContactBy] = enum_column(ContactBy, default=ContactBy.LETTER)
    locale: Mapped[Code] = mapped_column(default="fr")
    priority_group_id: Mapped[int | None] = mapped_column(ForeignKey("priority_group.id"))
    priority: Mapped[int]
    town: Mapped[ShortText] = mapped_column(default="")
    postcode: Mapped[Code] = mapped_column(default="")
    lat: Mapped[float]
    lon: Mapped[float]
    max_km: Mapped[float]
    second_town: Mapped[ShortText] = mapped_column(default="")
    second_lat: Mapped[float | None]
    second_lon: Mapped[float | None]
    first_product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    first_given_on: Mapped[date | None]
    earliest: Mapped[date | None]
    availability: Mapped[str] = mapped_column(String(21), default=ANY_TIME)
    unavailable: Mapped[list[str]] = mapped_column(JSON, default=list)
    wheelchair: Mapped[bool] = mapped_column(default=False)
    first_given_at: Mapped[ShortText] = mapped_column(default="", server_default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    by_phone: Mapped[bool] = mapped_column(default=False, server_default=false())
    one_dose_enough: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]

    schedule_id: Mapped[int | None]
    schedule_doses: Mapped[int | None]
    booked: Mapped[int | None]
    first_dose: Mapped[int | None]
    second_dose: Mapped[int | None]


# Products a request accepts; none listed means all.
request_product = Table(
    "request_product",
    Base.metadata,
    Column("request_id", ForeignKey("request.id"), primary_key=True),
    Column("product_id", ForeignKey("product.id"), primary_key=True),
)
