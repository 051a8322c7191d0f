"""Accounts with which to look around: made once, their passwords in a file that only this user can read."""

from collections.abc import Mapping
from typing import Any

from vaccination import db
from vaccination.clock import now
from vaccination.domain.actor import Grant, Role
from vaccination.readmodels.installation import Installation
from vaccination.services.access.accounts import CreateUser, create_user
from web.embedded.home import Home, write_private


def make_accounts(home: Home, found: Installation, seeded: Mapping[str, Any]) -> None:
    """One account a role, the desk's at the first centre; nothing when there are accounts already."""
    if found.users or not found.centres:
        return
    centre_id, centre = found.centres[0]
    wanted = (
        ("agency", "Agence régionale", (Grant(Role.AGENCY),), "the whole region"),
        ("desk", "Accueil", (Grant(Role.DESK, centre_id), Grant(Role.VACCINATOR, centre_id)), centre),
        ("manager", "Responsable de centre", (Grant(Role.CENTRE_MANAGER, centre_id),), centre),
        ("phone", "Plateforme téléphonique", (Grant(Role.PHONE),), "the whole region"),
    )
    lines = []
    with db.transaction() as session:
        for login, name, grants, where in wanted:
            made = create_user(session, CreateUser(login, name, grants), now=now())
            lines.append(f"{login:<8} password {made.password}   ({where})")
    lines.append(_citizen(seeded))
    # after the commit: a file that names passwords which do not work would be worse than none
    write_private(home.sign_in_file, "\n".join(filter(None, lines)) + "\n")


def sign_in_lines(home: Home) -> list[str]:
    """How to sign in, as written down at the first run."""
    return home.sign_in_file.read_text(encoding="utf-8").splitlines() if home.sign_in_file.exists() else []


def _citizen(seeded: Mapping[str, Any]) -> str:
    if "reference" not in seeded:
        return ""
    return f"citizen  reference {seeded['reference']}   code {seeded['secret']}"
