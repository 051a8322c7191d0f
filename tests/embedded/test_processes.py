"""The Procfile's processes: each is started by its line, and all of them end when asked."""

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from web.embedded import processes
from web.embedded.processes import ProcessEnded


def test_the_procfile_names_every_process_that_is_served() -> None:
    assert set(processes.SERVED) | {"release"} == set(processes._commands())


def test_a_worker_that_ends_by_itself_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_commands", lambda: {"planner": "false"})

    # Debian has no `python` but in an environment, where the launcher looks for it too.
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"

    with processes.preparing({**os.environ, "PATH": path}, tmp_path) as workers:
        end = time.monotonic() + 20
        with pytest.raises(ProcessEnded, match="planner"):
            while time.monotonic() < end:
                workers.check()
                time.sleep(0.05)


def test_a_worker_that_needs_to_be_asked_twice_is_not_killed(tmp_path: Path) -> None:
    """Stands for an RQ worker with a job at hand: the first SIGTERM is heard, the second one obeyed."""
    stubborn = tmp_path / "stubborn.py"
    stubborn.write_text(
        textwrap.dedent("""
            import signal, sys, time
            def once_more(number, frame):
                signal.signal(signal.SIGTERM, lambda *_: (print("ended in order", flush=True), sys.exit(0)))
            signal.signal(signal.SIGTERM, once_more)
            print("started", flush=True)
            time.sleep(120)
            time.sleep(120)
        """)
    )
    serve = textwrap.dedent(f"""
        import os, sys
        from web.embedded import processes
        processes.SERVED = ("stubborn", "obedient")
        processes._commands = lambda: {{"stubborn": "{sys.executable} {stubborn}", "obedient": "sleep 120"}}
        sys.exit(processes.serve(os.environ))
    """)
    with subprocess.Popen([sys.executable, "-c", serve], stdout=subprocess.PIPE, text=True) as manager:
        assert manager.stdout is not None
        said = ""
        while "| started" not in said:
            said = manager.stdout.readline()
        manager.terminate()
        rest = manager.stdout.read()

    assert "ended in order" in rest
    assert "SIGKILL" not in rest
    assert manager.returncode == 0


def test_a_stop_before_everybody_has_started_is_obeyed_then() -> None:
    program = textwrap.dedent("""
        from web.embedded import processes
        manager = processes.PatientManager(processes.Printer(processes._Unbuffered()))
        for name in ("one", "two"):
            manager.add_process(name, "sleep 120")
        manager.terminate()
        manager.loop()
    """)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("stopped") == 2
