"""Users, their roles, and their sessions on the server."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from vaccination.domain.actor import Role
from vaccination.models.base import Base, Code, ShortText, enum_column, pk


class User(Base):
    """A member of staff; the password is an argon2id hash."""

    __tablename__ = "user"

    id: Mapped[pk]
    login: Mapped[Code] = mapped_column(unique=True)
    display_name: Mapped[ShortText]
    password_hash: Mapped[str] = mapped_column(String(200))
    locale: Mapped[Code] = mapped_column(default="fr")
    is_active: Mapped[bool] = mapped_column(default=True)
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)


class RoleGrant(Base):
    """A role of a user, at one centre or everywhere (no centre)."""

    __tablename__ = "role_grant"
    __table_args__ = (
        Index("ix_role_grant_at_centre", "user_id", "role", "centre_id", unique=True),
        Index(
            "ix_role_grant_everywhere",
            "user_id",
            "role",
            unique=True,
            sqlite_where=text("centre_id IS NULL"),
            postgresql_where=text("centre_id IS NULL"),
        ),
        CheckConstraint("role <> 'agency' OR centre_id IS NULL", name="agency_everywhere"),
    )

    id: Mapped[pk]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    role: Mapped[Role] = enum_column(Role)
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centre.id"))


class LoginSession(Base):
    """A signed-in browser; only the hash of its token is kept."""

    __tablename__ = "login_session"

    id: Mapped[pk]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
