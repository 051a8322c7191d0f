"""Sessions and guesses over time, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.builders import NOW
from vaccination.models.accounts import LoginSession, User
from vaccination.services.access.accounts import CreateUser, create_user
from vaccination.services.access.sign_in import (
    FREE_TRIES,
    LONGEST_WAIT,
    SESSION_IDLE,
    SESSION_LIFE,
    OpenedSession,
    SignIn,
    SignInRefusal,
    find_sign_in,
    forget_old_sessions,
    keep_alive,
    sign_in,
    sign_out,
)

PASSWORD = "a river under the bridge"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def user(session: Session) -> User:
    made = create_user(session, CreateUser("iris", "Iris", password=PASSWORD), now=NOW)
    return session.get_one(User, made.user_id)


def _try(session: Session, password: str = PASSWORD, after: timedelta = timedelta()) -> object:
    return sign_in(session, SignIn("iris", password), now=NOW + after)


def _open(session: Session) -> str:
    opened = _try(session)
    assert isinstance(opened, OpenedSession)
    return opened.token


def _is_open(session: Session, token: str, after: timedelta = timedelta()) -> bool:
    return find_sign_in(session, token, now=NOW + after) is not None


def test_a_few_wrong_tries_are_free_and_forgotten_at_the_right_one(session: Session, user: User) -> None:
    for _ in range(FREE_TRIES - 1):
        assert _try(session, "wrong") is SignInRefusal.WRONG
    assert isinstance(_try(session), OpenedSession)
    assert user.failed_sign_ins == 0 and user.locked_until is None


def test_each_further_failure_doubles_the_wait(session: Session, user: User) -> None:
    for _ in range(FREE_TRIES):
        _try(session, "wrong")
    assert user.locked_until == NOW + MINUTE
    assert _try(session, after=MINUTE / 2) is SignInRefusal.LOCKED
    assert (
        user.failed_sign_ins == FREE_TRIES
    )  # a refused try is no new failure: nobody is locked out for ever
    _try(session, "wrong", after=MINUTE)
    assert user.locked_until == NOW + 3 * MINUTE
    assert isinstance(_try(session, after=3 * MINUTE), OpenedSession)


def test_the_wait_has_an_end(session: Session, user: User) -> None:
    user.failed_sign_ins = 500
    session.flush()
    _try(session, "wrong")
    assert user.locked_until == NOW + LONGEST_WAIT


def test_unknown_logins_leave_no_trace(session: Session, user: User) -> None:
    assert sign_in(session, SignIn("nobody", "x"), now=NOW) is SignInRefusal.WRONG
    assert session.scalar(select(func.count(LoginSession.id))) == 0


def test_a_session_ends_when_signed_out(session: Session, user: User) -> None:
    token, other = _open(session), _open(session)
    assert token != other
    sign_out(session, token, now=NOW)
    assert not _is_open(session, token)
    assert _is_open(session, other)


def test_a_session_ends_after_a_day_and_when_left_alone(session: Session, user: User) -> None:
    token = _open(session)
    assert _is_open(session, token, SESSION_IDLE - MINUTE)
    assert not _is_open(session, token, SESSION_IDLE + MINUTE)
    keep_alive(session, token, now=NOW + SESSION_IDLE - MINUTE)
    assert _is_open(session, token, SESSION_IDLE + MINUTE)
    keep_alive(session, token, now=NOW + SESSION_LIFE - MINUTE)
    assert _is_open(session, token, SESSION_LIFE - MINUTE)
    assert not _is_open(session, token, SESSION_LIFE)


def test_a_made_up_token_opens_nothing(session: Session, user: User) -> None:
    token = _open(session)
    assert not _is_open(session, token[:-1])
    assert not _is_open(session, "")
    assert not _is_open(session, "é" * 30)


def test_old_sessions_are_dropped_and_fresh_ones_stay(session: Session, user: User) -> None:
    token = _open(session)
    forget_old_sessions(session, before=NOW + SESSION_LIFE)
    assert _is_open(session, token)
    forget_old_sessions(session, before=NOW + SESSION_LIFE + MINUTE)
    assert session.scalar(select(func.count(LoginSession.id))) == 0
