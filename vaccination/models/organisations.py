"""Organisations that ask for people, and the lists they have handed in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from vaccination.domain.organisations import OrganisationKind
from vaccination.models.base import Base, Code, ShortText, enum_column, pk


class Organisation(Base):
    """A town hall, a social service, a care home or a doctor: its users see what went through it."""

    __tablename__ = "organisation"

    id: Mapped[pk]
    code: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[ShortText]
    kind: Mapped[OrganisationKind] = enum_column(OrganisationKind)
    town: Mapped[ShortText] = mapped_column(default="")
    postcode: Mapped[Code] = mapped_column(default="")
    phone: Mapped[Code] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)


class RequestList(Base):
    """A list that an organisation handed in at once: how many rows it had, how many were refused."""

    __tablename__ = "request_list"
    __table_args__ = (CheckConstraint("refused BETWEEN 0 AND rows", name="refused"),)

    id: Mapped[pk]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    title: Mapped[ShortText] = mapped_column(default="")
    made_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime]
    rows: Mapped[int]
    refused: Mapped[int] = mapped_column(default=0)


class Listed(Base):
    """A request that came with a list."""

    __tablename__ = "listed"

    request_list_id: Mapped[int] = mapped_column(ForeignKey("request_list.id"), primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), primary_key=True, index=True)
