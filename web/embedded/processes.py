"""The processes of the Procfile: a few while the region is prepared, all of them while it is served."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer

ROOT = Path(__file__).resolve().parent.parent.parent
SERVED = ("web", "worker", "planner", "clock")
_SECONDS_TO_STOP = 15


class ProcessEnded(RuntimeError):
    """A worker ended although nobody told it to; its log says why."""


class Workers:
    """Worker processes that are running now."""

    def __init__(self, running: Mapping[str, subprocess.Popen[bytes]], logs: Path) -> None:
        self._running, self._logs = running, logs

    def check(self) -> None:
        """Raise when one has ended: waiting for its work would be waiting for ever."""
        for name, process in self._running.items():
            if process.poll() is not None:
                raise ProcessEnded(f"the {name} ended, see {self._logs / name}.log")


@contextmanager
def preparing(env: Mapping[str, str], logs: Path) -> Iterator[Workers]:
    """The planner and a worker for papers; messages wait for the Procfile's own worker."""
    logs.mkdir(mode=0o700, exist_ok=True)
    commands = {"planner": _commands()["planner"], "papers": "python -m web.worker papers default"}
    with ExitStack() as stack:
        started = {
            name: stack.enter_context(_process(command, env, logs / f"{name}.log"))
            for name, command in commands.items()
        }
        yield Workers(started, logs)


class PatientManager(Manager):  # type: ignore[misc]
    """Honcho's manager, which asks a worker twice before it kills.

    Asked to end, a worker first finishes its job; asked again, it ends the job too. Killed outright it
    would leave its job running. A stop that comes while the processes are being started is obeyed once all
    have: honcho's own would break off and leave those running that had.
    """

    _asked_again_at: float | None = None
    _has_killed = False
    _is_to_stop = False

    def terminate(self) -> None:
        """Called by the signal's handler and by the loop; the loop does it."""
        self._is_to_stop = True

    def _all_started(self) -> bool:
        """Looked at in every round of the loop."""
        started = bool(super()._all_started())
        if started and self._is_to_stop:
            super().terminate()
        return started

    def kill(self) -> None:
        """Called again and again while somebody has not ended."""
        if self._asked_again_at is None:
            self._asked_again_at = time.monotonic()
            self._killall()
        elif not self._has_killed and time.monotonic() - self._asked_again_at > _SECONDS_TO_STOP:
            self._has_killed = True
            super().kill()


class _Unbuffered:
    """Writes straight to standard output.

    Honcho's signal handler writes a line of its own. Should it come in the middle of another, a buffered
    stream refuses ("reentrant call"), and the manager would end without ending anybody.
    """

    def write(self, text: str) -> None:
        rest = text.encode()
        while rest:
            rest = rest[os.write(sys.stdout.fileno(), rest) :]

    def flush(self) -> None:
        """Nothing waits."""

    def isatty(self) -> bool:
        return sys.stdout.isatty()


def serve(env: Mapping[str, str]) -> int:
    """Run the whole Procfile until somebody says stop; returns the exit code."""
    manager = PatientManager(Printer(_Unbuffered()))
    commands = _commands()
    for name in SERVED:
        manager.add_process(name, commands[name], env=dict(env), cwd=str(ROOT))
    manager.loop()
    stopped_on_purpose = manager.returncode in (130, 143)  # Ctrl-C, or a polite request to end
    return 0 if stopped_on_purpose else int(manager.returncode or 0)


def _commands() -> dict[str, str]:
    text = (ROOT / "Procfile").read_text(encoding="utf-8")
    return dict(parse_procfile(text).processes)


@contextmanager
def _process(command: str, env: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        process = subprocess.Popen(
            command.split(),
            cwd=ROOT,
            env=dict(env),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches the launcher, which then ends the others in order
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
