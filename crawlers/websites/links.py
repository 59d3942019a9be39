"""Which links of a page are worth following: few, near the first page, about what the structure does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml.html import HtmlElement  # type: ignore[import-untyped]

from vivier.identity import fold

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
