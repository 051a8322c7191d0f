"""Each night: persons, sessions and papers that nobody needs any more."""

import os
from datetime import timedelta
from pathlib import Path

from redis import Redis
from sqlalchemy import func, select

from tests.builders import make_person, make_programme, make_request, make_user
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.requests import RequestStatus
from vaccination.models.accounts import LoginSession
from vaccination.models.audit import AuditEntry
from vaccination.models.people import Person
from vaccination.ports import Mail
from vaccination.settings import Settings
from web.jobs import housekeeping
from web.jobs.papers import confirmations_folder
from web.jobs.plan_archive import archive_path
from web.mail import mailer_of
from web.queue import JobName
from web.schedule import Clock

DAY = timedelta(days=1)


def aged(path: Path, age: timedelta) -> Path:
    """As if it had been written so long ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    moment = (now() - age).timestamp()
    os.utime(path, (moment, moment))
    return path


def persons_erased() -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).where(Person.erased_at.is_not(None))) or 0


def test_persons_are_erased_batch_by_batch(worker: Settings) -> None:
    with transaction() as session:
        programme = make_programme(session, starts_on=now().date(), horizon_days=400)
        for days in (10, 89, 91, 92, 93, 94, 95):
            asked_at = now() - days * DAY
            make_request(
                session, programme, make_person(session, created_at=asked_at),
                status=RequestStatus.CANCELLED, created_at=asked_at,
            )  # fmt: skip
    housekeeping.forget(at_most=2)
    assert persons_erased() == 5
    housekeeping.forget(at_most=2)
    assert persons_erased() == 5
    with transaction() as session:
        counted = [
            entry.facts["persons"] for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        ]
    assert counted == [2, 2, 1]


def test_sessions_that_are_over_go(worker: Settings) -> None:
    with transaction() as session:
        user = make_user(session)
        for number, left in enumerate((-DAY, DAY)):
            session.add(
                LoginSession(
                    token_hash=bytes([number]) * 32, user_id=user.id, created_at=now(), last_seen_at=now(),
                    expires_at=now() + left,
                )
            )  # fmt: skip
    housekeeping.forget()
    with transaction() as session:
        assert [bytes(token) for token in session.scalars(select(LoginSession.token_hash))] == [b"\1" * 32]


def test_papers_go_with_the_persons(worker: Settings) -> None:
    """Every place where a job leaves something to read, at the edge."""
    mail = Mail(to="a@example.org", subject="s", text="t", html="<p>t</p>", client_ref="new", locale="fr")
    mailer_of(worker).send(mail)
    files = worker.files_dir
    places = [
        confirmations_folder(worker, 7) / "R.pdf",
        archive_path(files, 7),
        files / "outbox" / "message-1.eml",
        files / "letters" / "2027-01-01" / "0000001-R.pdf",
    ]
    for place in places:
        aged(place.with_name(f"{place.stem}-89{place.suffix}"), 89 * DAY)
        aged(place.with_name(f"{place.stem}-91{place.suffix}"), 91 * DAY)
    aged(files / "seeds.sqlite", 400 * DAY)
    housekeeping.forget()
    kept = {path.relative_to(files).as_posix() for path in files.rglob("*") if path.is_file()}
    assert kept == {
        "confirmations/plan-7/R-89.pdf",
        "plans/run-7-89.zip",
        "outbox/message-1-89.eml",
        "outbox/new.eml",
        "letters/2027-01-01/0000001-R-89.pdf",
        "seeds.sqlite",
    }


def test_a_folder_left_empty_goes(worker: Settings) -> None:
    paper = aged(worker.files_dir / "letters" / "2027-01-01" / "0000001-R.pdf", 100 * DAY)
    aged(paper.parent, 100 * DAY)
    fresh = worker.files_dir / "letters" / "2027-04-01"
    fresh.mkdir()
    housekeeping.forget()
    assert sorted(path.name for path in (worker.files_dir / "letters").iterdir()) == [fresh.name]


def test_it_is_rung_every_night(worker: Settings) -> None:
    with Redis.from_url(worker.redis_url) as client:
        (job,) = [job for job in Clock(worker, client).get_jobs() if job.func_name == JobName.FORGET]
    assert job.next_enqueue_time is not None
    assert job.next_enqueue_time - now() <= DAY
