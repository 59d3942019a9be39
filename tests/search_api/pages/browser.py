"""Debian's Chromium, driven by Playwright, on the pages served by uvicorn in a thread."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

import pytest
import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, expect, sync_playwright
from starlette.types import ASGIApp

PATIENCE = 30_000
"""Milliseconds after which a page is given up: a machine busy with other tests is slow, not wrong."""
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--js-flags=--no-opt --no-maglev",
)
"""The last one: a page lives some seconds, and to optimise its scripts costs more than it gives."""


def chromium() -> str:
    """The path of Chromium: its headless shell if there is one, where a page costs a third of the processor.

    Without any the browser tests are skipped, loudly; on CI (``CI=true``) they fail.
    """
    path = os.environ.get("VIVIER_CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if path is not None:
        return path
    reason = "NO CHROMIUM: the pages were NOT driven in a browser (apt-get install chromium-headless-shell, or VIVIER_CHROMIUM=path)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The application on a free port; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser without a window."""
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


_EMPTIED: WeakKeyDictionary[Browser, dict[tuple[str, bool], Page]] = WeakKeyDictionary()
"""Tabs that a test has left, by address of the service and use of scripts: the process of a page is dear to start."""


@contextmanager
def tab(
    browser: Browser, base: str, *, scripts: bool, width: int = 1280, refused: bool = False, fails: bool = False
) -> Iterator[Page]:
    """A page without a past; what the console says of scripts and of the content policy is a failure. ``refused``: a page that is not
    found is expected, as one with errors always is. ``fails``: so is a service that cannot answer."""
    page = _page(browser, base, scripts)
    page.set_viewport_size({"width": width, "height": 900})
    said: list[str] = []

    def note_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            said.append(message.text)

    def note_error(error: Error) -> None:
        said.append(str(error))

    def note_request(request: Request) -> None:
        if not request.url.startswith(base):
            said.append(request.url)

    page.on("console", note_console)
    page.on("pageerror", note_error)
    page.on("request", note_request)
    try:
        yield page
    except BaseException:
        page.context.close()
        raise
    page.remove_listener("console", note_console)
    page.remove_listener("pageerror", note_error)
    page.remove_listener("request", note_request)
    _empty(page)
    _EMPTIED[browser][base, scripts] = page
    expected = (
        "status of 422",
        *(("status of 404",) if refused else ()),
        *(("status of 429", "status of 503") if fails else ()),
    )
    left = [text for text in said if not any(one in text for one in expected)]
    assert left == [], left


def _page(browser: Browser, base: str, scripts: bool) -> Page:
    """One that a test has emptied, or a new one. Those of a service that no longer answers are closed."""
    kept = _EMPTIED.setdefault(browser, {})
    for key in [key for key in kept if key[0] != base]:
        kept.pop(key).context.close()
    page = kept.pop((base, scripts), None)
    if page is None:
        context = browser.new_context(base_url=base, java_script_enabled=scripts, locale="fr-FR")
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
    return page


def _empty(page: Page) -> None:
    """Nothing that a test did stays: cookies, storage, headers, media."""
    page.context.clear_cookies()
    page.set_extra_http_headers({})
    page.emulate_media(media="null", reduced_motion="null")
    if page.url.startswith("http"):
        page.evaluate("localStorage.clear(), sessionStorage.clear()")
