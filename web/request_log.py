"""One line a request, without anything of anybody's: the rule of the address, never the address itself."""

import logging
import time

from flask import Flask, Response, g, request

log = logging.getLogger("web.requests")


def install(app: Flask) -> None:
    """Log every answer."""
    app.before_request(_start)
    app.after_request(_finish)


def _start() -> None:
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    rule = request.url_rule.rule if request.url_rule else "-"
    if request.endpoint != "static":
        took = (time.perf_counter() - g.get("started", time.perf_counter())) * 1000
        log.info("%s %s %s %.0f ms", request.method, rule, response.status_code, took)
    return response
