"""What the agency's pages show, on both databases, and in how many statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from tests.builders import (
    NOW,
    TODAY,
    book_pair,
    make_centre,
    make_lot,
    make_product,
    make_request,
    make_slots,
    make_stock,
)
from tests.services.regions import Region, make_region
from tests.services.test_planning_apply import propose
from vaccination.domain.planning import RunStatus
from vaccination.domain.requests import RequestStatus
from vaccination.domain.stock import DeliveryStatus
from vaccination.models.planning import Proposal
from vaccination.readmodels import (
    centre_list,
    centre_load,
    centre_sheet,
    exports,
    plan_summary,
    region_state,
    stock_sheet,
    user_list,
)
from vaccination.services.region.sessions import close_day
from vaccination.services.region.stock import quarantine_lot


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def region(session: Session) -> Region:
    return make_region(session, requests=3)


def booked(session: Session, region: Region) -> None:
    book_pair(session, region.requests[0], region.schedule, (region.first_slots[0], region.second_slots[0]))


def test_the_state_of_the_region_adds_up(session: Session, region: Region) -> None:
    booked(session, region)
    state = region_state.load(session, NOW)
    assert (state.requests[RequestStatus.WAITING], state.requests[RequestStatus.PLANNED]) == (2, 1)
    assert (state.doses, state.promised, state.shortages) == (60, 2, ())
    assert state.load.weeks[0].seats == 12 and state.load.weeks[0].taken == 1
    assert state.last_run is None and state.programme_id == region.programme.id


def test_a_lot_set_aside_makes_a_shortage(session: Session, region: Region) -> None:
    booked(session, region)
    quarantine_lot(session, region.delivery.lot_id, now=NOW)
    session.flush()
    found = region_state.load(session, NOW).shortages
    assert [(s.centre_id, s.day, s.doses) for s in found] == [(region.centre.id, region.first_day, 2)]


def test_an_open_centre_without_sessions_is_named(session: Session, region: Region) -> None:
    silent = make_centre(session, name="Silent")
    make_centre(session, name="Closed", is_open=False)
    assert region_state.load(session, NOW).without_sessions == ((silent.id, "Silent"),)
    close_day(session, region.centre.id, region.first_day, now=NOW)
    assert len(region_state.load(session, NOW).without_sessions) == 2


def test_doses_there_and_promised_can_be_set_side_by_side(session: Session, region: Region) -> None:
    booked(session, region)
    make_stock(session, region.centre, make_lot(session, region.product), 12, status=DeliveryStatus.ANNOUNCED,
               available_from=TODAY + timedelta(8), usable_to=TODAY + timedelta(15))  # fmt: skip
    rows = region_state.doses_by_week(session, TODAY, 5)
    assert [(there, promised) for _, there, promised in rows] == [
        (60, 1),
        (72, 0),
        (72, 0),
        (72, 0),
        (72, 1),
    ]


def test_weeks_begin_on_monday_and_keep_to_their_centres(session: Session, region: Region) -> None:
    other = make_centre(session)
    make_slots(session, other, TODAY + timedelta(6), slots=1, seats=5)
    both = centre_load.load(session, TODAY + timedelta(3), 2)
    assert both.mondays == (TODAY, TODAY + timedelta(7))
    assert [week.seats for week in both.weeks] == [17, 0]
    own = centre_load.load(session, TODAY, 2, (other.id,))
    assert [centre.seats for centre in own.centres] == [5]


def test_a_managers_list_holds_the_own_centres_only(session: Session, region: Region) -> None:
    other = make_centre(session)
    found = centre_list.load(session, frozenset((other.id,)), NOW)
    assert [(centre.centre_id, centre.doses) for centre in found] == [(other.id, 0)]
    assert {c.centre_id: c.doses for c in centre_list.load(session, None, NOW)}[region.centre.id] == 60


def test_lists_take_as_many_statements_for_many_centres_as_for_one(session: Session, region: Region) -> None:
    loaders = (
        lambda: centre_list.load(session, None, NOW),
        lambda: region_state.load(session, NOW),
        lambda: stock_sheet.shelves(session, None, NOW),
        lambda: user_list.load(session),
    )
    few = []
    for load in loaders:
        with counted(session) as sent:
            load()
        few.append(len(sent))
    for _ in range(5):
        centre = make_centre(session)
        make_stock(session, centre, make_lot(session, make_product(session)), 12)
        make_slots(session, centre, TODAY)
    for load, before in zip(loaders, few, strict=True):
        with counted(session) as sent:
            load()
        assert len(sent) <= before


def test_a_calendar_is_whole_weeks_and_a_day_shows_its_slots(session: Session, region: Region) -> None:
    weeks = centre_sheet.calendar(session, region.centre.id, region.first_day, 5)
    assert [len(week) for week in weeks] == [7] * 5 and weeks[0][0].day == TODAY
    assert [d.seats for week in weeks for d in week if d.sessions] == [12, 12]
    booked(session, region)
    day = centre_sheet.day_of(session, region.centre.id, region.first_day)
    assert (day.seats, day.taken, day.sessions[0].slots[0]) == (12, 1, (540, 2, 1))


def test_a_lots_page_tells_received_used_and_lost_apart(session: Session, region: Region) -> None:
    stock = stock_sheet.of_centre(session, region.centre.id, NOW, region.delivery.lot_id)
    lot = stock.lots[0]
    assert (lot.on_hand, lot.received, lot.used, lot.lost) == (60, 60, 0, 0)
    with pytest.raises(stock_sheet.NoSuchLot):
        stock_sheet.of_centre(session, make_centre(session).id, NOW, region.delivery.lot_id)


def test_a_proposed_run_is_read_with_its_load_and_its_rest(session: Session) -> None:
    region = make_region(session, requests=14)
    run_id = propose(session, region, most=10)
    run = plan_summary.load(session, run_id)
    assert (run.status, run.summary["planned"], run.is_live) == (RunStatus.PROPOSED, 10, False)
    load, given = plan_summary.load_of(session, run, 5)
    assert sum(given.values()) == session.scalar(select(func.count()).select_from(Proposal)) == 20
    assert sum(week.seats for week in load.weeks) == 24
    rest = plan_summary.left_out(session, run_id, "", 1)
    assert (rest.part.total, rest.part.pages, len(rest.people)) == (4, 1, 4)
    assert plan_summary.left_out(session, run_id, "out_of_doses", 1).part.total == 0
    assert [listed.run_id for listed in plan_summary.runs(session)] == [run_id]
    following = plan_summary.next_plan(session, TODAY)
    assert following is not None and (following.waiting, following.live_run) == (14, None)


def test_only_the_active_programmes_requests_are_counted(session: Session, region: Region) -> None:
    make_request(session, region.programme, status=RequestStatus.CANCELLED)
    state = region_state.load(session, NOW)
    assert sum(state.requests.values()) == 4


def test_every_file_has_as_many_cells_as_columns(session: Session, region: Region) -> None:
    for kind in exports.FileKind:
        header, rows = exports.load(session, kind)
        assert all(len(row) == len(header) for row in rows), kind
