"""Spiders without a network: each request that they yield has the answer of a table, read by the method that the request names."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response
from scrapy.utils.test import get_crawler

Answer = tuple[int, bytes, Mapping[str, str]]
"""Status, body and headers."""


def crawler_of(spider: type[Spider], **settings: object) -> Crawler:
    """A crawler of Scrapy that has not begun."""
    return get_crawler(spider, settings)


def answered(request: Request, answer: Answer, flags: Sequence[str] = ()) -> Response:
    """The answer to a request, as Scrapy hands it to a method."""
    status, body, headers = answer
    return HtmlResponse(
        request.url, status, headers=dict(headers), body=body, request=request, flags=list(flags), encoding="utf8"
    )


async def _begun(spider: Any) -> list[Request]:
    return [request async for request in spider.start()]


def walked(
    spider: Any, answers: Mapping[str, Answer | Exception], flags: Sequence[str] = (), begun: Iterable[Request] = ()
) -> list[Request]:
    """Every request of a spider, in order. The name of an answer is an address, or an address, a space and the body sent."""
    waiting, made = [*(begun or asyncio.run(_begun(spider)))], list[Request]()
    while waiting:
        request = waiting.pop(0)
        made.append(request)
        answer = answers.get(f"{request.url} {request.body.decode()}".strip()) or answers[request.url]
        if isinstance(answer, Exception):
            found = request.errback(failure_of(answer, request))  # type: ignore[misc]
        else:
            found = request.callback(answered(request, answer, flags), **request.cb_kwargs)  # type: ignore[misc]
        waiting += found or ()
    return made


def failure_of(error: Exception, request: Request) -> Any:
    """What Scrapy hands to a method when an address did not answer."""
    from twisted.python.failure import Failure

    failure = Failure(error)
    failure.request = request  # type: ignore[attr-defined]
    return failure
