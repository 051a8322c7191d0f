"""Appointment cards one can draw: the ordinary one, and those that strain the paper."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from vaccination.domain.appointment import AppointmentStatus
from vaccination.domain.references import reference_of
from vaccination.readmodels.appointment_card import AppointmentCard, DoseCard
from vaccination.security.signing_keys import SigningKeys, generate_signing_keys
from vaccination.security.tokens import sign_dose

KEYS = SigningKeys.from_text(generate_signing_keys(date(2027, 1, 1)))
KEY = next(iter(KEYS.keys.values()))
PARIS = ZoneInfo("Europe/Paris")


def make_dose(**named: Any) -> DoseCard:
    starts_at = named.pop("starts_at", datetime(2027, 5, 4, 9, 40, tzinfo=PARIS))
    ordinary: dict[str, Any] = dict(
        dose_number=1,
        of=2,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=10),
        product="Produit A",
        status=AppointmentStatus.BOOKED,
        centre_id=12,
        centre_name="Centre de vaccination d’Orléans – Salle des fêtes",
        street="12 rue de la République",
        postcode="45000",
        town="Orléans",
        phone="02 38 00 00 00",
        timezone="Europe/Paris",
        token_ref=b"\0\1\2\3\4\5\6\7",
        issue=0,
    )
    return DoseCard(**{**ordinary, **named})


def make_second_dose(**named: Any) -> DoseCard:
    return make_dose(
        **{
            **dict(dose_number=2, starts_at=datetime(2027, 6, 1, 14, tzinfo=PARIS), token_ref=b"second_8"),
            **named,
        }
    )


def make_card(*doses: DoseCard, **named: Any) -> AppointmentCard:
    ordinary: dict[str, Any] = dict(
        request_id=1,
        reference=reference_of(2**44 + 12345678901),
        given_name="Camille",
        family_name="Dupont-Lévêque",
        locale="fr",
        programme_fr="Campagne de vaccination du printemps 2027",
        programme_en="Spring 2027 vaccination campaign",
        doses=doses or (make_dose(), make_second_dose()),
    )
    return AppointmentCard(**{**ordinary, **named}).signed_by(lambda dose: sign_dose(dose, KEY))


_LONG = dict(
    centre_name="Centre de vaccination intercommunal de Saint-Germain-des-Prés-et-de-la-Vallée, gymnase "
    "Jean-Baptiste-Poquelin dit Molière, entrée par la cour",
    street="Bâtiment C, escalier 4, 1248 bis avenue du Général-Philippe-Leclerc-de-Hauteclocque, "
    "lieu-dit Les Grandes Plaines",
    town="Saint-Jean-de-la-Ruelle-et-Saint-Pryvé-Saint-Mesmin-sur-Loire CEDEX 17",
    product="Vaccin contre une maladie au nom très long, suspension injectable 0,5 ml, adulte",
)

LAYOUTS = {
    "ordinary": make_card(),
    "english": make_card(locale="en"),
    "single": make_card(make_dose(of=1)),
    "second_only": make_card(make_second_dose()),
    "long": make_card(
        make_dose(**_LONG, starts_at=datetime(2027, 9, 22, 13, 50, tzinfo=PARIS)),
        make_second_dose(**_LONG, starts_at=datetime(2027, 12, 1, 10, 5, tzinfo=PARIS)),
        given_name="Marie-Antoinette Joséphine Éléonore",
        family_name="de La Rochefoucauld-Montmorency-Châteaubriand d’Estouteville",
        programme_fr="Campagne régionale de vaccination du printemps et de l’été 2027, deuxième phase, "
        "personnes de plus de 12 ans",
    ),
    "bare": make_card(replace(make_dose(), street="", phone=""), given_name=""),
}
