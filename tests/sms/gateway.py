"""A gateway for text messages on a port of its own: takes, refuses, is away or slow, and sends receipts."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen

TOKEN = "gateway-token"


@dataclass
class Gateway:
    """What arrived, and how the gateway answers: a number of its own, or an HTTP status."""

    url: str = ""
    texts: list[dict[str, Any]] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    refuses: dict[int, int] = field(default_factory=dict)  # number -> status
    status: int = 200  # for everybody
    sleeps_s: float = 0.0
    answer: bytes | None = None  # instead of a proper one

    def take(self, login: str, body: dict[str, Any]) -> tuple[int, bytes]:
        self.logins.append(login)
        number = body["recipients"][0]["msisdn"]
        status = self.refuses.get(number, self.status)
        time.sleep(self.sleeps_s)
        if status != 200:
            return status, json.dumps({"message": f"no {number}"}).encode()
        self.texts.append(body)
        return 200, self.answer or json.dumps({"ids": [4_000_000 + len(self.texts)]}).encode()

    def receipt(self, index: int, status: str, **more: Any) -> dict[str, Any]:
        """What the real gateway posts about the text at this place."""
        text = self.texts[index]
        return {
            "id": 4_000_001 + index,
            "msisdn": text["recipients"][0]["msisdn"],
            "time": 1_800_000_000,
            "status": status,
            "userref": text["userref"],
            **more,
        }

    def send_receipt(self, index: int, status: str, **more: Any) -> int:
        """Post a receipt to the address that came with the text; returns the answer's status."""
        request = Request(  # noqa: S310
            self.texts[index]["callback_url"],
            data=json.dumps(self.receipt(index, status, **more)).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=10) as answer:  # noqa: S310
            return int(answer.status)


@contextmanager
def gateway_server() -> Iterator[Gateway]:
    """The gateway, serving."""
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 (http.server's name)
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, content = gateway.take(self.headers["Authorization"], body)
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "http://localhost:1/elsewhere")
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway.url = f"http://127.0.0.1:{server.server_address[1]}/rest/mtsms"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
