"""Writes feeds: Atom (RFC 4287), JSON Feed 1.1, iCalendar (RFC 5545, by the icalendar library).

Ids are stable tag URIs (RFC 4151); the same facts give the same bytes. Atom is written with the standard library, which
suffices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from xml.etree import ElementTree

import orjson
from icalendar import Calendar, Event

from vivier.contracts.acts import to_do
from vivier.contracts.entry_words import buyer_name, credit_of, entry_path, entry_title, object_of
from vivier.contracts.feed import Entry, Feed
from vivier.french import long_day, typographic
from vivier.text.guard import plain

AUTHORITY: Final = "vivier.example,2026"
"""Authority of the tag URIs: the same on every installation, so that an item keeps its id when the service moves."""
MEDIA: Final = {"atom": "application/atom+xml", "json": "application/feed+json", "ics": "text/calendar"}
_ATOM: Final = "http://www.w3.org/2005/Atom"
_DUE: Final = {
    "open_notice": "Réponse attendue",
    "expiring_contract": "Acheteur à appeler",
    "planned_project": "Publication prévue",
    "clause_holder": "Fin de la clause au plus tard",
    "contracts": "Acheteur à appeler",
    "ended": "Fin au plus tard",
    "notices": "Réponse attendue",
}


@dataclass(frozen=True)
class FeedHeader:
    """The header of a feed. ``base``: the address of the service, empty when links are relative; ``page``: the address of the list
    as a page."""

    title: str
    base: str
    path: str
    own: str
    page: str
    next: str | None
    notes: tuple[str, ...] = ()


def written(extension: str, feed: Feed, header: FeedHeader) -> bytes:
    header = replace(header, title=typographic(header.title), notes=tuple(map(typographic, header.notes)))
    return {"atom": atom, "json": json_feed, "ics": calendar}[extension](feed, header)


def tag(path: str) -> str:
    """The tag URI of a path: « tag:vivier.example,2026:contracts/c1 »."""
    return f"tag:{AUTHORITY}:{path}"


def entry_id(entry: Entry) -> str:
    """The stable id of an item. A contract that is two kinds of lead gives two items."""
    kind = entry.collection if entry.kind is None else f"leads/{entry.kind}"
    return tag(f"{kind}/{entry.id}")


def entry_url(entry: Entry, base: str) -> str:
    """The address of the page of the contract or of the notice."""
    return base + entry_path(entry)


def lines(entry: Entry) -> Iterator[str]:
    """The lines that describe an item, set as French is read: its buyer, its reasons, its sources."""
    yield typographic(f"Acheteur : {buyer_name(entry.record['buyer'])}")
    yield from (plain(typographic(reason.text)) for reason in entry.reasons)
    yield typographic(f"Source : {credit_of(entry.record)}")


def stamp(day: date) -> datetime:
    """Midnight of a day, UTC."""
    return datetime.combine(day, time.min, UTC)


def newest(feed: Feed) -> date:
    """The day a feed last changed; for a feed without items, 1 January 1970."""
    return max((entry.updated for entry in feed.entries), default=date(1970, 1, 1))


def atom(feed: Feed, header: FeedHeader) -> bytes:
    ElementTree.register_namespace("", _ATOM)
    root = ElementTree.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "fr"})
    _text(root, "title", header.title)
    _text(root, "id", tag(header.path))
    _text(root, "updated", stamp(newest(feed)).isoformat().replace("+00:00", "Z"))
    _text(_element(root, "author"), "name", "Vivier (service non officiel)")
    if header.notes:
        _text(root, "subtitle", " ".join(header.notes))
    for rel, url in (("self", header.own), ("alternate", header.page), ("next", header.next)):
        if url is not None:
            _element(root, "link", rel=rel, href=url, type="text/html" if rel == "alternate" else MEDIA["atom"])
    for entry in feed.entries:
        _atom_entry(root, entry, header.base)
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


def json_feed(feed: Feed, header: FeedHeader) -> bytes:
    """The feed as a JSON Feed 1.1 document. Its extension ``_vivier`` has the due date and the reasons with their codes."""
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": header.title,
        "home_page_url": header.page,
        "feed_url": header.own,
        "language": "fr",
        "authors": [{"name": "Vivier (service non officiel)"}],
        **({"description": " ".join(header.notes)} if header.notes else {}),
        **({"next_url": header.next} if header.next is not None else {}),
        "items": [_json_item(entry, header.base) for entry in feed.entries],
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
            "reasons": [
                {"code": reason.code, "text": reason.text, "inferred": reason.inferred} for reason in entry.reasons
            ],
        },
    }


def calendar(feed: Feed, header: FeedHeader) -> bytes:
    """The feed as a calendar of the calls to make, the answers to prepare, deadlines and planned publications to come, soonest first. The description counts the items
    without a date. A calendar without any says why on the day of the query: RFC 5545 wants at least one component, and a calendar
    that somebody follows must stay valid while nothing is due."""
    made = Calendar()
    made.add("prodid", "-//Vivier//fr")
    made.add("version", "2.0")
    made.add("x-wr-calname", header.title)
    made.add("x-wr-caldesc", " ".join(header.notes) or "Appels à passer et dates limites à venir")
    for entry in feed.entries:
        for event in _events(entry, feed.as_of, header.base):
            made.add_component(event)
    if not made.subcomponents:
        made.add_component(_nothing(feed, header))
    content: bytes = made.to_ical()
    return content


def one_calendar(entry: Entry, as_of: date, base: str) -> bytes:
    """The days of one item as a calendar file, to add to one's own."""
    made = Calendar()
    made.add("prodid", "-//Vivier//fr")
    made.add("version", "2.0")
    for event in _events(entry, as_of, base):
        made.add_component(event)
    content: bytes = made.to_ical()
    return content


def due_text(entry: Entry) -> str:
    """What the day of an item is. In a list of notices, a planned purchase without a deadline has the day of its publication."""
    planned = entry.collection == "notices" and entry.record.get("deadline") is None
    ended = entry.collection == "contracts" and str(entry.due) == entry.record.get("ends")
    return _DUE[entry.kind or ("planned_project" if planned else "ended" if ended else entry.collection)]


def _nothing(feed: Feed, header: FeedHeader) -> Event:
    """The event of a calendar that has no other: why it is empty."""
    event = Event()
    event.add("uid", f"rien-a-venir@{AUTHORITY.partition(',')[0]}")
    event.add("dtstamp", stamp(feed.as_of))
    event.add("summary", "Aucune échéance à venir")
    event.add("dtstart", feed.as_of)
    event.add("dtend", feed.as_of + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("url", header.page)
    why = "Rien ne répond à cette recherche." if not feed.total else "Rien de ce qui répond n'a de date à venir."
    event.add("description", typographic("\n".join((why, *header.notes))))
    return event


def _events(entry: Entry, as_of: date, base: str) -> Iterator[Event]:
    """The events of an item: the day that matters, and before it the day to act. A day to act that is past is left out: it would move each
    morning."""
    if entry.due is None:
        return
    kind = entry.kind or entry.collection
    yield _event(entry, kind, due_text(entry), entry.due, base)
    due = entry.due.date() if isinstance(entry.due, datetime) else entry.due
    if entry.act is not None and as_of < entry.act < due:
        yield _event(entry, f"{kind}-agir", to_do(entry.kind or "open_notice"), entry.act, base)


def _event(entry: Entry, key: str, what: str, day: date | datetime, base: str) -> Event:
    event = Event()
    event.add("uid", f"{key}-{entry.id}@{AUTHORITY.partition(',')[0]}")
    event.add("dtstamp", stamp(entry.updated))
    event.add("last-modified", stamp(entry.updated))
    event.add("summary", typographic(f"{what} : {object_of(entry)}"))
    if isinstance(day, datetime):
        moment = day.astimezone(UTC) if day.tzinfo is not None else day.replace(tzinfo=UTC)
        event.add("dtstart", moment)
    else:
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    event.add("url", entry_url(entry, base))
    event.add("description", "\n".join((*lines(entry), f"Fait du {long_day(entry.updated)}")))
    return event
