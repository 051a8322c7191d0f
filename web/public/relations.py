"""Who asks for somebody else, and how that person agreed: in words."""

from flask_babel import lazy_gettext

from vaccination.domain.contacts import Consent, Relation

RELATIONS = {
    Relation.RELATIVE.value: lazy_gettext("A member of the family"),
    Relation.GUARDIAN.value: lazy_gettext("The legal guardian"),
    Relation.NEIGHBOUR.value: lazy_gettext("A friend or neighbour"),
    Relation.ORGANISATION.value: lazy_gettext("A carer or somebody from a service"),
}
CONSENTS = {
    Consent.GIVEN_PRESENT.value: lazy_gettext("The person is with me and agrees"),
    Consent.GIVEN_BY_PHONE.value: lazy_gettext("The person told me so on the phone"),
    Consent.WRITTEN.value: lazy_gettext("The person has agreed in writing"),
    Consent.LEGAL.value: lazy_gettext("I decide for them by law: a child, or a person under guardianship"),
}


def relations() -> dict[str, str]:
    """Who may ask for somebody else."""
    return {key: str(words) for key, words in RELATIONS.items()}


def consents() -> dict[str, str]:
    """How somebody may have agreed."""
    return {key: str(words) for key, words in CONSENTS.items()}
