"""`flask --app web.wsgi users …`: the first account of an installation, and help for who lost a password."""

import click
from flask import Flask
from flask.cli import AppGroup

from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role
from vaccination.errors import DomainError
from vaccination.queries.centres import centre_id_of
from vaccination.services.access.accounts import CreateUser, NewUser, create_user, reset_password
from vaccination.services.asking.people import index_people

persons = AppGroup("persons", help="Persons who have asked.")
users = AppGroup("users", help="Accounts of staff.")
_ROLES = click.Choice([role.value for role in Role])


def install(app: Flask) -> None:
    """Give the app's command line our commands."""
    app.cli.add_command(users)
    app.cli.add_command(persons)


@persons.command("index")
def index() -> None:
    """Let people entered by an older version be found under swapped or shortened names too."""
    indexed = 0
    while True:
        with transaction() as session:
            some = index_people(session)
        if not some:
            break
        indexed += some
    click.echo(f"{indexed} persons indexed")


@users.command("create")
@click.argument("login")
@click.option("--name", required=True, help="How pages address this person.")
@click.option("--role", "role", type=_ROLES, required=True)
@click.option(
    "--centre", "code", help="Code of the only centre where the role holds; without it, everywhere."
)
@click.option("--language", type=click.Choice(["fr", "en"]), default="fr")
def create(login: str, name: str, role: str, code: str | None, language: str) -> None:
    """Make an account; its made-up password is printed once."""
    try:
        with transaction() as session:
            centre_id = centre_id_of(session, code) if code else None
            grant = Grant(Role(role), centre_id)
            made = create_user(session, CreateUser(login, name, (grant,), locale=language), now=now())
    except DomainError as refusal:
        raise click.ClickException(refusal.code) from None
    _show(made)


@users.command("reset-password")
@click.argument("login")
def reset(login: str) -> None:
    """Make up a new password; ends all sessions of the account and a lock-out."""
    try:
        with transaction() as session:
            made = reset_password(session, login, now=now())
    except DomainError as refusal:
        raise click.ClickException(refusal.code) from None
    _show(made)


def _show(made: NewUser) -> None:
    click.echo(f"{made.login} signs in with {made.password}")
