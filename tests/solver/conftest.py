"""What the planner's tests share."""

from pathlib import Path

import pytest

from tests.solver.folders import write_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A planning folder without fault."""
    return write_files(tmp_path / "problem")
