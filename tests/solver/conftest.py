"""`planner`: the planner, once with each engine that the tests know."""

import pytest

from tests.solver.instances import ENGINES
from tests.solver.verdict import Planner


@pytest.fixture(scope="session", params=ENGINES, ids=lambda engine: engine or "any")
def planner(request: pytest.FixtureRequest) -> Planner:
    return Planner(request.param)
