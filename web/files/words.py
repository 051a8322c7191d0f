"""Names of the files and of their columns."""

from flask_babel import lazy_gettext

from vaccination.domain.file_kinds import FileKind

TITLES = {
    FileKind.CENTRES: lazy_gettext("Centres by file"),
    FileKind.HOURS: lazy_gettext("Weekly hours by file"),
    FileKind.DELIVERIES: lazy_gettext("Deliveries by file"),
    FileKind.PRODUCTS: lazy_gettext("Vaccines by file"),
    FileKind.SCHEDULES: lazy_gettext("Schedules by file"),
    FileKind.PRIORITY_GROUPS: lazy_gettext("Priority groups by file"),
}
HOMES = {
    FileKind.CENTRES: "centres.home",
    FileKind.HOURS: "centres.home",
    FileKind.DELIVERIES: "stock.home",
    FileKind.PRODUCTS: "programme.home",
    FileKind.SCHEDULES: "programme.home",
    FileKind.PRIORITY_GROUPS: "programme.home",
}
_AGE = lazy_gettext("whole years, inclusive")
_DATE = lazy_gettext("a date such as 2027-05-03")
COLUMNS = {
    "centre": lazy_gettext("the centre's code"),
    "name": lazy_gettext("as people read it"),
    "lat": lazy_gettext("degrees north, such as 47.9029"),
    "lon": lazy_gettext("degrees east, such as 1.9093"),
    "wheelchair": lazy_gettext("1 if a wheelchair can get in, else 0"),
    "timezone": lazy_gettext("such as Europe/Paris, which is meant when empty"),
    "weekday": lazy_gettext("monday, lundi or 1, to sunday, dimanche or 7"),
    "opens": lazy_gettext("a time such as 09:00"),
    "closes": lazy_gettext("a time such as 18:00"),
    "stations": lazy_gettext("how many people are vaccinated at a time"),
    "minutes_per_dose": lazy_gettext("minutes one dose takes at a station"),
    "slot_minutes": lazy_gettext("length of a slot; 10 when empty"),
    "product": lazy_gettext("the vaccine's code"),
    "lot": lazy_gettext("the lot number"),
    "expires_on": _DATE,
    "doses": lazy_gettext("a multiple of the doses in a vial"),
    "available_from": _DATE,
    "usable_to": lazy_gettext("a date; when empty, by the vaccine's shelf days"),
    "doses_per_vial": lazy_gettext("doses in a vial"),
    "shelf_days": lazy_gettext("days the vials keep at a centre; 30 when empty"),
    "schedule": lazy_gettext("the schedule's code"),
    "first_product": lazy_gettext("code of the first dose's vaccine"),
    "second_product": lazy_gettext("code of the second dose's vaccine; empty: one dose is enough"),
    "min_age": _AGE,
    "max_age": _AGE,
    "min_days": lazy_gettext("shortest interval between the doses, in days"),
    "ideal_days": lazy_gettext("ideal interval, in days"),
    "max_days": lazy_gettext("longest interval, in days"),
    "valid_from": lazy_gettext("first day of first doses; empty: no bound"),
    "valid_to": lazy_gettext("last day of first doses; empty: no bound"),
    "group": lazy_gettext("the group's code; several lines give it several phases"),
    "name_fr": lazy_gettext("name in French"),
    "name_en": lazy_gettext("name in English"),
    "rank": lazy_gettext("1 (most urgent) to 9"),
    "needs_declaration": lazy_gettext("1 if people must say that they belong to it, else 0"),
    "starts_on": lazy_gettext("first day of the phase"),
    "ends_on": lazy_gettext("last day of the phase; empty: open"),
}
