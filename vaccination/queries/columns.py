"""The type of a row of selected columns whose types a reader knows from the select beside it."""

from typing import Any, TypeAlias

from sqlalchemy import Row

Columns: TypeAlias = Row[*tuple[Any, ...]]
