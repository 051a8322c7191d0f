"""A town hall and a social service of the invented region, each with a list of people it has handed in.

Nobody in the lists exists, nor do their streets: see seeds/data/README.md.
"""

from dataclasses import dataclass
from datetime import date

from vaccination.domain.contacts import Consent, Relation
from vaccination.domain.organisations import OrganisationKind
from vaccination.domain.requests import Channel
from vaccination.services.access.organisations import OrganisationFacts
from vaccination.services.asking.command import AskForDoses
from vaccination.services.asking.consent import HelperDetails
from vaccination.services.asking.lists import HandIn, ListedPerson
from vaccination.services.asking.people import PersonDetails
from web.public.towns import find


@dataclass(frozen=True, slots=True)
class _Listed:
    family_name: str
    given_name: str
    birth_date: date
    street: str
    where: str


@dataclass(frozen=True, slots=True)
class Invented:
    """An organisation, who works there, and the list that they have handed in."""

    facts: OrganisationFacts
    login: str
    worker: str
    title: str
    consent: Consent
    people: tuple[_Listed, ...]

    def handed_in(self, organisation_id: int, programme_id: int) -> HandIn:
        """The list, as the page for lists would hand it in."""
        commands = [_asks(one, self, organisation_id, programme_id) for one in self.people]
        people = [ListedPerson(line, command) for line, command in enumerate(commands, start=1)]
        return HandIn(organisation_id, self.title, people)


_TOWN_HALL = Invented(
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
_SOCIAL_SERVICE = Invented(
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


ORGANISATIONS = (_TOWN_HALL, _SOCIAL_SERVICE)


def _asks(one: _Listed, organisation: Invented, organisation_id: int, programme_id: int) -> AskForDoses:
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
