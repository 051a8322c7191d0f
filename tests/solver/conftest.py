"""What the planner's tests share: a folder without fault, and the planner, once with each engine."""

from pathlib import Path

import pytest

from tests.solver.folders import write_files
from tests.solver.instances import ENGINES
from tests.solver.verdict import Planner


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A planning folder without fault."""
    return write_files(tmp_path / "problem")


@pytest.fixture(scope="session", params=ENGINES, ids=lambda engine: engine or "any")
def planner(request: pytest.FixtureRequest) -> Planner:
    return Planner(request.param)
