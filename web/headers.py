"""Headers which every answer carries: nothing from elsewhere, nothing to elsewhere, nothing kept."""

from flask import Flask, Response, g, request

_SCRIPTS = "script-src 'self'"
_SCRIPTS_OF_SCAN_PAGE = "script-src 'self' 'wasm-unsafe-eval'"
_POLICY = (
    "default-src 'none'; {scripts}; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'; "
    "worker-src 'self'"
)
_CLOSED = "accelerometer=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"


def scan_page() -> None:
    """Call in the view of the scan page: it alone may use the camera and the decoder's WebAssembly."""
    g.scan_page = True


def cacheable() -> None:
    """Call in a view whose answer holds nothing of anybody's: it may then be kept by a cache."""
    g.cacheable = True


def install(app: Flask) -> None:
    """Put the headers on every answer."""
    app.after_request(_secure)


def _secure(response: Response) -> Response:
    scan = g.get("scan_page", False)
    headers = response.headers
    headers["Content-Security-Policy"] = _POLICY.format(scripts=_SCRIPTS_OF_SCAN_PAGE if scan else _SCRIPTS)
    headers["Permissions-Policy"] = f"camera={'(self)' if scan else '()'}, {_CLOSED}"
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint in ("static", "style") and "v" in request.args:
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    # No store unless a view says otherwise: a page is personal until proven plain.
    if request.endpoint != "static" and not g.get("cacheable", False):
        headers["Cache-Control"] = "no-store"
    return response
