"""Kinds of entry in the stock ledger and the life of a delivery."""

from enum import StrEnum


class MovementKind(StrEnum):
    """Why doses came or went; the sign of `doses` in the ledger says which way."""

    RECEIVED = "received"
    ALLOTTED = "allotted"  # from the region's store to a centre, or between centres
    USED = "used"
    WASTED = "wasted"
    EXPIRED = "expired"
    CORRECTED = "corrected"


class DeliveryStatus(StrEnum):
    """ANNOUNCED counts for planning from its day on; RECEIVED is in the ledger; CANCELLED is neither."""

    ANNOUNCED = "announced"
    RECEIVED = "received"
    CANCELLED = "cancelled"
