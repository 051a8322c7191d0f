"""Signing in and out. Each session is a row, so it can be ended from here at any moment.

A failed sign-in must be remembered: it is a result, for an exception would roll its own count back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from vaccination.domain.actor import Actor, Grant
from vaccination.models.accounts import LoginSession, RoleGrant, User
from vaccination.security.passwords import hash_password, is_password, needs_rehash
from vaccination.security.secrets import hash_secret, new_session_token
from vaccination.services import audit
from vaccination.services.access.accounts import plain_login

FREE_TRIES = 5  # each further failure doubles the wait
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
SESSION_LIFE = timedelta(hours=12)  # a long working day
SESSION_IDLE = timedelta(minutes=45)  # a desk left alone
SEEN_EVERY = timedelta(minutes=1)  # how exact `last_seen_at` is: one write a minute, not one a page


class SignInRefusal(StrEnum):
    """Why nobody was signed in. Unknown login, closed account, wrong password: nobody is told which."""

    WRONG = "wrong"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class SignIn:
    """What was typed."""

    login: str
    password: str


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """The token for the cookie: the only moment at which it is known."""

    token: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who sits at the other end, for the guard and for the page's header."""

    actor: Actor
    display_name: str
    locale: str
    unseen_for: timedelta


def sign_in(session: Session, command: SignIn, *, now: datetime) -> OpenedSession | SignInRefusal:
    """Check login and password; right: a new session. Wrong: counted, and after a few the account waits."""
    # FOR UPDATE: parallel guesses at one account queue up, so none slips past the count.
    user = session.scalar(select(User).where(User.login == plain_login(command.login)).with_for_update())
    if user is None or not user.is_active:
        is_password(command.password, None)  # takes as long as a real check
        return SignInRefusal.WRONG
    if user.locked_until is not None and user.locked_until > now:
        is_password(command.password, None)
        return SignInRefusal.LOCKED
    if not is_password(command.password, user.password_hash):
        _count_failure(session, user, now)
        return SignInRefusal.WRONG
    if needs_rehash(user.password_hash):
        user.password_hash = hash_password(command.password)
    user.failed_sign_ins = 0
    user.locked_until = None
    return _open(session, user, now)


def find_sign_in(session: Session, token: str, *, now: datetime) -> SignedIn | None:
    """Who holds this token: nobody when it is unknown, ended, expired or idle, or the account closed."""
    found = session.execute(
        select(User.id, User.display_name, User.locale, LoginSession.last_seen_at)
        .join(LoginSession, LoginSession.user_id == User.id)
        .where(
            LoginSession.token_hash == hash_secret(token),
            LoginSession.ended_at.is_(None),
            LoginSession.expires_at > now,
            LoginSession.last_seen_at > now - SESSION_IDLE,
            User.is_active,
        )
    ).one_or_none()
    if found is None:
        return None
    return SignedIn(
        Actor(found.id, _grants(session, found.id)),
        found.display_name,
        found.locale,
        now - found.last_seen_at,
    )


def keep_alive(session: Session, token: str, *, now: datetime) -> None:
    """Note that the session is in use."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.token_hash == hash_secret(token), LoginSession.ended_at.is_(None))
        .values(last_seen_at=now)
    )


def sign_out(session: Session, token: str, *, now: datetime) -> None:
    """End the session; its token opens nothing from now on."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.token_hash == hash_secret(token), LoginSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def forget_old_sessions(session: Session, *, before: datetime) -> None:
    """Drop sessions which expired before a moment."""
    session.execute(delete(LoginSession).where(LoginSession.expires_at < before))


def _count_failure(session: Session, user: User, now: datetime) -> None:
    user.failed_sign_ins += 1
    over = user.failed_sign_ins - FREE_TRIES
    if over >= 0:
        user.locked_until = now + min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT)
    audit.record(session, "failed sign-in", f"user:{user.id}", now=now, user_id=user.id)


def _open(session: Session, user: User, now: datetime) -> OpenedSession:
    token = new_session_token()
    session.add(
        LoginSession(
            token_hash=hash_secret(token),
            user_id=user.id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + SESSION_LIFE,
        )
    )
    session.flush()
    audit.record(session, "sign in", f"user:{user.id}", now=now, user_id=user.id)
    return OpenedSession(token, Actor(user.id, _grants(session, user.id)))


def _grants(session: Session, user_id: int) -> tuple[Grant, ...]:
    rows = session.execute(
        select(RoleGrant.role, RoleGrant.centre_id).where(RoleGrant.user_id == user_id).order_by(RoleGrant.id)
    )
    return tuple(Grant(row.role, row.centre_id) for row in rows)
