"""The embedded region's folder: secrets drawn once and kept to oneself, one launcher at a time."""

from pathlib import Path

import pytest

from vaccination.security.fields import KeyRing
from vaccination.security.tokens import SigningKeys
from vaccination.settings import Settings
from web.embedded.home import AlreadyRunning, environment, held, make_home

ADDRESS = "http://localhost:8000"


def permissions(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_secrets_are_drawn_once_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    home = make_home(tmp_path / "var")
    first = home.settings_file.read_text()
    make_home(tmp_path / "var")

    assert home.settings_file.read_text() == first
    assert (permissions(home.folder), permissions(home.settings_file)) == (0o700, 0o600)


def test_two_homes_share_no_secret(tmp_path: Path) -> None:
    one, other = (make_home(tmp_path / name).settings_file.read_text().split("\n") for name in ("a", "b"))
    assert not {line for line in one if "=" in line} & set(other)


def test_the_environment_makes_settings_with_keys_that_work(tmp_path: Path) -> None:
    settings = Settings.from_env(environment(make_home(tmp_path / "var"), ADDRESS, {}))

    assert settings.database_url == f"sqlite:///{tmp_path}/var/region.sqlite"
    assert not settings.secure_cookies
    KeyRing.from_text(settings.field_keys)
    SigningKeys.from_text(settings.signing_keys)


def test_a_database_that_is_named_outside_is_never_touched(tmp_path: Path) -> None:
    outer = {
        "DATABASE_URL": "postgresql://somebody/else",
        "REDIS_URL": "redis://else",
        "PLANNER_SECONDS": "7",
    }
    settings = Settings.from_env(environment(make_home(tmp_path / "var"), ADDRESS, outer))

    assert str(tmp_path) in settings.database_url
    assert str(tmp_path) in settings.redis_url
    assert settings.planner_seconds == 7


def test_a_long_path_gets_a_socket_elsewhere(tmp_path: Path) -> None:
    home = make_home(tmp_path / ("deep" * 30))
    assert len(str(home.socket)) <= 100
    assert home.socket == make_home(tmp_path / ("deep" * 30)).socket


def test_a_second_launcher_is_refused(tmp_path: Path) -> None:
    home = make_home(tmp_path / "var")
    with held(home), pytest.raises(AlreadyRunning), held(home):
        pass
    with held(home):
        pass
