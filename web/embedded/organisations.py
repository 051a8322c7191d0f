"""A town hall and a social service of the invented region, each with a list of people it has handed in.

Nobody in the lists exists, nor do their streets: see seeds/data/README.md.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from vaccination.domain.actor import Actor
from vaccination.domain.contacts import Consent, Relation
from vaccination.domain.organisations import OrganisationKind
from vaccination.domain.requests import Channel
from vaccination.services.access.organisations import OrganisationFacts, add_member, create_organisation
from vaccination.services.asking.command import AskForDoses
from vaccination.services.asking.consent import HelperDetails
from vaccination.services.asking.lists import HandIn, ListedPerson, hand_in
from vaccination.services.asking.people import PersonDetails
from web.public.towns import find


@dataclass(frozen=True, slots=True)
class Worker:
    """An account that was made: how to sign in, and for which organisation."""

    login: str
    password: str
    organisation: str


@dataclass(frozen=True, slots=True)
class _Listed:
    family_name: str
    given_name: str
    birth_date: date
    street: str
    where: str


@dataclass(frozen=True, slots=True)
class _Organisation:
    facts: OrganisationFacts
    login: str
    worker: str
    title: str
    consent: Consent
    people: tuple[_Listed, ...]


_TOWN_HALL = _Organisation(
    OrganisationFacts("mairie-chartres", "Mairie de Chartres", OrganisationKind.TOWN_HALL, "Chartres",
                      "28000", "+33261914120"),
    "townhall", "Accueil de la mairie", "Registre des personnes âgées isolées", Consent.GIVEN_BY_PHONE,
    (
        _Listed("Aubry", "Odette", date(1936, 2, 9), "3 impasse des Glycines", "28000"),
        _Listed("Belin", "Raymond", date(1939, 11, 23), "18 rue du Vieux Pressoir", "28000"),
        _Listed("Cornu", "Simone", date(1934, 6, 30), "7 allée des Tilleuls", "28300"),
        _Listed("Delaunay", "Gérard", date(1941, 4, 12), "25 rue de la Fontaine Basse", "28110"),
        _Listed("Esnault", "Paulette", date(1937, 9, 1), "2 place du Lavoir", "28000"),
        _Listed("Fouquet", "Lucien", date(1940, 12, 19), "11 chemin des Vignes", "28630"),
    ),
)  # fmt: skip
_SOCIAL_SERVICE = _Organisation(
    OrganisationFacts("solidarites-tours", "Maison des solidarités de Tours", OrganisationKind.SOCIAL_SERVICE,
                      "Tours", "37000", "+33261914137"),
    "social", "Travailleuse sociale", "Personnes sans domicile fixe", Consent.GIVEN_PRESENT,
    (
        _Listed("Guérin", "Karim", date(1979, 7, 3), "", "37000"),
        _Listed("Hamon", "Josiane", date(1958, 1, 27), "", "37000"),
        _Listed("Izard", "Benoît", date(1984, 10, 15), "", "37000"),
        _Listed("Jamet", "Fatoumata", date(1991, 3, 8), "", "37000"),
    ),
)  # fmt: skip


def make_organisations(session: Session, programme_id: int, agency: Actor, *, now: datetime) -> list[Worker]:
    """Make both, an account in each, and hand their lists in."""
    return [
        _make(session, organisation, programme_id, agency, now)
        for organisation in (_TOWN_HALL, _SOCIAL_SERVICE)
    ]


def _make(
    session: Session, organisation: _Organisation, programme_id: int, agency: Actor, now: datetime
) -> Worker:
    facts = organisation.facts
    organisation_id = create_organisation(session, facts, now=now, actor=agency)
    made = add_member(
        session, organisation_id, organisation.login, organisation.worker, now=now, actor=agency
    )
    people = [
        ListedPerson(line, _asks(one, organisation, organisation_id, programme_id))
        for line, one in enumerate(organisation.people, start=1)
    ]
    hand_in(session, HandIn(organisation_id, organisation.title, people), now=now, user_id=made.user_id)
    return Worker(organisation.login, made.password, facts.name)


def _asks(one: _Listed, organisation: _Organisation, organisation_id: int, programme_id: int) -> AskForDoses:
    """As the page for lists would ask: who has no address is written to at the organisation."""
    facts = organisation.facts
    place = find(one.where)[0].place(one.where)
    address = f"{one.street}\n{place.postcode} {place.town}"
    if not one.street:
        address = f"c/o {facts.name}\n{facts.postcode} {facts.town}"
    return AskForDoses(
        programme_id=programme_id,
        person=PersonDetails(one.family_name, one.given_name, one.birth_date, address=address),
        place=place,
        max_km=20,
        form_uid=f"{facts.code}:{one.family_name}",
        channel=Channel.TOWN_HALL,
        helper=HelperDetails(Relation.ORGANISATION, facts.name, organisation.consent, phone=facts.phone),
        organisation_id=organisation_id,
    )
