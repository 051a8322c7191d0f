"""What a vaccination record must contain."""

from enum import StrEnum


class InjectionSite(StrEnum):
    LEFT_ARM = "left_arm"
    RIGHT_ARM = "right_arm"
    OTHER = "other"
