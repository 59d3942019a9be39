"""Says why an address gave no page: one code for each cause, and a sentence for people."""

from __future__ import annotations

from scrapy import Request
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError, IgnoreRequest
from twisted.python.failure import Failure

from crawlers.websites.settings import Refused

Reason = tuple[str, str]


def reason_of(failure: Failure, request: Request) -> Reason:
    """The code and detail of an address that did not answer, or that was not asked."""
    error = failure.value
    if isinstance(error, Refused):
        return error.reason, str(error)
    if request.meta.get("stopped"):
        return request.meta["stopped"], request.url
    if isinstance(error, IgnoreRequest):
        return _ignored(str(error)), request.url
    if isinstance(error, DownloadCancelledError):
        return "site_too_large", request.url
    if isinstance(error, DownloadTimeoutError):
        return "site_too_slow", request.url
    return "site_unreachable", f"{type(error).__name__} : {request.url}"


def _ignored(message: str) -> str:
    for words, reason in (
        ("robots.txt", "robots_forbidden"),
        ("max redirections", "site_redirects"),
        ("DOWNLOAD_MAXSIZE", "site_too_large"),
    ):
        if words in message:
            return reason
    return "site_unreachable"


def reason_of_status(status: int, url: str) -> Reason:
    """The code and detail of an answer that is no page."""
    detail = f"réponse {status} : {url}"
    if status in (429, 503):
        return "site_waits", detail
    if status >= 500:
        return "site_error", detail
    return ("site_redirects" if 300 <= status < 400 else "site_refused"), detail
