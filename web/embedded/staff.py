"""Accounts with which to look around: made once, their passwords in a file that only this user can read."""

from collections.abc import Mapping
from typing import Any

from vaccination import db
from vaccination.clock import now
from vaccination.domain.actor import Actor, Grant, Role
from vaccination.readmodels.installation import Installation
from vaccination.services.access.accounts import CreateUser, create_user
from vaccination.services.access.organisations import add_member, create_organisation
from vaccination.services.asking.lists import hand_in
from web.embedded.home import Home, write_private
from web.embedded.organisations import ORGANISATIONS


def make_accounts(home: Home, found: Installation, seeded: Mapping[str, Any]) -> None:
    """One account a role, the desk's at the first centre, and two organisations; none where some are."""
    if found.users or not found.centres or found.programme_id is None:
        return
    centre_id, centre = found.centres[0]
    wanted = (
        ("agency", "Agence régionale", (Grant(Role.AGENCY),), "the whole region"),
        ("desk", "Accueil", (Grant(Role.DESK, centre_id), Grant(Role.VACCINATOR, centre_id)), centre),
        ("manager", "Responsable de centre", (Grant(Role.CENTRE_MANAGER, centre_id),), centre),
        ("phone", "Plateforme téléphonique", (Grant(Role.PHONE),), "the whole region"),
    )
    lines, ids = [], []
    with db.transaction() as session:
        for login, name, grants, where in wanted:
            made = create_user(session, CreateUser(login, name, grants), now=now())
            ids.append(made.user_id)
            lines.append(_line(login, made.password, where))
        agency = Actor(ids[0], wanted[0][2])
        for one in ORGANISATIONS:
            organisation_id = create_organisation(session, one.facts, now=now(), actor=agency)
            made = add_member(session, organisation_id, one.login, one.worker, now=now(), actor=agency)
            listed = one.handed_in(organisation_id, found.programme_id)
            hand_in(session, listed, now=now(), user_id=made.user_id)
            lines.append(_line(one.login, made.password, f"{one.facts.name}, with a list"))
    lines.append(_citizen(seeded))
    # after the commit: a file that names passwords which do not work would be worse than none
    write_private(home.sign_in_file, "\n".join(filter(None, lines)) + "\n")


def sign_in_lines(home: Home) -> list[str]:
    """How to sign in, as written down at the first run."""
    return home.sign_in_file.read_text(encoding="utf-8").splitlines() if home.sign_in_file.exists() else []


def _line(login: str, password: str, where: str) -> str:
    return f"{login:<8} password {password}   ({where})"


def _citizen(seeded: Mapping[str, Any]) -> str:
    if "reference" not in seeded:
        return ""
    return f"citizen  reference {seeded['reference']}   code {seeded['secret']}"
