"""Real workers as processes of their own, which a test may kill in any part."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.databases import ROOT
from vaccination.settings import Settings


def environment(settings: Settings) -> dict[str, str]:
    """The settings as a worker reads them."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "FIELD_KEYS": settings.field_keys,
        "SIGNING_KEYS": settings.signing_keys,
        "BASE_URL": settings.base_url,
        "FILES_DIR": str(settings.files_dir),
        "PLANNER_WORKERS": "1",
        "OMP_NUM_THREADS": "1",
    }


@dataclass
class Workers:
    """One worker a kind, started again when it is dead; all that was ever started ends with the test."""

    env: Mapping[str, str]
    log: Path
    alive: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)

    def keep_up(self, *queues: str) -> None:
        """See that a worker of these queues is there."""
        kind = queues[0]
        if kind in self.alive and self.alive[kind].poll() is None:
            return
        with self.log.open("ab") as output:
            self.alive[kind] = subprocess.Popen(
                [sys.executable, "-m", "web.worker", *queues],
                cwd=ROOT, env=dict(self.env), stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip

    def horses(self, kind: str) -> list[int]:
        """The work-horse, which lives in its own session and survives its parent."""
        parent = self.alive[kind].pid
        with suppress(OSError):
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii")
            found = [int(pid) for pid in children.split()]
            self._seen.update(found)
            return found
        return []

    def kill(self, kind: str, what: str) -> int:
        """SIGKILL the horse, its parent or both (an idle worker has a parent only); how many horses fell."""
        horses = self.horses(kind) if what != "parent" else []
        for pid in horses:
            _kill(pid)
        if what != "horse" or not horses:
            self.alive[kind].kill()
            self.alive[kind].wait()
        return len(horses)

    def end(self) -> None:
        """Nothing of ours remains."""
        for kind, process in self.alive.items():
            self.horses(kind)
            process.kill()
            process.wait()
        for pid in self._seen:
            if _is_worker(pid):
                _kill(pid)


@contextmanager
def running_workers(settings: Settings, log: Path) -> Iterator[Workers]:
    """Workers that end with the block, orphans too."""
    workers = Workers(environment(settings), log)
    try:
        yield workers
    finally:
        workers.end()


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _is_worker(pid: int) -> bool:
    """A number may have been given to somebody else meanwhile."""
    with suppress(OSError):
        return b"web.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False
