"""Overwriting whole sets of rows, as erasure does (services/keeping/erasure.py)."""

from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Session


def random_bytes(session: Session, length: int) -> Any:
    """Fresh random bytes for each row, made by the database itself."""
    if session.get_bind().dialect.name == "postgresql":
        return func.substring(func.sha256(func.uuid_send(func.gen_random_uuid())), 1, length)
    return func.randomblob(length)


def change_set(session: Session, statement: Any) -> int:
    """Change a set of rows; how many they were. Objects of this session are not told."""
    return session.connection().execute(statement).rowcount
