"""What-ifs with the real solver: asked beside a price, answered once, never stuck."""

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select, update

from solver.contract import Plan, PlanStatus
from tests.jobs.rung import rung
from tests.jobs.test_planning_jobs import future_region, queued
from vaccination.clock import now
from vaccination.db import transaction
from vaccination.domain.planning import WhatIfKind, WhatIfStatus
from vaccination.models.planning import PlanPrice, PlanRun, PlanWhatIf
from vaccination.services.planning.what_if import (
    MOST_ATTEMPTS,
    AskWhatIf,
    BadWhatIf,
    NoSuchPrice,
    WhatIfIsLive,
    ask_what_if,
    call_off_what_if,
    claim_what_if,
    keep_what_if,
)
from vaccination.settings import Settings
from web.jobs.housekeeping import sweep
from web.jobs.plan_archive import archive_path
from web.jobs.planning import run_plan
from web.jobs.what_if import run_what_if

NOBODY = np.zeros(0, dtype=np.int64)
NO_PLAN = Plan(NOBODY, NOBODY, NOBODY, NOBODY, {}, 0.0, 0.0, PlanStatus.OPTIMAL, "late")


def planned(*, seats: int = 2, doses: int = 60) -> int:
    """A proposed run of fourteen people who do not all find a place."""
    run_id = queued(future_region(14, seats=seats, doses=doses), at_once=False)
    run_plan(run_id)
    return run_id


def price_of(run_id: int, kind: WhatIfKind) -> PlanPrice:
    with transaction() as session:
        of_doses = PlanPrice.product_id.is_not(None)
        where = of_doses if kind is WhatIfKind.DOSES else ~of_doses
        query = select(PlanPrice).where(PlanPrice.plan_run_id == run_id, where)
        return session.scalars(query.order_by(PlanPrice.price.desc())).all()[0]


def ask(run_id: int, kind: WhatIfKind, amount: int) -> int:
    command = AskWhatIf(run_id, price_of(run_id, kind).id, amount)
    with transaction() as session:
        return ask_what_if(session, command, now=now())


def what_if(what_if_id: int) -> PlanWhatIf:
    with transaction() as session:
        return session.get_one(PlanWhatIf, what_if_id)


def test_more_doses_where_they_are_dear_let_more_people_in(worker: Settings) -> None:
    run_id = planned(doses=12)
    asked = ask(run_id, WhatIfKind.DOSES, 7)
    run_what_if(asked)
    answer = what_if(asked)
    assert (answer.status, answer.changed) == (WhatIfStatus.DONE, 12)  # a vial holds six
    assert (answer.planned_before, answer.planned_after) == (6, 12)
    assert answer.score_before is not None and answer.score_after > answer.score_before
    # the price is of the relaxation: it promises at least what comes of it
    assert answer.bound_after - answer.bound_before <= answer.price * answer.changed * 1.01
    with transaction() as session:
        assert session.get_one(PlanRun, run_id).summary["planned"] == 6
    run_what_if(asked)
    assert what_if(asked).attempt == 1


def test_fewer_doses_leave_more_people_out(worker: Settings) -> None:
    run_id = planned(doses=12)
    asked = ask(run_id, WhatIfKind.DOSES, -6)
    run_what_if(asked)
    # one vial cannot be opened on two days
    assert (what_if(asked).changed, what_if(asked).planned_after) == (-6, 0)


def test_one_more_seat_a_start_is_tried_on_its_day(worker: Settings) -> None:
    run_id = planned(seats=1)
    price = price_of(run_id, WhatIfKind.SEATS)
    asked = ask(run_id, WhatIfKind.SEATS, 1)
    run_what_if(asked)
    assert (what_if(asked).status, what_if(asked).changed) == (WhatIfStatus.DONE, price.places)


def test_one_what_if_at_a_time(worker: Settings) -> None:
    run_id = planned(doses=12)
    first = ask(run_id, WhatIfKind.DOSES, 4)
    with pytest.raises(WhatIfIsLive):
        ask(run_id, WhatIfKind.DOSES, 4)
    with transaction() as session:
        call_off_what_if(session, run_id, now=now())
    run_what_if(first)
    assert (what_if(first).status, what_if(first).failure) == (WhatIfStatus.FAILED, "called_off")
    ask(run_id, WhatIfKind.DOSES, 4)


@pytest.mark.parametrize("amount", [0, 100_001, -100_001])
def test_nothing_and_too_much_are_refused(worker: Settings, amount: int) -> None:
    run_id = planned(doses=12)
    with pytest.raises(BadWhatIf):
        ask(run_id, WhatIfKind.DOSES, amount)


def test_a_price_of_another_run_is_none(worker: Settings) -> None:
    price = price_of(planned(doses=12), WhatIfKind.DOSES)
    with pytest.raises(NoSuchPrice), transaction() as session:
        ask_what_if(session, AskWhatIf(99, price.id, 1), now=now())


def test_without_the_folder_there_is_no_answer(worker: Settings) -> None:
    run_id = planned(doses=12)
    archive_path(worker.files_dir, run_id).unlink()
    asked = ask(run_id, WhatIfKind.DOSES, 4)
    run_what_if(asked)
    assert (what_if(asked).status, what_if(asked).failure) == (WhatIfStatus.FAILED, "no_such_archive")


def test_a_silent_what_if_is_asked_again_and_at_last_fails(worker: Settings) -> None:
    run_id = planned(doses=12)
    asked = ask(run_id, WhatIfKind.DOSES, 4)
    for _ in range(MOST_ATTEMPTS):
        sweep()
        assert rung(worker)[-1] == ("web.jobs.what_if.run_what_if", asked)
        with transaction() as session:
            assert claim_what_if(session, asked, now=now() - timedelta(minutes=5)) is not None
    sweep()
    assert (what_if(asked).status, what_if(asked).failure) == (WhatIfStatus.FAILED, "planner_died")


def test_an_older_attempt_is_not_kept(worker: Settings) -> None:
    run_id = planned(doses=12)
    asked = ask(run_id, WhatIfKind.DOSES, 4)
    with transaction() as session:
        late = claim_what_if(session, asked, now=now())
        session.execute(update(PlanWhatIf).values(status=WhatIfStatus.QUEUED))
    run_what_if(asked)
    done = what_if(asked)
    assert late is not None and (done.status, done.attempt) == (WhatIfStatus.DONE, 2)
    with transaction() as session:
        assert not keep_what_if(session, late, 1, NO_PLAN, now=now())
