"""What is put into the addresses of every page: rows that exist.

`shared.py` gives what many features have in their addresses. A feature with parts of its own has a file
`<feature>.py` with `rows(session)`, which may also make what the seeded region lacks; its values go into the
addresses of that feature alone, so two features may both say `token`.
"""

from importlib import import_module
from pathlib import Path

from sqlalchemy.orm import Session

_NO_FEATURES = ("__init__", "shared", "values")


class Values:
    """Parts of addresses, by feature."""

    def __init__(self, session: Session) -> None:
        names = sorted(path.stem for path in Path(__file__).parent.glob("*.py"))
        self.shared = _rows("shared", session)
        self.own = {name: _rows(name, session) for name in names if name not in _NO_FEATURES}

    def of(self, endpoint: str) -> dict[str, str | int]:
        """For one route."""
        return {**self.shared, **self.own.get(endpoint.split(".")[0], {})}


def _rows(name: str, session: Session) -> dict[str, str | int]:
    made: dict[str, str | int] = import_module(f"tests.journeys.rows.{name}").rows(session)
    return made
