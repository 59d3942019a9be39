"""Turns a page into facts: what it calls itself, a description, the trades it mentions, the SIRENs on it, where it
leads.

trafilatura finds the main text; JSON-LD and OpenGraph are read where they are, and a broken block costs only itself.
Scripts and styles are never text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import lxml.etree  # type: ignore[import-untyped]
import lxml.html  # type: ignore[import-untyped]
import trafilatura
from lxml.html import HtmlElement
from w3lib.html import remove_tags, replace_entities

from crawlers.kit.values import public_text
from crawlers.websites.model import EXCERPT, Page
from crawlers.websites.trades import SiteTrades
from vivier.identity import fold, is_siren

_USEFUL = re.compile(
    r"\b(?:ACTIVITE|PRESTATION|SERVICE|METIER|ATELIER|SAVOIR FAIRE|OFFRE|COMPETENCE|PRODUIT|REALISATION|ENTREPRISE|"
    r"QUI SOMMES|QUI NOUS|A PROPOS|PRESENTATION|NOUS CONNAITRE|EXPERTISE|DOMAINE|SECTEUR|SOLUTION|PROFESSIONNEL)"
)
_LEGAL = re.compile(r"\bMENTIONS? LEGALE|\bLEGALE?S?\b")
_USELESS = re.compile(
    r"\b(?:OFFRES? D EMPLOI|RECRUT|ACTUALITE|AGENDA|CALENDRIER|BLOG|PANIER|CONNEXION|LOGIN|COMPTE|DON|NEWSLETTER|PRESSE|"
    r"CANDIDAT|INSCRIPTION|COOKIE|CONFIDENTIALITE|EVENEMENT)"
)
_NOT_PAGES = re.compile(
    r"\.(?:pdf|jpe?g|png|gif|webp|svg|zip|docx?|xlsx?|pptx?|mp[34]|avi|exe|ics|xml|rss|css|js)$", re.IGNORECASE
)
LONGEST, DEEPEST, MOST = 200, 4, 40


def useful_links(tree: HtmlElement, url: str, prefix: str) -> Iterator[str]:
    """Addresses under ``prefix`` on the same host whose words speak of activities, the legal notice first; each once.

    An address with parameters is not followed (calendars, sorts and sessions have no end), nor one that repeats itself.
    """
    host = urlsplit(url).netloc
    found: dict[str, int] = {}
    for anchor in tree.xpath("//a[@href]")[:2000]:
        address = _address(url, anchor.get("href"), host, prefix)
        if address is not None:
            rank = _rank(fold(f"{anchor.text_content()[:200]} {urlsplit(address).path}"))
            if rank is not None:
                found[address] = min(rank, found.get(address, rank))
    found.pop(urldefrag(url).url, None)
    yield from sorted(found, key=lambda address: found[address])[:MOST]


def _rank(words: str) -> int | None:
    if _LEGAL.search(words):
        return 0
    return 1 if _USEFUL.search(words) and not _USELESS.search(words) else None


def _address(url: str, href: str, host: str, prefix: str) -> str | None:
    try:
        address = urldefrag(urljoin(url, href.strip())).url
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or parts.netloc != host or not parts.path.startswith(prefix):
        return None
    steps = [step for step in parts.path.split("/") if step]
    endless = len(steps) > DEEPEST or len(set(steps)) < len(steps)
    if parts.query or "@" in address or endless or len(address) > LONGEST or _NOT_PAGES.search(parts.path):
        return None
    return address


LONGEST_TEXT = 40_000
"""Characters of main text read for trades. A longer page is a blog or a catalogue."""
MOST_HEADINGS = 60
_ORGANISATIONS = re.compile(
    r"(?:Organization|LocalBusiness|Corporation|NGO|Store|Service|Business|Contractor|Restaurant)$"
)
_SIREN = re.compile(
    r"(?<![\d+])(\d{3})[\s\u00a0.]?(\d{3})[\s\u00a0.]?(\d{3})(?:[\s\u00a0.]?\d{5}|[\s\u00a0.]?\d{2}[\s\u00a0.]?\d{3})?(?!\d)"
)
_BEGINS = (re.compile(r"\[\s*\{"), re.compile(r"\{"))
_DECODER = json.JSONDecoder(strict=False)
_DEEPEST = 6
_SHORTEST_DESCRIPTION = 40


class Unreadable(ValueError):
    """The bytes are no page: nothing can be read in them."""


def facts(html: str, url: str, trades: SiteTrades, now: datetime, prefix: str) -> Page:
    """The facts of a page. ``prefix`` is the path of the site. Raises :class:`Unreadable` when the bytes are no page."""
    tree = _tree(html)
    things = list(_things(_json_ld(tree)))
    graph = _open_graph(tree)
    text = _main_text(html)
    headings = list(_headings(tree, things))
    return Page(
        url=url,
        read_at=now,
        names=tuple(_names(tree, things, graph)),
        sirens=tuple(sorted(_sirens(html)))[:5],
        description=_description(tree, things, graph, text),
        told=trades.mentions(headings, text),
        links=tuple(useful_links(tree, url, prefix)),
    )


def _tree(html: str) -> HtmlElement:
    try:
        # lxml refuses an encoding declaration inside a decoded text; libxml refuses control characters.
        clean = re.sub(r"^\s*<\?xml[^>]*\?>", "", html).replace("\x00", "")
        tree = lxml.html.document_fromstring(clean)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise Unreadable(str(error)) from error
    for element in tree.xpath("//style|//template|//noscript"):
        element.drop_tree()
    return tree


def _json_ld(tree: HtmlElement) -> list[Any]:
    return [data for block in tree.xpath("//script[@type='application/ld+json']")[:50] if (data := _json(block))]


def _json(block: HtmlElement) -> Any:
    """The first list of objects or object of a block, without the comments and CDATA marks around it; ``None`` without one."""
    text = block.text_content()
    for start in (begins.search(text) for begins in _BEGINS):
        with suppress(ValueError, RecursionError):
            if start is not None:
                return _DECODER.raw_decode(text, start.start())[0]
    return None


def _open_graph(tree: HtmlElement) -> dict[str, str]:
    metas = tree.xpath("//meta[starts-with(@property, 'og:')][@content]")[:50]
    return {meta.get("property"): meta.get("content") for meta in reversed(metas)}


def _things(data: Any, depth: int = _DEEPEST) -> Iterator[Mapping[str, Any]]:
    """Every object of JSON-LD data, those of ``@graph`` and of offers included."""
    if depth == 0:
        return
    if isinstance(data, list):
        for item in data[:200]:
            yield from _things(item, depth - 1)
    elif isinstance(data, Mapping):
        yield data
        for value in data.values():
            if isinstance(value, list | Mapping):
                yield from _things(value, depth - 1)


def _is_organisation(thing: Mapping[str, Any]) -> bool:
    kinds = thing.get("@type")
    return any(
        isinstance(kind, str) and _ORGANISATIONS.search(kind)
        for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def _names(tree: HtmlElement, things: Iterable[Mapping[str, Any]], graph: Mapping[str, str]) -> Iterator[str]:
    written = [_first(tree, "//title"), graph.get("og:site_name"), graph.get("og:title"), _first(tree, "//h1")]
    for thing in things:
        if _is_organisation(thing):
            written += [thing.get("name"), thing.get("legalName"), thing.get("alternateName")]
    seen = dict.fromkeys(filter(None, map(_plain, written)))
    yield from (name[:150] for name in list(seen)[:10])


def _description(
    tree: HtmlElement, things: Iterable[Mapping[str, Any]], graph: Mapping[str, str], text: str
) -> str | None:
    from_data = [thing.get("description") for thing in things if _is_organisation(thing)]
    meta = tree.xpath("//meta[translate(@name,'DESCRIPTON','descripton')='description']/@content")
    first = [line for line in text.splitlines() if len(line) > 2 * _SHORTEST_DESCRIPTION and line[-1:] in ".!…"]
    for written in (*from_data, graph.get("og:description"), *meta[:1], *first[:1]):
        plain = _plain(written)
        if plain is not None and len(plain) >= _SHORTEST_DESCRIPTION:
            return shortened(plain)
    return None


def shortened(text: str) -> str:
    """At most :data:`EXCERPT` characters, cut after a sentence when one ends in the second half, else after a word."""
    if len(text) <= EXCERPT:
        return text
    head = text[: EXCERPT - 2]
    end = max(head.rfind(mark) for mark in (". ", "! ", "? "))
    return head[: end + 1] if end > EXCERPT // 2 else head.rpartition(" ")[0] + " …"


def _headings(tree: HtmlElement, things: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Titles, headings, entries of the menu and names of offered services, short ones only: a sentence is no heading."""
    elements = tree.xpath("//title|//h1|//h2|//h3|//h4|//nav//a|//header//a")[:MOST_HEADINGS]
    offered = (thing.get("name") for thing in things if thing.get("@type") in ("Offer", "Service", "Product"))
    for written in (*(element.text_content() for element in elements), *offered):
        plain = _plain(written)
        if plain is not None and len(plain) <= 80:
            yield plain


def _main_text(html: str) -> str:
    try:
        found = trafilatura.extract(
            html, include_comments=False, include_tables=True, favor_recall=True, deduplicate=False
        )
    except (lxml.etree.LxmlError, ValueError, RecursionError):
        return ""
    return (found or "")[:LONGEST_TEXT]


def _sirens(html: str) -> set[str]:
    found = ("".join(match.groups()) for match in _SIREN.finditer(remove_tags(html)))
    return {siren for siren in found if is_siren(siren)}


def _first(tree: HtmlElement, path: str) -> str | None:
    found = tree.xpath(path)
    return found[0].text_content() if found else None


def _plain(written: object) -> str | None:
    """One line of shown text: no tags, no entities, no contacts."""
    if not isinstance(written, str):
        return None
    return public_text(remove_tags(replace_entities(written[:5000])), [])
