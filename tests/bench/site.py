"""The product as it runs in service, for benchmarks that ask it over HTTP: gunicorn and two workers."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date
from http.client import HTTPConnection
from pathlib import Path

from tests import servers
from tests.databases import ROOT, PostgresDatabases
from vaccination import db
from vaccination.security.fields import KeyRing, generate_keys, use_keys
from vaccination.security.signing_keys import generate_signing_keys

WORKERS = 2


@contextmanager
def closing_engine(url: str) -> Iterator[None]:
    """`vaccination.db` bound to a database, for a while."""
    engine = db.bind(url)
    try:
        yield
    finally:
        engine.dispose()


@contextmanager
def filled(fill: Callable[[Path], None]) -> Iterator[tuple[dict[str, str], Path]]:
    """A region that `fill` makes, with servers of its own: what the product is told of it, and its folder."""
    keys = generate_keys()
    use_keys(KeyRing.from_text(keys))
    with (
        servers.postgres() as sockets,
        servers.redis_server() as redis_url,
        PostgresDatabases(sockets).fresh() as url,
        tempfile.TemporaryDirectory() as name,
    ):
        folder = Path(name)
        with closing_engine(url):
            fill(folder)
        yield environment(url, redis_url, keys, folder), folder


def environment(url: str, redis_url: str, keys: str, folder: Path) -> dict[str, str]:
    """What the product is told of its database, its Redis, its keys and its folder."""
    own = {
        "DATABASE_URL": url, "REDIS_URL": redis_url, "SECRET_KEY": "only-for-benchmarks", "FIELD_KEYS": keys,
        "SIGNING_KEYS": generate_signing_keys(date.today()), "BASE_URL": "http://localhost",
        "FILES_DIR": str(folder), "SECURE_COOKIES": "0", "TRUSTED_PROXIES": "1",
    }  # fmt: skip
    return {**os.environ, **own}


@contextmanager
def gunicorn(env: Mapping[str, str], log: Path) -> Iterator[int]:
    """The product with two workers on a free port, which is given; `log` has a line for each answer."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "web.wsgi:app", "--workers", str(WORKERS),
        "--bind", f"127.0.0.1:{port}", "--access-logfile", str(log),
        "--access-logformat", "%(m)s %(U)s %(s)s %(D)s",
    ]  # fmt: skip
    with (log.parent / "gunicorn.log").open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=dict(env), stdout=output, stderr=output)
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            connection = HTTPConnection("localhost", port, timeout=30)
            connection.request("GET", "/help")
            connection.getresponse().read()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        finally:
            connection.close()
