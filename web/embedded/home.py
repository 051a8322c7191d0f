"""Where the one-machine region lives: database, secrets, papers. Deleting it forgets everything."""

import fcntl
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from vaccination.clock import now
from vaccination.security.fields import generate_keys
from vaccination.security.tokens import generate_signing_keys
from web.embedded.redis_server import redis_url

_LONGEST_SOCKET_PATH = 100
_FIRST_PLAN_S = "45"  # enough for a first plan; whoever waits at a screen may choose another


class AlreadyRunning(RuntimeError):
    """Another process runs this very region."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where everything of the region lies."""

    folder: Path

    @property
    def settings_file(self) -> Path:
        return self.folder / "settings.env"

    @property
    def database(self) -> Path:
        return self.folder / "region.sqlite"

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def redis(self) -> Path:
        return self.folder / "redis"

    @property
    def sign_in_file(self) -> Path:
        return self.folder / "sign-in.txt"

    @property
    def socket(self) -> Path:
        """Where Redis listens: in the folder, or in the temporary one where that path would be too long."""
        own = self.folder / "redis.sock"
        if len(str(own)) <= _LONGEST_SOCKET_PATH:
            return own
        return Path(tempfile.gettempdir()) / f"vx-{sha256(str(own).encode()).hexdigest()[:16]}.sock"


def make_home(folder: Path) -> Home:
    """The home in this folder; secrets are drawn at the first call and never shown."""
    home = Home(folder.resolve())
    home.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.folder.chmod(0o700)
    home.files.mkdir(mode=0o700, exist_ok=True)
    if not home.settings_file.exists():
        write_private(home.settings_file, fresh_secrets())
    return home


def environment(home: Home, address: str, outer: Mapping[str, str]) -> dict[str, str]:
    """The environment of the processes: the caller may choose anything but where the region lives."""
    chosen = {
        "FILES_DIR": str(home.files),
        "PLANNER_SECONDS": _FIRST_PLAN_S,
        **_read(home.settings_file),
        **outer,
    }
    programs = str(Path(sys.executable).parent)
    return {
        **chosen,
        "DATABASE_URL": f"sqlite:///{home.database}",
        "REDIS_URL": redis_url(home.socket),
        "BASE_URL": address,
        "SECURE_COOKIES": "0",  # plain http, and only on this very machine
        "PATH": f"{programs}:{outer.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def held(home: Home) -> Iterator[None]:
    """Keep a second launcher out of the same region."""
    with (home.folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(f"this region is already running (in {home.folder})") from None
        yield


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user can read; whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(
        os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    partial.replace(path)


def fresh_secrets() -> str:
    """New secrets for an installation, as lines of an environment file."""
    made = {
        "SECRET_KEY": secrets.token_urlsafe(32),
        "FIELD_KEYS": generate_keys(),
        "SIGNING_KEYS": generate_signing_keys(now().date()),
    }
    # entries may stand on lines or behind commas; here each setting is one line
    lines = [f"{name}={','.join(text.split())}" for name, text in made.items()]
    return "\n".join(["# Losing FIELD_KEYS loses every name in the database.", *lines, ""])


def _read(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
