"""Accounts of staff: making and closing them, roles, and passwords."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from vaccination.domain.actor import Actor, Grant, Role
from vaccination.errors import Conflict, Invalid, NotFound
from vaccination.models.accounts import LoginSession, RoleGrant, User
from vaccination.security.passwords import hash_password, is_password, password_faults
from vaccination.security.secrets import new_password
from vaccination.services import audit


class LoginTaken(Conflict):
    """Another account has this login."""

    code = "login_taken"


class NoSuchUser(NotFound):
    """No account has this login, or this id."""

    code = "no_such_user"


class WeakPassword(Invalid):
    """The new password is too easy; `detail['faults']` holds the codes."""

    code = "weak_password"


class WrongPassword(Invalid):
    """The present password, asked again before a change, is not right."""

    code = "wrong_password"


class AgencyIsEverywhere(Invalid):
    """The agency's role cannot be given for one centre only."""

    code = "agency_is_everywhere"


@dataclass(frozen=True, slots=True)
class CreateUser:
    """A new account; without a password one is made up."""

    login: str
    display_name: str
    grants: tuple[Grant, ...] = ()
    password: str | None = None
    locale: str = "fr"


@dataclass(frozen=True, slots=True)
class NewUser:
    """The account and its password: the only moment at which it can be shown."""

    user_id: int
    login: str
    password: str


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """A new password for oneself."""

    present: str
    new: str


def plain_login(login: str) -> str:
    """One form of a login: people type capitals and stray spaces."""
    return login.strip().casefold()


def create_user(
    session: Session, command: CreateUser, *, now: datetime, actor: Actor | None = None
) -> NewUser:
    """Make an account with its roles; the password is given back once and kept only as a hash."""
    login = plain_login(command.login)
    if session.scalar(select(User.id).where(User.login == login)) is not None:
        raise LoginTaken(login=login)
    password = command.password or new_password()
    _refuse_weak(password, login)
    user = User(
        login=login,
        display_name=command.display_name,
        password_hash=hash_password(password),
        locale=command.locale,
        created_at=now,
    )
    session.add(user)
    session.flush()
    _note(session, "create user", user.id, now, actor)
    for grant in command.grants:
        grant_role(session, user.id, grant, now=now, actor=actor)
    return NewUser(user.id, login, password)


def grant_role(
    session: Session, user_id: int, grant: Grant, *, now: datetime, actor: Actor | None = None
) -> None:
    """Give a role; giving it twice changes nothing."""
    if grant.role is Role.AGENCY and grant.centre_id is not None:
        raise AgencyIsEverywhere()
    _user(session, user_id)
    if session.scalar(select(RoleGrant.id).where(*_is(user_id, grant))) is not None:
        return
    session.add(RoleGrant(user_id=user_id, role=grant.role, centre_id=grant.centre_id))
    session.flush()
    _note(session, "grant role", user_id, now, actor, grant)


def revoke_role(
    session: Session, user_id: int, grant: Grant, *, now: datetime, actor: Actor | None = None
) -> None:
    """Take a role back, from the next request on; revoking what is not there changes nothing."""
    held = session.scalar(select(RoleGrant).where(*_is(user_id, grant)))
    if held is None:
        return
    session.delete(held)
    session.flush()
    _note(session, "revoke role", user_id, now, actor, grant)


def change_password(session: Session, command: ChangePassword, *, now: datetime, actor: Actor) -> None:
    """Change one's own password; every open session of the account ends, the present one too."""
    user = _user(session, actor.user_id)
    if not is_password(command.present, user.password_hash):
        raise WrongPassword()
    _set_password(session, user, command.new, now, actor)


def reset_password(session: Session, login: str, *, now: datetime, actor: Actor | None = None) -> NewUser:
    """Make up a new password for somebody who lost theirs; also ends a lock-out."""
    user = session.scalar(select(User).where(User.login == plain_login(login)))
    if user is None:
        raise NoSuchUser()
    password = new_password()
    _set_password(session, user, password, now, actor)
    return NewUser(user.id, user.login, password)


def close_account(session: Session, user_id: int, *, now: datetime, actor: Actor | None = None) -> None:
    """Nobody signs in with it any more; the row stays, for history names it."""
    _user(session, user_id).is_active = False
    _end_sessions(session, user_id, now)
    _note(session, "close account", user_id, now, actor)


def count_users(session: Session) -> int:
    """How many accounts there are; none means the installation is new."""
    return session.scalar(select(func.count(User.id))) or 0


def _set_password(session: Session, user: User, password: str, now: datetime, actor: Actor | None) -> None:
    _refuse_weak(password, user.login)
    user.password_hash = hash_password(password)
    user.failed_sign_ins = 0
    user.locked_until = None
    _end_sessions(session, user.id, now)
    _note(session, "set password", user.id, now, actor)


def _end_sessions(session: Session, user_id: int, now: datetime) -> None:
    session.execute(
        update(LoginSession)
        .where(LoginSession.user_id == user_id, LoginSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def _refuse_weak(password: str, login: str) -> None:
    if faults := password_faults(password, login):
        raise WeakPassword(faults=faults)


def _user(session: Session, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise NoSuchUser()
    return user


def _is(user_id: int, grant: Grant) -> tuple[ColumnElement[bool], ...]:
    where = (
        RoleGrant.centre_id.is_(None) if grant.centre_id is None else RoleGrant.centre_id == grant.centre_id
    )
    return (RoleGrant.user_id == user_id, RoleGrant.role == grant.role, where)


def _note(
    session: Session,
    action: str,
    user_id: int,
    now: datetime,
    actor: Actor | None,
    grant: Grant | None = None,
) -> None:
    audit.record(
        session,
        action,
        f"user:{user_id}",
        now=now,
        user_id=actor.user_id if actor else None,
        centre_id=grant.centre_id if grant else None,
        facts={"role": grant.role.value} if grant else None,
    )
