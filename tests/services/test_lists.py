"""Lists of an organisation and the search for callers, on both databases."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import NOW, make_user
from tests.services.regions import make_region
from tests.web.staff import make_organisation
from vaccination.domain.actor import Role
from vaccination.domain.contacts import Consent, Relation
from vaccination.domain.requests import Channel
from vaccination.models.accounts import User
from vaccination.models.contacts import Helper
from vaccination.models.organisations import Listed, RequestList
from vaccination.services.access.organisations import NoOrganisation, NotTheirs, check_theirs, workplace_of
from vaccination.services.asking.command import AskForDoses, Place
from vaccination.services.asking.consent import HelperDetails
from vaccination.services.asking.lists import HandIn, ListedPerson, hand_in
from vaccination.services.asking.people import PersonDetails
from vaccination.services.asking.search import FindCallers, find_callers

BORN = date(1948, 3, 27)


def listed(session: Session, *names: str) -> HandIn:
    """A list of people of these family names."""
    region, own = make_region(session, requests=0), make_organisation(session)
    helper = HelperDetails(Relation.ORGANISATION, own.name, Consent.WRITTEN)
    command = AskForDoses(
        region.programme.id, PersonDetails("-", "Aline", BORN), Place("Orléans", "45000", 47.9, 1.9), 30.0,
        channel=Channel.TOWN_HALL, organisation_id=own.id, helper=helper,
    )  # fmt: skip
    people = [
        ListedPerson(
            line, replace(command, person=PersonDetails(name, "Aline", BORN), form_uid=f"list:{line}")
        )
        for line, name in enumerate(names, start=1)
    ]
    return HandIn(own.id, "Étage 2", people, unreadable=1)


def test_one_who_may_not_ask_stops_nobody_else(session: Session) -> None:
    command = listed(session, "Martin", "Petit", "MARTIN", "Durand")
    done = hand_in(session, command, now=NOW, user_id=make_user(session, Role.PROXY).id)
    assert len(done.request_ids) == 3
    assert [(r.line, r.refusal.code) for r in done.refused] == [(3, "already_asked")]
    kept = session.scalars(select(RequestList)).one()
    assert (kept.rows, kept.refused) == (5, 2)
    assert len(session.scalars(select(Listed.request_id)).all()) == 3
    assert set(session.scalars(select(Helper.consent))) == {Consent.WRITTEN}


def test_a_list_of_which_nothing_is_kept_is_none(session: Session) -> None:
    command = listed(session, "Martin")
    user_id = make_user(session, Role.PROXY).id
    hand_in(session, command, now=NOW, user_id=user_id)
    again = replace(
        command, people=[replace(p, command=replace(p.command, form_uid="x")) for p in command.people]
    )
    assert hand_in(session, again, now=NOW, user_id=user_id).list_id is None


@pytest.mark.parametrize(
    ("family", "given", "found"),
    [("Mart", "", 1), ("martin", "", 1), ("Aline", "Martin", 1), ("Martinez", "", 0), ("Petit", "", 0)],
)
def test_callers_are_found_by_what_they_say(session: Session, family: str, given: str, found: int) -> None:
    user_id = make_user(session, Role.PHONE).id
    hand_in(session, listed(session, "Martin"), now=NOW, user_id=user_id)
    command = FindCallers(family, BORN, given)
    assert len(find_callers(session, command, now=NOW, user_id=user_id)) == found
    assert (
        find_callers(session, replace(command, birth_date=date(1948, 3, 28)), now=NOW, user_id=user_id) == ()
    )


def test_people_work_for_one_organisation_and_see_its_requests(session: Session) -> None:
    member = make_user(session, Role.PROXY)
    with pytest.raises(NoOrganisation):
        workplace_of(session, member.id)
    (request_id,) = hand_in(session, listed(session, "Martin"), now=NOW, user_id=member.id).request_ids
    own = make_organisation(session)
    session.get_one(User, member.id).organisation_id = own.id
    session.flush()
    assert workplace_of(session, member.id).organisation_id == own.id
    check_theirs(session, own.id, request_id)
    for organisation_id, asked_id in ((make_organisation(session, "other").id, request_id), (own.id, 404)):
        with pytest.raises(NotTheirs):
            check_theirs(session, organisation_id, asked_id)
    own.is_active = False
    session.flush()
    with pytest.raises(NoOrganisation):
        workplace_of(session, member.id)
