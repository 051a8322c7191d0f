"""Which Chromium the journeys drive, with which flags; `python -m tests.browser` tells if there is one."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

# nothing that phones home, nothing that needs a kernel feature which containers lack; the camera is a file
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)


def executable() -> str | None:
    """The system's Chromium, else the one that the driver brought into .venv, else None."""
    for name in ("chromium", "google-chrome"):
        if path := shutil.which(name):
            return path
    own = Path(sys.prefix) / "browsers"
    os.environ.setdefault("PLAYWRIGHT_BROWSERS_PATH", str(own))
    with sync_playwright() as driver:
        path = driver.chromium.executable_path
    return path if Path(path).exists() else None


if __name__ == "__main__":
    sys.exit(0 if executable() else "no Chromium found")
