"""Bodies that ask for people who do not ask themselves."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    TOWN_HALL = "town_hall"
    SOCIAL_SERVICE = "social_service"
    CARE_HOME = "care_home"
    DOCTOR = "doctor"
