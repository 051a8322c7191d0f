"""Accounts of staff with their roles and centres."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from vaccination.domain.actor import Role
from vaccination.models.accounts import LoginSession, RoleGrant, User
from vaccination.models.centres import Centre


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A role and where it holds; no centre means everywhere."""

    role: Role
    centre_id: int | None
    centre: str


@dataclass(frozen=True, slots=True)
class UserRow:
    """An account."""

    user_id: int
    login: str
    name: str
    is_active: bool
    grants: tuple[GrantRow, ...]
    last_seen_at: datetime | None


def load(session: Session) -> tuple[UserRow, ...]:
    """All accounts, those in use first, by name."""
    grants: dict[int, list[GrantRow]] = defaultdict(list)
    held = session.execute(
        select(RoleGrant.user_id, RoleGrant.role, RoleGrant.centre_id, func.coalesce(Centre.name, ""))
        .outerjoin(Centre, Centre.id == RoleGrant.centre_id)
        .order_by(RoleGrant.id)
    )
    for user_id, role, centre_id, name in held:
        grants[user_id].append(GrantRow(role, centre_id, name))
    seen = {
        user_id: at
        for user_id, at in session.execute(
            select(LoginSession.user_id, func.max(LoginSession.last_seen_at)).group_by(LoginSession.user_id)
        )
    }
    users = session.scalars(select(User).order_by(User.is_active.desc(), User.display_name))
    return tuple(
        UserRow(u.id, u.login, u.display_name, u.is_active, tuple(grants[u.id]), seen.get(u.id))
        for u in users
    )
