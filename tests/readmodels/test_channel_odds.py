"""The odds of channels are counted, on both databases."""

from datetime import timedelta

from sqlalchemy.orm import Session

from tests.builders import NOW, book_pair, make_programme, make_request
from tests.services.regions import make_region
from vaccination.domain.requests import Channel, RequestStatus
from vaccination.readmodels import channel_odds


def test_channels_are_counted_with_the_days_that_people_waited(session: Session) -> None:
    region = make_region(session, requests=0)
    for number in range(12):
        make_request(session, region.programme, channel=Channel.WEB, priority=1)
        asked = NOW - timedelta(days=5)
        request = make_request(session, region.programme, channel=Channel.PHONE, priority=1, created_at=asked)
        if number < 3:
            slots = (region.first_slots[number], region.second_slots[number])
            book_pair(session, request, region.schedule, slots)
    gone = make_request(session, region.programme, channel=Channel.TOWN_HALL)
    gone.status = RequestStatus.CANCELLED
    other = make_programme(session, is_active=False)
    make_request(session, other, channel=Channel.IMPORT)
    session.flush()
    web, phone = channel_odds.load(session)
    assert (web.channel, web.asked, web.served) == (Channel.WEB, 12, 0)
    assert (phone.channel, phone.asked, phone.served, phone.days_waited) == (Channel.PHONE, 12, 3, 5)
    assert (phone.share, phone.expected) == (0.25, 0.0)
