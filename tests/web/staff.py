"""Invented staff who sign in for real: their sessions are rows, their cookies those of the product."""

from flask import Flask
from flask.testing import FlaskClient

from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role
from vaccination.services.accounts import CreateUser, create_user
from vaccination.services.sign_in import OpenedSession, SignIn, sign_in

PASSWORD = "four invented words here"


def make_staff(login: str, *grants: Grant) -> int:
    """A committed account with these roles."""
    command = CreateUser(login=login, display_name=login.title(), grants=grants, password=PASSWORD)
    with transaction() as session:
        return create_user(session, command, now=now()).user_id


def sign_in_client(client: FlaskClient, login: str) -> FlaskClient:
    """Sign the client in without the form, to be quick."""
    with transaction() as session:
        opened = sign_in(session, SignIn(login, PASSWORD), now=now())
    assert isinstance(opened, OpenedSession)
    client.set_cookie("sign-in", opened.token, domain="localhost")
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
