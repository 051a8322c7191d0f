"""Which Chromium the journeys drive, with which flags; `python -m tests.browser` tells if there is one."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

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


# no name leads anywhere but to this machine
_NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
# where `make test` puts the driver's own build on machines without a package of it
os.environ.setdefault("PLAYWRIGHT_BROWSERS_PATH", str(Path(sys.prefix) / "browsers"))


def system_chromium() -> str | None:
    """The system's Chromium; None leaves the choice to the driver, which takes the build in .venv."""
    return shutil.which("chromium") or shutil.which("google-chrome")


def launch(playwright: Playwright, film: Path | None = None) -> Browser:
    """Start Chromium; its camera sees the film."""
    args = [*FLAGS, _NOWHERE]
    if film:
        args.append(f"--use-file-for-fake-video-capture={film}")
    return playwright.chromium.launch(executable_path=system_chromium(), chromium_sandbox=False, args=args)


def is_there() -> bool:
    """Whether there is any Chromium to start."""
    if system_chromium():
        return True
    with sync_playwright() as driver:
        return Path(driver.chromium.executable_path).exists()


if __name__ == "__main__":
    sys.exit(0 if is_there() else "no Chromium found")
