"""The command line makes accounts that work."""

from flask import Flask

from tests.builders import make_centre
from tests.web.staff import make_staff, token_of
from vaccination.db import transaction
from vaccination.domain.actor import Grant, Role


def _password(output: str) -> str:
    return output.strip().rsplit(" ", 1)[1]


def test_a_made_account_signs_in(lite_app: Flask) -> None:
    with transaction() as session:
        make_centre(session, code="orleans")
    words = ["users", "create", "iris", "--name", "Iris", "--role", "desk", "--centre", "orleans"]
    done = lite_app.test_cli_runner().invoke(args=words)
    assert done.exit_code == 0, done.output
    client = lite_app.test_client()
    form = {"csrf_token": token_of(client), "login": "iris", "password": _password(done.output)}
    assert client.post("/account/sign-in", data=form).status_code == 303


def test_what_cannot_be_is_refused_by_its_code(lite_app: Flask) -> None:
    runner = lite_app.test_cli_runner()
    words = ["users", "create", "iris", "--name", "Iris", "--role", "desk", "--centre", "nowhere"]
    unknown = runner.invoke(args=words)
    assert unknown.exit_code == 1 and "no_centre_of_code" in unknown.output
    make_staff("taken", Grant(Role.DESK))
    taken = runner.invoke(args=["users", "create", "Taken", "--name", "T", "--role", "phone"])
    assert taken.exit_code == 1 and "login_taken" in taken.output
    nobody = runner.invoke(args=["users", "reset-password", "nobody"])
    assert nobody.exit_code == 1 and "no_such_user" in nobody.output


def test_a_reset_password_replaces_the_old_one(lite_app: Flask) -> None:
    make_staff("iris", Grant(Role.DESK))
    done = lite_app.test_cli_runner().invoke(args=["users", "reset-password", "iris"])
    client = lite_app.test_client()
    form = {"csrf_token": token_of(client), "login": "iris", "password": _password(done.output)}
    assert client.post("/account/sign-in", data=form).status_code == 303
