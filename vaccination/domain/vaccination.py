"""What a vaccination record must contain, and why somebody who came may leave without a dose."""

from enum import StrEnum


class InjectionSite(StrEnum):
    LEFT_ARM = "left_arm"
    RIGHT_ARM = "right_arm"
    OTHER = "other"


class NotVaccinatedReason(StrEnum):
    """Why somebody who was let in got no dose; what is medical about it stays with the vaccinator."""

    UNWELL = "unwell"
    CONTRAINDICATED = "contraindicated"
    DECLINED = "declined"
    ALREADY_HAD_IT = "already_had_it"
    NO_DOSE = "no_dose"
    OTHER = "other"
