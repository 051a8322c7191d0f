"""Whatever people hold, confirm, move and give back: what is offered can be had, and no first is stranded."""

from contextlib import ExitStack
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from tests.builders import NOW, make_slots
from tests.databases import SqliteDatabases
from tests.services.regions import TOMORROW, make_region
from vaccination import db
from vaccination.db import transaction
from vaccination.domain.requests import RequestStatus
from vaccination.domain.serving import ChangedDoses, HoldStatus
from vaccination.models.appointments import Appointment
from vaccination.models.requests import Request
from vaccination.models.serving import Hold
from vaccination.services.appointments.booking import cancel_request
from vaccination.services.appointments.hold_rows import token_of
from vaccination.services.appointments.holds import confirm, expire_due, hold, release
from vaccination.services.appointments.offers import five
from vaccination.services.keeping.reconcile import broken_invariants

PEOPLE = 7
MINUTE = timedelta(minutes=1)


class LifeOfPairs(RuleBasedStateMachine):
    """One centre with few seats and four vials, days at which one dose can be another's second or first."""

    databases: SqliteDatabases

    @initialize()
    def open_region(self) -> None:
        self.stack = ExitStack()
        url = self.stack.enter_context(self.databases.fresh())
        self.stack.callback(db.bind(url).dispose)
        self.now = NOW
        with transaction() as session:
            self.region = make_region(session, requests=PEOPLE, slots=2, seats=1, doses=24)
            for days in (7, 35, 56):
                make_slots(session, self.region.centre, TOMORROW + timedelta(days), slots=2, seats=1)

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()

    @rule(who=st.integers(0, PEOPLE - 1), which=st.integers(0, 4), changed=st.sampled_from(ChangedDoses))
    def take_an_offer(self, who: int, which: int, changed: ChangedDoses) -> None:
        """Nobody else acts between: so what is offered must be there, whole."""
        request_id = self.region.requests[who].id
        with transaction() as session:
            offers = five(session, request_id, now=self.now, changed=changed)
            if offers:
                hold(session, request_id, offers[which % len(offers)].choice, now=self.now)

    @rule(who=st.integers(0, PEOPLE - 1), keeps=st.booleans())
    def decide(self, who: int, keeps: bool) -> None:
        with transaction() as session:
            held = session.scalar(
                select(Hold).where(
                    Hold.request_id == self.region.requests[who].id,
                    Hold.status == HoldStatus.HELD,
                    Hold.expires_at > self.now,
                )
            )
            if held is not None and keeps:
                confirm(session, token_of(held.id), now=self.now)
            elif held is not None:
                release(session, token_of(held.id), now=self.now)

    @rule(who=st.integers(0, PEOPLE - 1))
    def cancel(self, who: int) -> None:
        request_id = self.region.requests[who].id
        with transaction() as session:
            live = (RequestStatus.WAITING, RequestStatus.PLANNED)
            if session.get_one(Request, request_id).status in live:
                cancel_request(session, request_id, now=self.now)

    @rule(minutes=st.integers(1, 12))
    def wait(self, minutes: int) -> None:
        self.now += minutes * MINUTE
        with transaction() as session:
            expire_due(session, now=self.now)

    @invariant()
    def nothing_is_broken(self) -> None:
        if hasattr(self, "region"):
            with transaction() as session:
                assert broken_invariants(session) == []

    @invariant()
    def no_first_dose_stands_alone(self) -> None:
        if hasattr(self, "region"):
            with transaction() as session:
                doses = session.execute(
                    select(Appointment.request_id, func.count())
                    .where(Appointment.stands == 1)
                    .group_by(Appointment.request_id)
                )
                assert all(count == 2 for _, count in doses)


def test_pairs_live_well(sqlite_databases: SqliteDatabases) -> None:
    LifeOfPairs.databases = sqlite_databases
    run_state_machine_as_test(
        LifeOfPairs,
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
