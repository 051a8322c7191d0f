"""Whatever people and planners do, and in whichever order: places are counted right and pairs stay whole."""

from contextlib import ExitStack, suppress
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from tests.builders import NOW, make_request
from tests.databases import SqliteDatabases
from tests.services.plans import plan_in_order
from tests.services.regions import make_region
from tests.services.test_planning_runs import queue_run
from vaccination import db
from vaccination.db import transaction
from vaccination.domain.planning import RunStatus
from vaccination.domain.stock import MovementKind
from vaccination.errors import DomainError
from vaccination.models.planning import PlanRun
from vaccination.models.requests import Request
from vaccination.models.stock import StockMovement
from vaccination.services.appointments.booking import BookRequest, book_request, cancel_request
from vaccination.services.keeping.reconcile import broken_invariants
from vaccination.services.planning.runs import (
    PlanIsLive,
    Solved,
    apply_share,
    approve_plan,
    claim_run,
    discard_plan,
    finish_apply,
    keep_proposals,
    load_problem,
    requeue_silent,
)


class LifeOfPlaces(RuleBasedStateMachine):
    """A small region on a database of its own; every step is a transaction that is committed."""

    databases: SqliteDatabases

    @initialize()
    def open_region(self) -> None:
        self.stack = ExitStack()
        url = self.stack.enter_context(self.databases.fresh())
        self.stack.callback(db.bind(url).dispose)
        with transaction() as session:
            self.region = make_region(session, requests=3, slots=3, seats=2, doses=18)

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()

    @rule(people=st.integers(1, 4))
    def ask(self, people: int) -> None:
        with transaction() as session:
            for _ in range(people):
                make_request(session, self.region.programme, priority_group_id=self.region.group.id)

    @rule(which=st.integers(0, 20), first=st.integers(0, 2), second=st.integers(0, 2))
    def book_by_hand(self, which: int, first: int, second: int) -> None:
        pair = self.region.first_slots[first].id, self.region.second_slots[second].id
        with suppress(DomainError), transaction() as session:
            command = BookRequest(self._request(which), self.region.schedule.id, pair)
            book_request(session, command, now=NOW)

    @rule(which=st.integers(0, 20))
    def cancel(self, which: int) -> None:
        with suppress(DomainError), transaction() as session:
            cancel_request(session, self._request(which), now=NOW)

    @rule(at_once=st.booleans())
    def ask_for_plan(self, at_once: bool) -> None:
        with suppress(PlanIsLive), transaction() as session:
            queue_run(session, self.region.programme.id, at_once=at_once)

    @rule(dies=st.booleans())
    def plan(self, dies: bool) -> None:
        with transaction() as session:
            run_id = session.scalar(select(PlanRun.id).where(PlanRun.status == RunStatus.QUEUED))
            claim = claim_run(session, run_id, now=NOW) if run_id else None
        if claim is None:
            return
        with transaction() as session:
            if dies:
                requeue_silent(session, timedelta(0), now=NOW + timedelta(1))
                return
            problem, keys = load_problem(session, claim.run_id, now=NOW)
            solved = Solved(problem, keys, plan_in_order(problem))
            keep_proposals(session, claim.run_id, claim.attempt, solved, now=NOW)

    @rule(status=st.sampled_from((approve_plan, discard_plan)))
    def decide(self, status) -> None:  # type: ignore[no-untyped-def]
        with suppress(DomainError), transaction() as session:
            run_id = session.scalar(select(PlanRun.id).where(PlanRun.status == RunStatus.PROPOSED))
            if run_id is not None:
                status(session, run_id, now=NOW)

    @rule()
    def apply(self) -> None:
        with transaction() as session:
            run_id = session.scalar(select(PlanRun.id).where(PlanRun.status == RunStatus.APPLYING))
            if run_id is not None:
                apply_share(session, run_id, self.region.centre.id, now=NOW)
                finish_apply(session, run_id, now=NOW)

    @precondition(lambda self: not getattr(self, "wasted", False))
    @rule()
    def waste_a_vial(self) -> None:
        self.wasted = True
        delivery = self.region.delivery
        with transaction() as session:
            session.add(
                StockMovement(
                    centre_id=delivery.centre_id, lot_id=delivery.lot_id, kind=MovementKind.WASTED,
                    doses=-6, day=delivery.available_from, at=NOW,
                )
            )  # fmt: skip

    @invariant()
    def nothing_is_broken(self) -> None:
        if hasattr(self, "region"):
            with transaction() as session:
                assert broken_invariants(session) == []

    def _request(self, which: int) -> int:
        with transaction() as session:
            ids = session.scalars(select(Request.id).order_by(Request.id)).all()
        return ids[which % len(ids)]


def test_places_live_well(sqlite_databases: SqliteDatabases) -> None:
    LifeOfPlaces.databases = sqlite_databases
    run_state_machine_as_test(
        LifeOfPlaces,
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
