"""Requests taken by phone: the same form, counted as what they are, with the name of who took them."""

import pytest
from flask import Flask
from sqlalchemy import select

from tests.web.asking import fill
from tests.web.region import make_region
from tests.web.staff import client_of
from tests.web.visitor import Visitor
from vaccination.db import transaction
from vaccination.domain.actor import Role
from vaccination.domain.requests import Channel
from vaccination.models.accounts import User
from vaccination.models.audit import AuditEntry
from vaccination.models.requests import Request


@pytest.mark.parametrize(
    ("role", "channel", "is_named"), [(Role.PHONE, Channel.PHONE, True), (Role.DESK, Channel.WEB, False)]
)
def test_a_request_says_how_it_came(
    lite_app: Flask, ringing: None, role: Role, channel: Channel, is_named: bool
) -> None:
    make_region()
    visitor = Visitor(client_of(lite_app, role))
    fill(visitor)
    visitor.send("/request/check")
    assert visitor.path == "/request/done"
    with transaction() as session:
        agent = session.scalars(select(User.id)).one()
        asked = select(AuditEntry.user_id).where(AuditEntry.action == "request_asked")
        assert session.scalars(select(Request.channel)).one() is channel
        assert session.scalars(asked).one() == (agent if is_named else None)


def test_a_phone_agent_begins_at_the_phone(lite_app: Flask, ringing: None) -> None:
    visitor = Visitor(client_of(lite_app, Role.PHONE))
    visitor.open("/account/sign-in")
    assert visitor.path == "/phone"
    assert 'href="/phone/new"' in visitor.page.text
    assert 'href="/phone/new?people=2"' in visitor.page.text
