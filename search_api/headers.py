"""Headers of every response (docs/api.md, « Caching and headers »)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vivier.settings import Tiles

REQUEST_ID = "vivier.request_id"
"""Key of the request's id in the ASGI scope."""
HEAD = "vivier.head"
"""Key in the ASGI scope of a HEAD request, which is answered as a GET without its body."""

CSP = "Content-Security-Policy"
SECURITY = {
    CSP: "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()",
}
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Disposition, ETag, Link, RateLimit, RateLimit-Policy, Retry-After, Server-Timing, X-Request-Id",
}
"""Any site may read a public GET; credentials are never allowed."""


def security(tiles: Tiles | None) -> dict[str, str]:
    """The security headers of a service; its content policy lets images of the server of tiles in, when there is one."""
    if tiles is None:
        return SECURITY
    return {**SECURITY, CSP: SECURITY[CSP].replace("img-src 'self'", f"img-src 'self' {tiles.origin}")}


def common_headers(scope: Any, secure: Mapping[str, str] = SECURITY) -> dict[str, str]:
    """Request id, security headers, and CORS for reads."""
    reads = scope["method"] in ("GET", "HEAD")
    return {"X-Request-Id": scope.get(REQUEST_ID, ""), **secure, **(OPEN if reads else {})}
