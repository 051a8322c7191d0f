"""The files by which an agency sets up its region: which kinds there are, and their columns."""

from enum import StrEnum


class FileKind(StrEnum):
    CENTRES = "centres"
    HOURS = "hours"
    DELIVERIES = "deliveries"
    PRODUCTS = "products"
    SCHEDULES = "schedules"
    PRIORITY_GROUPS = "priority-groups"


NEEDED: dict[FileKind, tuple[str, ...]] = {
    FileKind.CENTRES: ("centre", "name", "lat", "lon"),
    FileKind.HOURS: ("centre", "weekday", "opens", "closes", "stations", "minutes_per_dose"),
    FileKind.DELIVERIES: ("centre", "product", "lot", "expires_on", "doses", "available_from"),
    FileKind.PRODUCTS: ("product", "name", "doses_per_vial"),
    FileKind.SCHEDULES: ("schedule", "first_product"),
    FileKind.PRIORITY_GROUPS: ("group", "name_fr", "name_en", "rank"),
}
OPTIONAL: dict[FileKind, tuple[str, ...]] = {
    FileKind.CENTRES: ("street", "postcode", "town", "phone", "wheelchair", "timezone"),
    FileKind.HOURS: ("slot_minutes",),
    FileKind.DELIVERIES: ("usable_to",),
    FileKind.PRODUCTS: ("shelf_days",),
    FileKind.SCHEDULES: (
        "second_product",
        "min_age",
        "max_age",
        "min_days",
        "ideal_days",
        "max_days",
        "valid_from",
        "valid_to",
    ),
    FileKind.PRIORITY_GROUPS: ("min_age", "max_age", "needs_declaration", "starts_on", "ends_on"),
}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def columns(kind: FileKind) -> tuple[str, ...]:
    """All columns of a file, those that must be there first."""
    return NEEDED[kind] + OPTIONAL[kind]
