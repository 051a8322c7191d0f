"""Age in whole years, the way every rule of the programme counts it."""

from datetime import date


def age_on(birth_date: date, day: date) -> int:
    """Whole years on a day; who was born on 29 February is a year older on 1 March of common years."""
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (0 if had_birthday else 1)


def fits_age(age: int, min_age: int | None, max_age: int | None) -> bool:
    """Whether an age lies inside the bounds, both inclusive; an empty bound lets everybody through."""
    return (min_age is None or age >= min_age) and (max_age is None or age <= max_age)
