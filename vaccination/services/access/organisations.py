"""Organisations that ask for people: made by the agency, with users who see what went through theirs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vaccination.domain.actor import Actor, Grant, Role
from vaccination.domain.organisations import OrganisationKind
from vaccination.errors import Conflict, NotAllowed, NotFound
from vaccination.models.accounts import User
from vaccination.models.organisations import Organisation
from vaccination.models.requests import Request
from vaccination.services.access.accounts import CreateUser, NewUser, create_user
from vaccination.services.audit import record


class NoSuchOrganisation(NotFound):
    """There is no such organisation."""

    code = "no_such_organisation"


class OrganisationTaken(Conflict):
    """Another organisation has this short name."""

    code = "organisation_taken"


class NoOrganisation(NotAllowed):
    """This account belongs to no organisation that is at work."""

    code = "no_organisation"


class NotTheirs(NotFound):
    """The request did not come through this organisation: as if there were none."""

    code = "not_their_request"


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """What the agency writes down of an organisation."""

    code: str
    name: str
    kind: OrganisationKind
    town: str = ""
    postcode: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Workplace:
    """The organisation for which somebody works."""

    organisation_id: int
    name: str
    town: str
    postcode: str
    phone: str


def create_organisation(session: Session, facts: OrganisationFacts, *, now: datetime, actor: Actor) -> int:
    """Make an organisation; returns its id."""
    row = Organisation(
        code=facts.code, name=facts.name, kind=facts.kind, town=facts.town, postcode=facts.postcode,
        phone=facts.phone,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        raise OrganisationTaken from None
    record(session, "create_organisation", f"organisation:{row.id}", now=now, user_id=actor.user_id)
    return row.id


def add_member(
    session: Session, organisation_id: int, login: str, name: str, *, now: datetime, actor: Actor
) -> NewUser:
    """An account for somebody who works there; its password is given back once."""
    _organisation(session, organisation_id)
    made = create_user(session, CreateUser(login, name, (Grant(Role.PROXY),)), now=now, actor=actor)
    session.get_one(User, made.user_id).organisation_id = organisation_id
    return made


def set_active(
    session: Session, organisation_id: int, *, is_active: bool, now: datetime, actor: Actor
) -> None:
    """Let an organisation work, or stop it; what came through it stays."""
    _organisation(session, organisation_id).is_active = is_active
    record(session, "organisation_active", f"organisation:{organisation_id}", now=now,
           user_id=actor.user_id, facts={"active": is_active})  # fmt: skip


def workplace_of(session: Session, user_id: int) -> Workplace:
    """The organisation for which this user works, if it is at work."""
    row = session.execute(
        select(
            Organisation.id, Organisation.name, Organisation.town, Organisation.postcode, Organisation.phone
        )
        .join(User, User.organisation_id == Organisation.id)
        .where(User.id == user_id, Organisation.is_active)
    ).one_or_none()
    if row is None:
        raise NoOrganisation
    return Workplace(row.id, row.name, row.town, row.postcode, row.phone)


def check_theirs(session: Session, organisation_id: int, request_id: int) -> None:
    """Raise NotTheirs unless the request came through this organisation."""
    of = session.scalar(select(Request.organisation_id).where(Request.id == request_id))
    if of != organisation_id:
        raise NotTheirs


def _organisation(session: Session, organisation_id: int) -> Organisation:
    found = session.get(Organisation, organisation_id)
    if found is None:
        raise NoSuchOrganisation
    return found
