"""Throw-away servers of the tests' own: a real PostgreSQL and a real Redis, on sockets nobody else knows.

They end with the test process, also when it is killed: the kernel tells them that their parent died.
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway

from web.embedded.redis_server import redis_binary

_SECONDS_TO_START = 60
_PR_SET_PDEATHSIG = 1


class NoPostgres(RuntimeError):
    """PostgreSQL's programs are not on this machine; `make test` brings them or says what to type."""


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder whose path leaves room for a socket's name (107 bytes in all); open to other users."""
    folder = Path(tempfile.mkdtemp(prefix="vx", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL cluster of our own; yields its socket folder, see `postgres_url`."""
    binaries = _postgres_binaries()
    with short_folder() as folder:
        cluster, sockets = folder / "cluster", folder / "s"
        who = _unprivileged()
        for path in (cluster, sockets):
            path.mkdir(mode=0o700)
            if who:
                os.chown(path, who["user"], who["group"])
        initdb = [binaries / "initdb", "-D", cluster, "-U", "vax", "-A", "trust", "-E", "UTF8", "--locale=C"]
        subprocess.run(
            [*initdb, "--no-sync"], cwd="/", env=_plain_env(), check=True, stdout=subprocess.DEVNULL, **who
        )
        # nothing here must survive a power cut, so nothing waits for the disk
        fast = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")
        options = [word for one in fast for word in ("-c", one)]
        command = [binaries / "postgres", "-D", cluster, "-k", sockets, "-c", "listen_addresses=", *options]
        with _running(command, signal.SIGINT, folder / "postgres.log", **who) as process:
            _wait(lambda: psycopg.connect(_conninfo(sockets)).close(), psycopg.OperationalError, process)
            yield str(sockets)


def postgres_url(sockets: str, database: str) -> str:
    """SQLAlchemy's address of a database in our cluster."""
    return f"postgresql+psycopg://vax@/{database}?host={sockets}"


def run_in_postgres(sockets: str, *statements: str) -> None:
    """Statements which want no transaction around them: CREATE and DROP DATABASE."""
    with psycopg.connect(_conninfo(sockets), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@contextmanager
def redis_server() -> Iterator[str]:
    """A real Redis, its data kept in memory only; yields its address."""
    with short_folder() as folder:
        socket = folder / "r.sock"
        command = [redis_binary(), "--port", "0", "--unixsocket", socket, "--save", "", "--dir", folder]
        with _running([*command, "--daemonize", "no"], signal.SIGTERM, folder / "redis.log") as process:
            url = f"unix://{socket}?db=0"
            with Redis.from_url(url, retry=None) as client:
                _wait(client.ping, (RedisAway, FileNotFoundError), process)
            yield url


def _postgres_binaries() -> Path:
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    if not versions:
        raise NoPostgres("no PostgreSQL server here: `make test` brings it")
    return versions[-1].parent


def _unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root; the package's user, else nobody, runs it then."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _plain_env() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "LANG": "C", "HOME": "/"}


def _conninfo(sockets: Path | str) -> str:
    return f"host={sockets} user=vax dbname=postgres"


@contextmanager
def _running(
    command: list[Any], end_with: signal.Signals, log: Path, **who: Any
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd="/",
            env=_plain_env(),
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=_ends_with_parent(end_with),
            start_new_session=True,  # Ctrl-C reaches the tests first, which then end it in order
            **who,
        )
    try:
        yield process
    finally:
        process.send_signal(end_with)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ends_with_parent(end_with: signal.Signals) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, int(end_with), 0, 0, 0)


def _wait(attempt: Callable[[], object], away: Any, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _SECONDS_TO_START
    while True:
        try:
            attempt()
            return
        except away:
            if process.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.03)
