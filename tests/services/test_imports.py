"""CSV files: taken whole, or refused whole with every fault's line, column and reason."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.builders import NOW, TODAY, make_centre, make_product, make_programme, make_schedule
from vaccination.domain.csv_table import MOST_BYTES, FileRefused, read_csv
from vaccination.domain.file_kinds import FileKind
from vaccination.errors import NotFound
from vaccination.models.centres import Centre, WeeklyHours
from vaccination.models.programmes import EligibilityPhase, PriorityGroup, Product, Schedule
from vaccination.models.stock import Delivery
from vaccination.services.imports.files import import_file
from vaccination.services.region.centres import weekly_hours

CENTRES = "centre,name,lat,lon,phone,wheelchair\n"
HOURS = "centre,weekday,opens,closes,stations,minutes_per_dose,slot_minutes\n"
DELIVERIES = "centre,product,lot,expires_on,doses,available_from\n"
PRODUCTS = "product,name,doses_per_vial,shelf_days\n"
SCHEDULES = (
    "schedule,first_product,second_product,min_age,max_age,min_days,ideal_days,max_days,valid_from,valid_to\n"
)
GROUPS = "group,name_fr,name_en,rank,min_age,max_age,needs_declaration,starts_on,ends_on\n"

Found = list[tuple[int, str, str]]


def refused(session: Session, kind: FileKind, text: str | bytes) -> Found:
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(FileRefused) as refusal:
        import_file(session, kind, content, now=NOW)
    return [(fault.line, fault.column, fault.code) for fault in refusal.value.faults]


def taken(session: Session, kind: FileKind, text: str | bytes) -> tuple[int, int, int]:
    content = text if isinstance(text, bytes) else text.encode()
    done = import_file(session, kind, content, now=NOW)
    session.expire_all()
    return done.created, done.changed, done.unchanged


def a_region(session: Session) -> None:
    """What the files below speak of."""
    make_centre(session, code="ORL")
    product = make_product(session, code="CMN", doses_per_vial=6)
    make_schedule(session, make_programme(session), product, code="PAIR")


def test_centres_are_opened_changed_and_left_alone(session: Session) -> None:
    text = CENTRES + "A,Gymnase,47.9,1.9,+33238000000,1\nB,Mairie,48.1,2.2,,0\n"
    assert taken(session, FileKind.CENTRES, text) == (2, 0, 0)
    assert taken(session, FileKind.CENTRES, text) == (0, 0, 2)
    assert taken(session, FileKind.CENTRES, text.replace("Mairie", "Théâtre")) == (0, 1, 1)
    there = session.scalars(select(Centre).where(Centre.code == "B")).one()
    assert (there.name, there.wheelchair, there.timezone) == ("Théâtre", False, "Europe/Paris")


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + b"centre;name;lat;lon\r\nA;Gymnase;47,9;1,9\r\n",
        b"centre,name,lat,lon\nA,Gymnase,47.9,1.9",
        b'CENTRE , Name,"lat",lon,colour\n"A","Gymnase",47.9,1.9,blue\n\n,,,,\n',
        b"centre,name,lat,lon\nA,'=Gymnase,47.9,1.9\n",
    ],
)
def test_files_of_spreadsheets_of_all_kinds_are_read(session: Session, content: bytes) -> None:
    assert taken(session, FileKind.CENTRES, content) == (1, 0, 0)
    name = session.scalar(select(Centre.name).where(Centre.code == "A"))
    assert name in ("Gymnase", "=Gymnase")


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (b"", [(0, "", "empty_file")]),
        (b"\xef\xbb\xbf\n \n", [(0, "", "empty_file")]),
        (b"x" * (MOST_BYTES + 1), [(0, "", "too_large")]),
        ("centre,name,lat,lon\nA,Théâtre,47.9,1.9\n".encode("latin-1"), [(2, "", "not_utf8")]),
        (b"PK\x03\x04\x00", [(1, "", "not_csv")]),
        (b"centre,name,lat\nA,B,47\n", [(1, "lon", "column_missing")]),
        (b"centre,name,lat,lon,lat\nA,B,47,1,47\n", [(1, "lat", "column_twice")]),
        (b"centre,name,lat,lon\nA,B,47\nA,B,47,1,9\n", [(2, "", "cell_count"), (3, "", "cell_count")]),
        (b'centre,name,lat,lon\nA,"B,47,1\n', [(2, "", "not_csv")]),
        (
            b'centre,name,lat,lon\nA,"B\nB",47,1\nC,D,x,1\n',
            [(2, "name", "control_character"), (4, "lat", "not_a_number")],
        ),
    ],
)
def test_a_file_that_is_no_table_says_so(session: Session, content: bytes, faults: Found) -> None:
    assert refused(session, FileKind.CENTRES, content) == faults


CASES: list[tuple[FileKind, str, Found]] = [
    (
        FileKind.CENTRES,
        CENTRES + ",,91,x,,2\n",
        [
            (2, "centre", "missing"),
            (2, "name", "missing"),
            (2, "lon", "not_a_number"),
            (2, "wheelchair", "not_truth"),
        ],
    ),
    (
        FileKind.CENTRES,
        CENTRES + "A,B,91,1,,\nA,B,47,1e5,,\nA,B,47,1,,\n",
        [
            (2, "lat", "out_of_range"),
            (3, "lon", "not_a_number"),
            (3, "centre", "stands_twice"),
            (4, "centre", "stands_twice"),
        ],
    ),
    (
        FileKind.HOURS,
        HOURS + "XXX,monday,09:00,12:00,2,5,10\nORL,lundi,9h,12:00,2,5,10\nORL,8,09:00,24:00,2.5,5,10\n",
        [
            (2, "centre", "unknown_centre"),
            (3, "opens", "not_a_time"),
            (4, "weekday", "not_a_weekday"),
            (4, "closes", "not_a_time"),
            (4, "stations", "not_whole"),
        ],
    ),
    (
        FileKind.HOURS,
        HOURS + "ORL,1,09:00,12:00,2,5,10\nORL,1,11:00,13:00,2,5,10\nORL,2,12:00,09:00,2,5,0\n",
        [
            (3, "opens", "overlaps"),
            (4, "closes", "closes_before_opening"),
            (4, "slot_minutes", "out_of_range"),
        ],
    ),
    (
        FileKind.DELIVERIES,
        DELIVERIES + "XXX,YYY,L1,2027-13-01,six,01/02/2027\n",
        [
            (2, "centre", "unknown_centre"),
            (2, "product", "unknown_product"),
            (2, "expires_on", "not_a_day"),
            (2, "doses", "not_whole"),
            (2, "available_from", "not_a_day"),
        ],
    ),
    (
        FileKind.DELIVERIES,
        DELIVERIES + "ORL,CMN,L1,2027-09-01,7,2027-05-03\nORL,CMN,L2,2027-05-02,6,2027-05-03\n",
        [
            (2, "doses", "not_whole_vials"),
            (3, "expires_on", "before_start"),
        ],
    ),
    (
        FileKind.DELIVERIES,
        DELIVERIES + "ORL,CMN,L1,2027-09-01,6,2027-05-03\nORL,CMN,L1,2027-09-01,12,2027-05-03\n"
        "ORL,CMN,L1,2027-09-02,12,2027-05-04\n",
        [
            (3, "lot", "delivery_there"),
            (4, "expires_on", "other_expiry"),
        ],
    ),
    (
        FileKind.PRODUCTS,
        PRODUCTS + "P1,Name,0,-1\n,Name,6,30\nP2,Name,6,30\nP2,Name,6,30\n",
        [
            (2, "doses_per_vial", "out_of_range"),
            (2, "shelf_days", "out_of_range"),
            (3, "product", "missing"),
            (5, "product", "stands_twice"),
        ],
    ),
    (
        FileKind.SCHEDULES,
        SCHEDULES + "S1,CMN,CMN,18,12,21,20,49,,\nS2,ZZZ,,,,,,,,\nS3,CMN,CMN,,,,,,2027-06-01,2027-05-01\n",
        [
            (2, "max_age", "below_least"),
            (2, "ideal_days", "not_within_interval"),
            (3, "first_product", "unknown_product"),
            (4, "valid_to", "before_start"),
            (4, "min_days", "missing"),
            (4, "ideal_days", "missing"),
            (4, "max_days", "missing"),
        ],
    ),
    (
        FileKind.PRIORITY_GROUPS,
        GROUPS + "G1,Un,One,10,,,,,\nG2,Deux,Two,2,,,,,2027-06-01\nG3,Trois,Three,3,,,,2027-05-01,\n"
        "G3,Trois,Three,4,,,,2027-06-01,\n",
        [
            (2, "rank", "out_of_range"),
            (3, "starts_on", "missing"),
            (5, "group", "contradicts_above"),
        ],
    ),
]


@pytest.mark.parametrize(("kind", "text", "faults"), CASES)
def test_every_fault_is_named_and_nothing_changes(
    session: Session, kind: FileKind, text: str, faults: Found
) -> None:
    a_region(session)
    tables = (Centre, WeeklyHours, Delivery, Product, Schedule, PriorityGroup)
    before = [session.scalar(select(func.count()).select_from(table)) for table in tables]
    assert sorted(refused(session, kind, text)) == sorted(faults)
    assert [session.scalar(select(func.count()).select_from(table)) for table in tables] == before


def test_hours_replace_those_of_the_centres_in_the_file_only(session: Session) -> None:
    a_region(session)
    other = make_centre(session, code="BLO")
    text = HOURS + "ORL,monday,09:00,12:00,2,5,10\nORL,dimanche,9:30,12:00,2,5,\nBLO,3,09:00,12:00,1,5,10\n"
    assert taken(session, FileKind.HOURS, text) == (0, 2, 0)
    assert taken(session, FileKind.HOURS, HOURS + "ORL,2,09:00,12:00,2,5,10\n") == (0, 1, 0)
    assert taken(session, FileKind.HOURS, HOURS + "ORL,2,09:00,12:00,2,5,10\n") == (0, 0, 1)
    orleans = session.scalars(select(Centre.id).where(Centre.code == "ORL")).one()
    assert [run.weekday for run in weekly_hours(session, orleans)] == [1]
    assert [run.weekday for run in weekly_hours(session, other.id)] == [2]


def test_deliveries_sent_twice_are_announced_once(session: Session) -> None:
    a_region(session)
    text = DELIVERIES + f"ORL,CMN,L1,2027-09-01,60,{TODAY}\nORL,CMN,L1,2027-09-01,60,{TODAY + timedelta(7)}\n"
    assert taken(session, FileKind.DELIVERIES, text) == (2, 0, 0)
    assert taken(session, FileKind.DELIVERIES, text) == (0, 0, 2)
    assert session.scalar(select(func.sum(Delivery.doses))) == 120


def test_rules_come_by_file_too(session: Session) -> None:
    a_region(session)
    assert taken(session, FileKind.PRODUCTS, PRODUCTS + "CMN,Comirnaty,6,31\nJAN,Janssen,5,90\n") == (1, 1, 0)
    pair = "PAIR,CMN,CMN,12,,21,28,49,2021-06-15,\n"
    assert taken(session, FileKind.SCHEDULES, SCHEDULES + pair + "ONE,JAN,,55,,,,,,\n") == (1, 1, 0)
    assert taken(session, FileKind.SCHEDULES, SCHEDULES + pair) == (0, 0, 1)
    assert session.scalar(select(Schedule.valid_from).where(Schedule.code == "PAIR")) == date(2021, 6, 15)


def test_a_group_may_have_several_phases(session: Session) -> None:
    a_region(session)
    rows = "75,75 ans,75 and over,1,75,,0,2027-05-03,2027-06-01\n75,75 ans,75 and over,1,75,,0,2027-09-01,\n"
    assert taken(session, FileKind.PRIORITY_GROUPS, GROUPS + rows) == (1, 0, 0)
    assert taken(session, FileKind.PRIORITY_GROUPS, GROUPS + rows) == (0, 0, 1)
    assert session.scalar(select(func.count()).select_from(EligibilityPhase)) == 2
    one = "75,75 ans,75 and over,1,75,,0,2027-05-03,\n"
    assert taken(session, FileKind.PRIORITY_GROUPS, GROUPS + one) == (0, 1, 0)
    assert session.scalars(select(EligibilityPhase.ends_on)).all() == [None]


def test_rules_need_a_programme(session: Session) -> None:
    make_product(session, code="CMN")
    with pytest.raises(NotFound):
        import_file(session, FileKind.SCHEDULES, (SCHEDULES + "S1,CMN,,,,,,,,\n").encode(), now=NOW)


@given(st.binary(max_size=300))
def test_whatever_is_sent_is_read_or_refused(content: bytes) -> None:
    try:
        read_csv(content, ("centre",))
    except FileRefused as refusal:
        assert refusal.faults
