"""The tests' own servers end with whoever started them, also when that process is killed."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

SERVE = """
import sys, time
from tests import servers
with servers.{kind}() as address:
    print(address, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize(("kind", "program"), [("postgres", "postgres"), ("redis_server", "r.sock")])
def test_a_killed_test_process_leaves_no_server_behind(kind: str, program: str) -> None:
    with subprocess.Popen([sys.executable, "-c", SERVE.format(kind=kind)], stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        address = starter.stdout.readline().decode()
        (server,) = children(starter.pid)
        assert program in command_line(server)
        starter.send_signal(signal.SIGKILL)

    assert ends_soon(server)
    shutil.rmtree(re.findall(r"/tmp/vx\w+", address)[0])


def children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as listing:
        return [int(child) for child in listing.read().split()]


def command_line(pid: int) -> str:
    with open(f"/proc/{pid}/cmdline", encoding="utf-8") as words:
        return words.read()


def ends_soon(pid: int) -> bool:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
            with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
                state = stat.read().rsplit(")", 1)[1].split()[0]
        except (ProcessLookupError, FileNotFoundError):
            return True
        if state == "Z":  # ended; whoever reaps orphans here has not come by yet
            return True
        time.sleep(0.1)
    return False
