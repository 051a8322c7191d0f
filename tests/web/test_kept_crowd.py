"""The crowd is counted right, and at most once in some seconds."""

from sqlalchemy.orm import Session

from tests.builders import make_programme, make_request
from vaccination.domain.requests import RequestStatus
from vaccination.queries.crowd import count_crowd
from web.kept_crowd import KeptCrowd

S = RequestStatus


def test_the_crowd_is_counted_by_rank_and_status(session: Session) -> None:
    programme = make_programme(session)
    for rank in (1, 1, 5):
        make_request(session, programme, priority=rank)
    make_request(session, programme, priority=5, status=S.CANCELLED)
    crowd = count_crowd(session, programme.id)
    assert crowd.by_rank(S.WAITING) == {1: 2, 5: 1}
    assert (crowd.of(S.WAITING), crowd.of(S.CANCELLED), crowd.of(S.PLANNED, S.COMPLETED)) == (3, 1, 0)


def test_what_was_counted_a_moment_ago_is_kept_and_then_counted_anew(session: Session) -> None:
    programme = make_programme(session)
    kept, fresh = KeptCrowd(keep_s=3600), KeptCrowd(keep_s=0)
    assert kept(session, programme.id).of(S.WAITING) == fresh(session, programme.id).of(S.WAITING) == 0
    make_request(session, programme)
    assert (kept(session, programme.id).of(S.WAITING), fresh(session, programme.id).of(S.WAITING)) == (0, 1)


def test_each_programme_has_its_own_crowd(session: Session) -> None:
    one = make_programme(session)
    one.is_active = False
    session.flush()
    other, kept = make_programme(session), KeptCrowd(keep_s=3600)
    make_request(session, one)
    assert [kept(session, programme.id).of(S.WAITING) for programme in (one, other)] == [1, 0]
