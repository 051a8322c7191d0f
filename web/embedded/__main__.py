"""A whole region on one machine: `python -m web.embedded run|demo|migrate|seed|forget|secrets`."""

import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

from vaccination.domain.planning import RunStatus
from vaccination.readmodels.installation import Run
from vaccination.settings import Settings
from web.embedded import preparing, processes, staff
from web.embedded.home import AlreadyRunning, Home, environment, fresh_secrets, held, make_home
from web.embedded.redis_server import RedisDidNotStart, running_redis
from web.embedded.report import report

_HOST = "127.0.0.1"
_FIRST_PORT = 8000
_PORTS = 20


@dataclass(frozen=True, slots=True)
class Launch:
    """One start of the region: where it lives, its settings, and the environment of its processes."""

    home: Home
    settings: Settings
    env: dict[str, str]


def main(words: list[str]) -> int:
    """Do what was asked for; returns the exit code."""
    commands: dict[str, Callable[[], int]] = {
        "run": run,
        "demo": demo,
        "migrate": migrate,
        "seed": seed,
        "forget": forget,
        "secrets": draw_secrets,
    }
    if len(words) != 1 or words[0] not in commands:
        print(__doc__)
        return 2
    signal.signal(signal.SIGTERM, _stop)
    try:
        return commands[words[0]]()
    except KeyboardInterrupt:
        return 130
    except (
        AlreadyRunning,
        preparing.PlanFailed,
        processes.ProcessEnded,
        RedisDidNotStart,
        NoPort,
    ) as refusal:
        print(f"Stopped: {refusal}", file=sys.stderr)
        return 1


def run() -> int:
    """Prepare what is missing, then serve until told to stop."""
    with _launched() as launch:
        _prepare(launch)
        Thread(target=_say_when_ready, args=(launch.settings.base_url,), daemon=True).start()
        return processes.serve(launch.env)


def demo() -> int:
    """Prepare what is missing and end."""
    with _launched() as launch:
        _prepare(launch)
    return 0


def migrate() -> int:
    """Bring the database to the newest schema."""
    with _launched():
        return 0


def seed() -> int:
    """Fill an empty database with the invented region."""
    with _launched() as launch:
        preparing.seed(launch.home, launch.env, say)
        staff.make_accounts(launch.home, preparing.state(), preparing.facts(launch.home))
    return 0


def forget() -> int:
    """Delete the region: database, secrets, papers."""
    home = _home()
    if home.folder.exists():
        with held(home):
            shutil.rmtree(home.folder)
    return 0


def draw_secrets() -> int:
    """Print secrets for an installation of one's own."""
    print(fresh_secrets(), end="")
    return 0


def say(line: str) -> None:
    """Tell whoever waits."""
    print(line, flush=True)


class NoPort(RuntimeError):
    """Nothing can listen where it was asked to."""


@contextmanager
def _launched() -> Iterator[Launch]:
    home = make_home(_home().folder)
    with held(home):
        port = _port(os.environ.get("PORT"))
        env = environment(home, f"http://localhost:{port}", os.environ)
        env["GUNICORN_CMD_ARGS"] = f"--bind {_HOST}:{port} --workers 2 --no-control-socket"
        settings = Settings.from_env(env)
        with running_redis(home.redis, home.socket):
            preparing.migrate(settings)
            preparing.bind(settings)
            yield Launch(home, settings, env)


def _prepare(launch: Launch) -> None:
    started = time.monotonic()
    preparing.seed(launch.home, launch.env, say)
    staff.make_accounts(launch.home, preparing.state(), preparing.facts(launch.home))
    if not _is_done(preparing.state().run, launch.settings):
        with processes.preparing(launch.env, launch.home.folder / "log") as workers:
            run = preparing.plan(launch.settings, workers, say)
            preparing.confirmations(launch.settings, run, workers, say)
    for line in report(launch.home, preparing.state(), launch.settings, time.monotonic() - started):
        say(line)


def _is_done(run: Run | None, settings: Settings) -> bool:
    return run is not None and run.status is RunStatus.APPLIED and preparing.confirmed(settings, run)


def _home() -> Home:
    return Home(Path(os.environ.get("REGION_DIR", "var")).resolve())


def _port(asked: str | None) -> int:
    """The port asked for, else the first free one from 8000 on."""
    if asked:
        if not _is_free(int(asked)):
            raise NoPort(f"port {asked} is in use; choose another: make run PORT=8080")
        return int(asked)
    for port in range(_FIRST_PORT, _FIRST_PORT + _PORTS):
        if _is_free(port):
            return port
    raise NoPort(
        f"ports {_FIRST_PORT} to {_FIRST_PORT + _PORTS - 1} are in use; choose another: make run PORT=9000"
    )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # as gunicorn does: a port whose last connections are still closing is free
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
    return True


def _say_when_ready(address: str) -> None:
    while True:
        try:
            with urlopen(f"{address}/help", timeout=5):  # noqa: S310  our own address
                break
        except (URLError, OSError):
            time.sleep(0.3)
    say(f"\n  Ready: {address}   (Ctrl-C stops everything; the data stay in var/)\n")


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
