"""Filling in the request form as somebody ordinary does."""

from tests.web.visitor import Visitor

ANSWERS: dict[str, dict[str, object]] = {
    "for-whom": {"for_whom": "self"},
    "name": {"given_name": "Léa", "family_name": "D’Aubigné"},
    "birth-date": {"birth_day": "27", "birth_month": "mars", "birth_year": "1948"},
    "where": {"where": "45000"},
    "distance": {"distance": "30"},
    "times": {"times": [str(band) for band in range(1, 21)]},
    "dates": {"away": "14 7 2099\n1 août 2099 au 3/8/2099"},
    "first-dose": {"had_first": "no"},
    "second-place": {"second": "same"},
    "vaccines": {},
    "situation": {},
    "needs": {"step_free": "1"},
    "contact": {"contact_by": "email", "email": "lea@example.org", "phone": "06 12 34 56 78"},
}
ORDER = list(ANSWERS)


def fill(visitor: Visitor, until: str = "check", **changed: dict[str, object]) -> None:
    """Answer page after page, up to (and without) the named one; situation and address only where asked."""
    answers = {**ANSWERS, **changed}
    visitor.open("/request")
    while visitor.path != f"/request/{until}":
        name = visitor.path.rpartition("/")[2]
        before = visitor.path
        visitor.send(before, **answers.get(name, {}))
        if visitor.path == before:
            raise AssertionError(f"{before}: {visitor.faults}")
