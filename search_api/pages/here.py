"""Where the reader is. The middleware notes it for the time of a request, and the base of every page reads it: the space, the page of
the plan, the address of the page elsewhere, whether the data are invented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import parse_qsl, quote, urlencode

from starlette.types import Scope

from search_api.context import Context
from search_api.doors import Pairs, Whom
from search_api.pages import site
from vivier.errors import VivierError
from vivier.suppliers.sources import cards, extract_day

_OF_DESK = re.compile(r'((?:href|action)="/(?:consultation|dossiers|enquetes)(?:/[^"?#.]*)?)"')
"""Addresses of pages of the desk in a page; files (« .xlsx ») are no pages."""
_NOT_CANONICAL = frozenset(("besoin", site.POUR))
"""Parameters that change nothing of what a page lists."""


@dataclass(frozen=True)
class Step:
    """A step of the breadcrumb; ``url`` is ``None`` for the page itself."""

    name: str
    url: str | None


@dataclass(frozen=True)
class Here:
    """An address of the site. ``context`` is ``None`` outside a request: then nothing is known of the data."""

    path: str = ""
    query: str = ""
    context: Context | None = None
    opened: site.Space | None = None
    """The space from which a page that serves two was opened, when it is not its own."""
    plan: site.Plan = site.WHOLE
    """The pages that this service has."""
    whom: Whom | None = None
    """Who reads for whom a page is; ``None`` without a space of structures."""

    def without_data(self) -> Here:
        """The same place for a page that must not ask the index: the engine has just failed, and would be waited for again."""
        return replace(self, context=None)

    @cached_property
    def space(self) -> site.Space | None:
        """The space of the page."""
        return self.opened or self.plan.space_at(self.path)

    def keeping(self, text: str) -> str:
        """A page, with the addresses of the desk in its main part keeping the space that it was opened from."""
        if self.opened is None:
            return text
        before, main, rest = text.partition("<main")
        inside, end, after = rest.partition("</main>")
        inside = _OF_DESK.sub(rf'\1?{site.OPENED}={self.opened.short}"', inside)
        return f"{before}{main}{inside}{end}{after}"

    def onward(self, url: str) -> str:
        """An address to which the reader is sent, keeping the space that the desk was opened from."""
        if self.opened is None or not site.CONSULTATION.holds(url.partition("?")[0]):
            return url
        return f"{url}{'&' if '?' in url else '?'}{site.OPENED}={self.opened.short}"

    @cached_property
    def spot(self) -> site.Spot | None:
        """The page of the plan."""
        return self.plan.spot_at(self.path)

    @cached_property
    def profile(self) -> Pairs:
        """For whom the page is, in the space of structures; empty when its address says nobody."""
        return [] if self.whom is None else self.whom.profile_of_address(self.path, parse_qsl(self.query))

    @cached_property
    def for_whom(self) -> str:
        """Whom the page is for, in words; empty outside the space of structures and when nobody is said."""
        if not self.profile or self.context is None or self.space is None or self.space.path != site.STRUCTURES:
            return ""
        return "" if self.whom is None else self.whom.in_words(self.profile, self.context)

    def go(self, path: str) -> str:
        """The address of a page of the space of structures, with whom it is for."""
        own = self._towards(path.partition("?")[0])
        added = urlencode(own, quote_via=quote, safe=":,")
        return f"{path}{'&' if '?' in path else '?'}{added}" if added else path

    def _towards(self, path: str) -> Pairs:
        """The parameters by which a page of the space of structures keeps whom it is for."""
        space = self.plan.space_at(path)
        if self.whom is None or space is None or space.path != site.STRUCTURES:
            return []
        return self.whom.towards(path, self.profile)

    def serves(self, path: str) -> bool:
        """Whether this service has the page of an address, so that another may link to it."""
        return self.context is None or self.context.serves(path)

    def cleared(self, path: str) -> str:
        """The address of a list without its filters: whom it is for stays, unless its filters say so."""
        return path if path in site.PROFILED else self.go(path)

    @property
    def search(self) -> site.Search:
        """What the search box of the header searches here."""
        spot = self.spot or (self.space.pages[0] if self.space is not None else None)
        return spot.search if spot is not None and spot.search is not None else site.SEARCH

    @property
    def description(self) -> str:
        """What the page is for, for search engines and shared links."""
        found = next((space for space in self.plan.spaces if space.path == self.path), None) or self.spot or site.HOME
        return found.description

    def mark(self, spot: site.Spot | site.Space) -> str | None:
        """The value of ``aria-current`` for a link of a menu: ``page`` on the page itself, ``true`` on the pages under it."""
        if spot.path == self.path:
            return "page"
        within = spot is self.space if isinstance(spot, site.Space) else spot is self.spot
        return "true" if within else None

    @property
    def steps(self) -> tuple[Step, ...]:
        """The breadcrumb, from the start page; empty on the start page and at an unknown address."""
        above = [found for found in (self.space, self.spot) if found is not None]
        if not above or self.path == site.HOME.path:
            return ()
        steps = [Step(found.name, None if found.path == self.path else found.path) for found in above]
        return (Step(site.HOME.name, site.HOME.path), *steps)

    @cached_property
    def canonical(self) -> str | None:
        """The address that stands for this page, whole when the service knows its own; ``None`` at an unknown address."""
        if self.context is None or (self.spot is None and self.space is None):
            return None
        retained = [(name, value) for name, value in parse_qsl(self.query) if name not in _NOT_CANONICAL]
        url = quote(self.path, safe="/:") + (f"?{urlencode(retained, quote_via=quote, safe=':,')}" if retained else "")
        return f"{self.context.public_url or ''}{url}"

    @property
    def call(self) -> str:
        """The address of the page that says how to ask this search of the API."""
        if self.space is None or self.spot is None or self.spot.path not in site.APIS:
            return site.API.path  # the address of a study or of a dossier is a secret: it is never repeated
        return f"{site.API.path}?{urlencode({'de': self.path + (f'?{self.query}' if self.query else '')})}"

    @cached_property
    def sample(self) -> str | None:
        """What the data in service are a sample of: « fictitious » where a source is invented, the day (ISO) of an extract. ``None`` too when no
        index answers: then no data is shown."""
        if self.context is None:
            return None
        with suppress(VivierError):
            live = self.context.snapshot.live("suppliers", "contracts", "notices")
            invented = any(card.get("fictitious") for generation in live for card in cards(generation).values())
            day = extract_day(live)
            return "fictitious" if invented else str(day) if day else None
        return None


def _opened_from(query: str, plan: site.Plan) -> tuple[site.Space | None, str]:
    """The space that a query says, and the rest of the query. A name that is no space stays: the page then refuses it."""
    items = parse_qsl(query, keep_blank_values=True)
    names = {space.short: space for space in plan.spaces}
    opened = next((names[value] for name, value in items if name == site.OPENED and value in names), None)
    rest = [(name, value) for name, value in items if opened is None or name != site.OPENED]
    return opened, urlencode(rest)


NOWHERE = Here()
_here: ContextVar[Here] = ContextVar("here", default=NOWHERE)


@contextmanager
def at(scope: Scope, context: Context) -> Iterator[None]:
    """The block in which a request is answered."""
    query = scope["query_string"].decode("latin-1")
    opened = None
    if site.OPENED in query and site.CONSULTATION.holds(scope["path"]):
        opened, query = _opened_from(query, context.plan)
        scope["query_string"] = query.encode("latin-1")
    token = _here.set(Here(scope["path"], query, context, opened, context.plan, context.doors.whom))
    try:
        yield
    finally:
        _here.reset(token)


def here() -> Here:
    """Where the reader of this request is."""
    return _here.get()
