"""The planning folder of a region: what stands in it, and what must not."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from solver.files.folder import read_problem
from solver.files.folder_export import write_problem
from tests.builders import NOW, TODAY, book_pair, make_person, make_request
from tests.services.regions import make_region
from vaccination.services.planning.folder import export_folder
from vaccination.services.planning.problem import Scope


def test_the_folder_read_again_is_the_same_problem(session: Session, tmp_path: Path) -> None:
    region = make_region(session, requests=3)
    other = make_request(session, region.programme)
    book_pair(session, other, region.schedule, (region.first_slots[0], region.second_slots[0]))
    scope = Scope(region.programme.id, TODAY + timedelta(1), 60, 7)
    problem, names = export_folder(session, scope, now=NOW)
    write_problem(tmp_path, problem, names)
    again, read = read_problem(tmp_path)
    assert read.requests == [f"R{r.id}" for r in region.requests]
    assert read.promised == [f"R{other.id}"] * 2
    for table in ("slots", "lots", "requests", "promised", "schedules"):
        ours, theirs = getattr(problem, table), getattr(again, table)
        assert len(ours) == len(theirs)
    assert again.slots.seats.tolist() == problem.slots.seats.tolist()
    assert again.requests.age.tolist() == problem.requests.age.tolist()


def test_nothing_personal_is_in_the_folder(session: Session, tmp_path: Path) -> None:
    region = make_region(session, requests=0)
    person = make_person(
        session, family_name="Quatrevingts", given_name="Zéphyrine", email="zephyrine@example.org",
        phone="+33238000001", address="7 venelle du Puits", note="allergy",
    )  # fmt: skip
    request = make_request(session, region.programme, person, reference="XK7MPQ2RST")
    problem, names = export_folder(session, Scope(region.programme.id, TODAY + timedelta(1), 60, 7), now=NOW)
    write_problem(tmp_path, problem, names)
    text = "\n".join(path.read_text() for path in tmp_path.iterdir())
    secret = [person.family_name, person.given_name, "zephyrine", "33238", "venelle", "allergy"]
    secret += [request.reference, person.birth_date.isoformat(), person.birth_date.strftime("%d/%m/%Y")]
    assert f"R{request.id}," in text
    assert [word for word in secret if word in text] == []
