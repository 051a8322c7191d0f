"""Accounts, roles and passwords, on both databases."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, make_centre
from vaccination.domain.actor import Actor, Grant, Role
from vaccination.errors import DomainError
from vaccination.models.accounts import LoginSession, RoleGrant, User
from vaccination.models.audit import AuditEntry
from vaccination.services.access.accounts import (
    AgencyIsEverywhere,
    ChangePassword,
    CreateUser,
    LoginTaken,
    NewUser,
    NoSuchUser,
    WeakPassword,
    WrongPassword,
    change_password,
    close_account,
    create_user,
    grant_role,
    reset_password,
    revoke_role,
)
from vaccination.services.access.sign_in import OpenedSession, SignIn, SignInRefusal, find_sign_in, sign_in

GOOD = "a river under the bridge"


def _user(session: Session, login: str = "iris", *grants: Grant) -> NewUser:
    return create_user(session, CreateUser(login, "Iris", grants), now=NOW)


def _signed_in(session: Session, made: NewUser, password: str = "") -> OpenedSession | SignInRefusal:
    return sign_in(session, SignIn(made.login, password or made.password), now=NOW)


def test_a_made_up_password_opens_and_is_not_kept(session: Session) -> None:
    made = _user(session, "Iris ", Grant(Role.PHONE))
    assert made.login == "iris"
    kept = session.get_one(User, made.user_id).password_hash
    assert made.password not in kept and kept.startswith("$argon2id$")
    opened = _signed_in(session, made)
    assert isinstance(opened, OpenedSession)
    assert opened.actor == Actor(made.user_id, (Grant(Role.PHONE),))


def test_a_login_is_taken_in_whatever_capitals(session: Session) -> None:
    _user(session)
    with pytest.raises(LoginTaken):
        _user(session, " IRIS")


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "iris-in-the-garden"])
def test_easy_passwords_are_refused(session: Session, password: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        create_user(session, CreateUser("iris", "Iris", password=password), now=NOW)
    assert refused.value.detail["faults"]


def test_roles_are_given_once_and_taken_back(session: Session) -> None:
    centre = make_centre(session)
    made = _user(session)
    grant = Grant(Role.DESK, centre.id)
    for _ in range(2):
        grant_role(session, made.user_id, grant, now=NOW)
    grant_role(session, made.user_id, Grant(Role.DESK), now=NOW)
    opened = _signed_in(session, made)
    assert isinstance(opened, OpenedSession) and len(opened.actor.grants) == 2
    revoke_role(session, made.user_id, grant, now=NOW)
    revoke_role(session, made.user_id, grant, now=NOW)
    found = find_sign_in(session, opened.token, now=NOW)
    assert found is not None and found.actor.grants == (Grant(Role.DESK),)


def test_the_agency_is_everywhere_or_nowhere(session: Session) -> None:
    centre = make_centre(session)
    made = _user(session)
    with pytest.raises(AgencyIsEverywhere):
        grant_role(session, made.user_id, Grant(Role.AGENCY, centre.id), now=NOW)
    assert session.scalars(select(RoleGrant)).all() == []


def test_nobody_has_no_role(session: Session) -> None:
    with pytest.raises(NoSuchUser):
        grant_role(session, 999_999, Grant(Role.DESK), now=NOW)


def test_changing_a_password_needs_the_present_one_and_ends_all_sessions(session: Session) -> None:
    made = _user(session)
    actor = Actor(made.user_id)
    opened = [_signed_in(session, made) for _ in range(2)]
    for command, refusal in (
        (ChangePassword("not this", GOOD), WrongPassword),
        (ChangePassword(made.password, "short"), WeakPassword),
    ):
        with pytest.raises(refusal):
            change_password(session, command, now=NOW, actor=actor)
    change_password(session, ChangePassword(made.password, GOOD), now=NOW, actor=actor)
    for one in opened:
        assert isinstance(one, OpenedSession)
        assert find_sign_in(session, one.token, now=NOW) is None
    assert _signed_in(session, made) is SignInRefusal.WRONG
    assert isinstance(_signed_in(session, made, GOOD), OpenedSession)


def test_a_reset_ends_a_lock_out(session: Session) -> None:
    made = _user(session)
    for _ in range(6):
        _signed_in(session, made, "not this one")
    assert _signed_in(session, made) is SignInRefusal.LOCKED
    again = reset_password(session, "IRIS", now=NOW)
    assert again.password != made.password
    assert isinstance(_signed_in(session, again), OpenedSession)


def test_a_closed_account_opens_nothing_and_its_row_stays(session: Session) -> None:
    made = _user(session)
    opened = _signed_in(session, made)
    close_account(session, made.user_id, now=NOW)
    assert isinstance(opened, OpenedSession)
    assert find_sign_in(session, opened.token, now=NOW) is None
    assert _signed_in(session, made) is SignInRefusal.WRONG
    assert session.get_one(User, made.user_id).login == "iris"


def test_what_was_done_to_an_account_is_noted_with_who_did_it(session: Session) -> None:
    boss = Actor(_user(session, "boss").user_id)
    made = create_user(session, CreateUser("iris", "Iris", (Grant(Role.PHONE),)), now=NOW, actor=boss)
    revoke_role(session, made.user_id, Grant(Role.PHONE), now=NOW, actor=boss)
    close_account(session, made.user_id, now=NOW, actor=boss)
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.subject == f"user:{made.user_id}").order_by(AuditEntry.id)
    ).all()
    assert [entry.action for entry in entries] == [
        "create user",
        "grant role",
        "revoke role",
        "close account",
    ]
    assert {entry.user_id for entry in entries} == {boss.user_id}
    assert made.password not in str([entry.facts for entry in entries])


def test_no_token_is_kept(session: Session) -> None:
    opened = _signed_in(session, _user(session))
    assert isinstance(opened, OpenedSession)
    assert opened.token.encode() not in session.scalars(select(LoginSession.token_hash)).one()


def test_refusals_name_their_family(session: Session) -> None:
    with pytest.raises(DomainError) as refused:
        reset_password(session, "nobody", now=NOW)
    assert refused.value.code == "no_such_user"
