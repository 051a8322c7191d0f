"""Importing this loads every table: for migrations, tests and whoever needs the whole metadata."""

from vaccination.models import (  # noqa: F401
    accounts,
    appointments,
    audit,
    centres,
    contacts,
    disruptions,
    letters,
    messages,
    organisations,
    people,
    planning,
    programmes,
    requests,
    same_day,
    serving,
    stock,
    texts,
    vaccinations,
)
from vaccination.models.base import Base

metadata = Base.metadata
