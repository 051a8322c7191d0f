"""`make demo` on a small region: from an empty folder to printed confirmations, by real processes."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.databases import ROOT
from tests.servers import short_folder
from web.embedded.home import Home


def launch(folder: Path, what: str) -> str:
    """Run the launcher as the Makefile does; the outer environment names another database on purpose."""
    env = {
        **os.environ,
        "REGION_DIR": str(folder),
        "REGION_REQUESTS": "150",
        "PLANNER_SECONDS": "20",
        "DATABASE_URL": "postgresql://not-in-tests/x",
    }
    done = subprocess.run(
        [sys.executable, "-m", "web.embedded", what], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def one(home: Home, question: str) -> int:
    with closing(sqlite3.connect(home.database)) as database:
        return int(database.execute(question).fetchone()[0])


@pytest.mark.timeout(300)
def test_an_empty_folder_becomes_a_planned_region_with_its_papers_and_a_second_run_keeps_it() -> None:
    with short_folder() as folder:
        home = Home(folder / "var")
        said = launch(home.folder, "demo")

        planned = one(home, "SELECT COUNT(*) FROM request WHERE status = 'planned'")
        papers = sorted((home.files / "confirmations").rglob("*.pdf"))
        assert planned > 50
        assert len(papers) == planned
        assert len(PdfReader(papers[0]).pages) == 1
        assert f"planned        {planned} of 161 requests" in said
        assert "bound" in said
        for who in ("agency", "desk", "manager", "phone", "townhall", "social", "citizen"):
            assert f" {who} " in said, who
        assert one(home, "SELECT COUNT(*) FROM request_list") == 2
        handed_in = "SELECT COUNT(*) FROM request WHERE channel = 'town_hall' AND organisation_id IS NOT NULL"
        assert one(home, handed_in) == 10
        helped = "SELECT COUNT(*) FROM helper JOIN request ON request.id = helper.request_id"
        assert one(home, helped) == 10  # nobody is asked for without a consent
        assert not home.socket.exists()
        assert home.sign_in_file.stat().st_mode & 0o777 == 0o600

        again = launch(home.folder, "demo")

        assert "Planning" not in again
        assert home.sign_in_file.read_text().splitlines()[0] in again
        assert one(home, "SELECT COUNT(*) FROM request WHERE status = 'planned'") == planned
        assert one(home, "SELECT COUNT(*) FROM plan_run") == 1

        launch(home.folder, "forget")
        assert not home.folder.exists()
