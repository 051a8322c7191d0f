"""Invented staff who sign in for real: their sessions are rows, their cookies those of the product."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role
from vaccination.domain.organisations import OrganisationKind
from vaccination.models.accounts import LoginSession, User
from vaccination.models.organisations import Organisation
from vaccination.security.secrets import hash_secret, new_session_token
from vaccination.services.access.accounts import CreateUser, create_user
from vaccination.services.access.sign_in import SESSION_LIFE

PASSWORD = "four invented words here"


def make_staff(login: str, *grants: Grant) -> int:
    """A committed account with these roles; who asks for people works at a town hall."""
    command = CreateUser(login=login, display_name=login.title(), grants=grants, password=PASSWORD)
    with transaction() as session:
        user_id = create_user(session, command, now=now()).user_id
        if any(grant.role is Role.PROXY for grant in grants):
            session.get_one(User, user_id).organisation_id = make_organisation(session).id
        return user_id


def make_organisation(session: Session, code: str = "mairie") -> Organisation:
    """The town hall of this short name, made if need be."""
    found = session.scalar(select(Organisation).where(Organisation.code == code))
    if found is None:
        found = Organisation(
            code=code, name=code.title(), kind=OrganisationKind.TOWN_HALL, town="Orléans", postcode="45000"
        )
        session.add(found)
        session.flush()
    return found


def sign_in_client(client: FlaskClient, login: str) -> FlaskClient:
    """Sign the client in without form and password check, to be quick."""
    token, moment = new_session_token(), now()
    with transaction() as session:
        user_id = session.scalars(select(User.id).where(User.login == login)).one()
        session.add(
            LoginSession(
                token_hash=hash_secret(token),
                user_id=user_id,
                created_at=moment,
                last_seen_at=moment,
                expires_at=moment + SESSION_LIFE,
            )
        )
    client.set_cookie("sign-in", token, domain="localhost")
    return client


def client_of(app: Flask, role: Role, centre_id: int | None = None) -> FlaskClient:
    """A browser in which a new person with this role is signed in."""
    login = f"{role.value}-{centre_id or 'everywhere'}"
    make_staff(login, Grant(role, centre_id))
    return sign_in_client(app.test_client(), login)


def token_of(client: FlaskClient, page: str = "/account/sign-in") -> str:
    """The CSRF token which a page's form carries."""
    text = client.get(page).text
    return text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
