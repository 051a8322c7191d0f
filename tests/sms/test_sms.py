"""Handing text messages to a gateway that takes, refuses, is away, is slow, or says something odd."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sms.gateway import TOKEN, Gateway, gateway_server
from vaccination.ports import TextMessage, Undeliverable
from vaccination.settings import Settings
from web import sms
from web.sms import FileSender, GatewaySender, takes_texts, text_sender_of

MOBILE = "+33612345678"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with gateway_server() as gateway:
        yield gateway


def sender(gateway: Gateway) -> GatewaySender:
    return GatewaySender(gateway.url, TOKEN, "RDV")


def message(text: str = "RDV demain", to: str = MOBILE) -> TextMessage:
    return TextMessage(to, text, "message-7", "https://here.example/receipts/7/x")


def test_what_the_gateway_is_told(gateway: Gateway) -> None:
    assert sender(gateway).send(message()) == "4000001"
    assert gateway.texts == [
        {
            "sender": "RDV",
            "message": "RDV demain",
            "recipients": [{"msisdn": 33612345678}],
            "userref": "message-7",
            "encoding": "UTF8",
            "callback_url": "https://here.example/receipts/7/x",
        }
    ]
    assert gateway.logins == ["Basic " + base64.b64encode(f"{TOKEN}:".encode()).decode()]


def test_other_alphabets_are_sent_as_such(gateway: Gateway) -> None:
    sender(gateway).send(message("موعد"))
    assert gateway.texts[0]["encoding"] == "UCS2"


@pytest.mark.parametrize("status", [400, 410, 422])
def test_a_number_that_is_refused_is_refused_for_good(gateway: Gateway, status: int) -> None:
    gateway.refuses[33612345678] = status
    with pytest.raises(Undeliverable, match=str(status)) as refused:
        sender(gateway).send(message())
    assert "612345678" not in str(refused.value)


@pytest.mark.parametrize("status", [301, 401, 402, 403, 404, 429, 500, 503])
def test_what_is_not_the_numbers_fault_is_tried_again(gateway: Gateway, status: int) -> None:
    gateway.status = status
    with pytest.raises(OSError, match=str(status)):
        sender(gateway).send(message())


def test_a_gateway_that_is_away_is_tried_again(gateway: Gateway) -> None:
    away = GatewaySender("http://127.0.0.1:9/rest/mtsms", TOKEN, "")
    with pytest.raises(OSError, match="refused"):
        away.send(message())


def test_a_gateway_that_is_too_slow_is_tried_again(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms, "_TIMEOUT_S", 0.2)
    gateway.sleeps_s = 1.0
    with pytest.raises(OSError, match="timed out"):
        sender(gateway).send(message())


@pytest.mark.parametrize("answer", [b"", b"thanks", b"[]", b'{"ids": []}', b'{"ids": null}'])
def test_a_gateway_that_gives_no_number_has_taken_it_all_the_same(gateway: Gateway, answer: bytes) -> None:
    gateway.answer = answer or b" "
    assert sender(gateway).send(message()) == ""


@pytest.mark.parametrize(
    ("number", "can"),
    [
        ("+33612345678", True),
        ("+262692123456", True),
        ("+32470123456", True),
        ("+33238000000", False),  # a landline
        ("+33800009110", False),
        ("0612345678", False),  # not as we keep numbers
        ("", False),
    ],
)
def test_which_numbers_take_texts(number: str, can: bool) -> None:
    assert takes_texts(number) is can


def test_a_landline_is_never_asked(gateway: Gateway) -> None:
    with pytest.raises(Undeliverable):
        sender(gateway).send(message(to="+33238000000"))
    assert gateway.logins == []


def test_without_a_gateway_messages_are_files(settings: Settings, tmp_path: Path) -> None:
    files = FileSender(tmp_path)
    for _ in range(2):
        assert files.send(message("Réf. 7QK4")) == ""
    (path,) = tmp_path.iterdir()
    assert path.read_text(encoding="utf-8") == f"{MOBILE}\n\nRéf. 7QK4\n"
    assert isinstance(text_sender_of(settings), FileSender)
