"""Letters go out in batches, one a posting day and kind of paper (docs/states.md)."""

from enum import StrEnum


class Paper(StrEnum):
    """The envelope for which the letter is laid out."""

    DL = "dl"
    C5 = "c5"


class LetterBatchStatus(StrEnum):
    """OPEN gathers letters; MADE is one printed file; POSTED is out of the house."""

    OPEN = "open"
    MADE = "made"
    POSTED = "posted"
    WITHDRAWN = "withdrawn"


STANDING_BATCH = (LetterBatchStatus.OPEN, LetterBatchStatus.MADE, LetterBatchStatus.POSTED)
