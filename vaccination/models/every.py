"""Importing this loads every table: for migrations, tests and whoever needs the whole metadata."""

from vaccination.models import (  # noqa: F401
    accounts,
    appointments,
    audit,
    centres,
    messages,
    people,
    planning,
    programmes,
    requests,
    stock,
    vaccinations,
)
from vaccination.models.base import Base

metadata = Base.metadata
