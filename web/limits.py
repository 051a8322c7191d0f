"""How often one part of the network may try; counted in Redis, or in this process when Redis is away."""

import hashlib
import hmac
import ipaddress

from flask import Flask, current_app, request
from flask_limiter import Limiter

TRIES_TO_SIGN_IN = "20 per minute; 200 per hour"
TRIES_TO_LOOK_UP = "30 per minute; 300 per hour"
REQUESTS_SENT = "30 per minute; 400 per hour"  # generous: a town hall or a mobile operator shares one address


def neighbourhood() -> str:
    """A keyed digest of the caller's /24 or /56: an address is personal, and Redis holds nothing personal."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    length = 24 if address.version == 4 else 56
    network = ipaddress.ip_network(f"{address}/{length}", strict=False)
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, b"limits|" + str(network).encode(), hashlib.sha256).hexdigest()[:24]


limiter = Limiter(key_func=neighbourhood)


def install(app: Flask, redis_url: str) -> None:
    """Count in Redis; `memory://` counts in this process only."""
    app.config.update(
        RATELIMIT_STORAGE_URI=_storage(redis_url),
        RATELIMIT_KEY_PREFIX="limit",
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_STRATEGY="moving-window",
    )
    if not redis_url.startswith("memory"):
        # A dead Redis must not hang the page: redis-py would else retry for a minute.
        app.config["RATELIMIT_STORAGE_OPTIONS"] = {"socket_timeout": 1, "socket_connect_timeout": 1}
    limiter.init_app(app)


def _storage(redis_url: str) -> str:
    return "redis+" + redis_url if redis_url.startswith("unix://") else redis_url
