"""Feeds written out: Atom (RFC 4287), JSON Feed 1.1, iCalendar (RFC 5545, by the icalendar library).

Ids are stable tag URIs (RFC 4151); the same facts give the same bytes. Atom is written with the standard library: an escape
and a tree are all it takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from xml.etree import ElementTree

import orjson
from icalendar import Calendar, Event

from search_api.pages.contracts import buyer_party
from vivier.contracts.feed import Entry, Feed
from vivier.contracts.leads import LEAD_NAMES
from vivier.contracts.objects import object_title
from vivier.exports.guard import plain
from vivier.french import day

AUTHORITY: Final = "vivier.example,2026"
"""Authority of the tag URIs: the same on every installation, so that an item keeps its id when the service moves."""
MEDIA: Final = {"atom": "application/atom+xml", "json": "application/feed+json", "ics": "text/calendar"}
_ATOM: Final = "http://www.w3.org/2005/Atom"
_DUE: Final = {
    "open_notice": "Réponse attendue",
    "expiring_contract": "Fin au plus tard",
    "planned_project": "Publication prévue",
    "clause_holder": "Fin de la clause au plus tard",
    "contracts": "Fin au plus tard",
    "notices": "Réponse attendue",
}


@dataclass(frozen=True)
class Told:
    """What a feed says of itself. ``base`` is the address of the service, empty when links are relative; ``page`` that of the
    list as a page."""

    title: str
    base: str
    path: str
    own: str
    page: str
    next: str | None
    notes: tuple[str, ...] = ()


def written(extension: str, feed: Feed, told: Told) -> bytes:
    """The feed in a format."""
    return {"atom": atom, "json": json_feed, "ics": calendar}[extension](feed, told)


def tag(path: str) -> str:
    """« tag:vivier.example,2026:contracts/c1 »."""
    return f"tag:{AUTHORITY}:{path}"


def entry_id(entry: Entry) -> str:
    """The stable id of an item: a contract that is two kinds of lead is two items."""
    kind = entry.collection if entry.kind is None else f"leads/{entry.kind}"
    return tag(f"{kind}/{entry.id}")


def entry_title(entry: Entry) -> str:
    """What it is and its object, cleaned of what no reader can show."""
    text = object_of(entry)
    return text if entry.kind is None else f"{LEAD_NAMES[entry.kind]} : {text}"


def object_of(entry: Entry) -> str:
    """What is bought."""
    return plain(object_title(entry.record))


def entry_url(entry: Entry, base: str) -> str:
    """The page of the contract or of the notice."""
    return f"{base}/marches/{entry.id}" if entry.collection == "contracts" else f"{base}/avis/{entry.id}"


def lines(entry: Entry) -> Iterator[str]:
    """Who buys, why it is here, and where it comes from."""
    yield f"Acheteur : {plain(buyer_party(entry.record['buyer']).name)}"
    yield from (plain(one.text) for one in entry.reasons)
    told = (f"{one['dataset']} ({one['producer']}, {one['licence']})" for one in entry.record.get("sources", ()))
    yield f"Source : {plain(' ; '.join(dict.fromkeys(told)) or 'inconnue')}"


def stamp(day: date) -> datetime:
    """A day as a moment: its first, UTC."""
    return datetime.combine(day, time.min, UTC)


def newest(feed: Feed) -> date:
    """The day a feed last changed; without items, the oldest day."""
    return max((entry.updated for entry in feed.entries), default=date(1970, 1, 1))


def atom(feed: Feed, told: Told) -> bytes:
    """An Atom document."""
    ElementTree.register_namespace("", _ATOM)
    root = ElementTree.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "fr"})
    _text(root, "title", told.title)
    _text(root, "id", tag(told.path))
    _text(root, "updated", stamp(newest(feed)).isoformat().replace("+00:00", "Z"))
    _text(_element(root, "author"), "name", "Vivier (service non officiel)")
    if told.notes:
        _text(root, "subtitle", " ".join(told.notes))
    for rel, url in (("self", told.own), ("alternate", told.page), ("next", told.next)):
        if url is not None:
            _element(root, "link", rel=rel, href=url, type="text/html" if rel == "alternate" else MEDIA["atom"])
    for entry in feed.entries:
        _atom_entry(root, entry, told.base)
    made: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _atom_entry(root: ElementTree.Element, entry: Entry, base: str) -> None:
    item = _element(root, "entry")
    moment = stamp(entry.updated).isoformat().replace("+00:00", "Z")
    _text(item, "id", entry_id(entry))
    _text(item, "title", entry_title(entry))
    _text(item, "updated", moment)
    _element(item, "link", rel="alternate", href=entry_url(entry, base))
    for term in (entry.kind or entry.collection, *entry.record.get("reserved_for", ())):
        _element(item, "category", term=term)
    _text(item, "content", "\n".join(lines(entry)), type="text")


def _element(parent: ElementTree.Element, name: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)


def _text(parent: ElementTree.Element, name: str, text: str, **attributes: str) -> None:
    _element(parent, name, **attributes).text = text


def json_feed(feed: Feed, told: Told) -> bytes:
    """A JSON Feed 1.1 document; its extension ``_vivier`` holds the day that matters and the reasons with their codes."""
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": told.title,
        "home_page_url": told.page,
        "feed_url": told.own,
        "language": "fr",
        "authors": [{"name": "Vivier (service non officiel)"}],
        **({"description": " ".join(told.notes)} if told.notes else {}),
        **({"next_url": told.next} if told.next is not None else {}),
        "items": [_json_item(entry, told.base) for entry in feed.entries],
        "_vivier": {"as_of": feed.as_of.isoformat(), "total": feed.total, "not_indexed": list(feed.missing)},
    }
    return orjson.dumps(body)


def _json_item(entry: Entry, base: str) -> dict[str, object]:
    return {
        "id": entry_id(entry),
        "url": entry_url(entry, base),
        "title": entry_title(entry),
        "content_text": "\n".join(lines(entry)),
        "date_modified": stamp(entry.updated).isoformat(),
        "tags": [entry.kind or entry.collection, *entry.record.get("reserved_for", ())],
        "_vivier": {
            "lead": entry.kind,
            "due": None if entry.due is None else entry.due.isoformat(),
            "reasons": [{"code": one.code, "text": one.text, "inferred": one.inferred} for one in entry.reasons],
        },
    }


def calendar(feed: Feed, told: Told) -> bytes:
    """The ends and deadlines to come, soonest first. What has no date is counted in the description, never dropped unsaid."""
    made = Calendar()
    made.add("prodid", "-//Vivier//fr")
    made.add("version", "2.0")
    made.add("x-wr-calname", told.title)
    made.add("x-wr-caldesc", " ".join(told.notes) or "Fins et dates limites à venir")
    for entry in feed.entries:
        if entry.due is not None:
            made.add_component(_event(entry, entry.due, told.base))
    content: bytes = made.to_ical()
    return content


def _event(entry: Entry, due: date | datetime, base: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.kind or entry.collection}-{entry.id}@{AUTHORITY.partition(',')[0]}")
    event.add("dtstamp", stamp(entry.updated))
    event.add("last-modified", stamp(entry.updated))
    event.add("summary", f"{_DUE[entry.kind or entry.collection]} : {object_of(entry)}")
    if isinstance(due, datetime):
        moment = due.astimezone(UTC) if due.tzinfo is not None else due.replace(tzinfo=UTC)
        event.add("dtstart", moment)
    else:
        event.add("dtstart", due)
        event.add("dtend", due + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    event.add("url", entry_url(entry, base))
    event.add("description", "\n".join((*lines(entry), f"Fait du {day(entry.updated)}")))
    return event
