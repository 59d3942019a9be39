"""Has some of the fictitious suppliers complete their sheet, and a reader report an error: one request in force, the others to decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date, timedelta
from itertools import islice
from typing import Any, Final

from indexer.demo.records import SOURCE_ID
from vivier.given.queue import Queue, queue_of
from vivier.given.requests import Kind, Subject
from vivier.model import Record
from vivier.runs.records import current_run, read_records
from vivier.settings import Settings

_ZONE: Final = {"type": "radius", "km": 40}
_REQUESTS: Final[tuple[tuple[Kind, Mapping[str, Any]], ...]] = (
    (
        "declaration",
        {
            "trades": [
                {"trade": "entretien-espaces-verts", "service_types": ["service"]},
                {"trade": "debroussaillage", "service_types": ["service"]},
            ],
            "zone": _ZONE,
            "staff": 38,
            "volume": 120_000.0,
            "cannot": "Exemple fictif : pas d'élagage en hauteur",
            "references": ["Ville fictive de l'Exemple"],
            "mailbox": "contact@atelier.example",
            "phone": "02 61 91 00 01",
            "website": "https://atelier.example",
        },
    ),
    (
        "declaration",
        {
            "trades": [{"trade": "blanchisserie", "service_types": ["service"]}],
            "zone": _ZONE,
            "volume": 60_000.0,
            "cannot": "Exemple fictif : pas de linge hospitalier",
            "mailbox": "devis@blanchisserie.example",
        },
    ),
    (
        "declaration",
        {"trades": [{"trade": "traiteur", "service_types": ["goods"]}], "zone": {"type": "country"}, "staff": 12},
    ),
    (
        "report",
        {
            "fact": "website",
            "right": "Exemple fictif : son site n'est plus celui-là",
            "source": "https://registre.example",
        },
    ),
)
"""What is sent, the first of which the operator has accepted. Telephone numbers of fiction (ARCEP, numbering plan)."""


def write_demo_requests(settings: Settings, today: date) -> None:
    """Writes the requests in the given database of the demonstration, those that a killed run has written left out."""
    queue = queue_of(settings)
    with closing(queue.database):
        written = len(queue.waiting(None, limit=len(_REQUESTS)))
        requests = zip(_REQUESTS, islice(_subjects(settings), len(_REQUESTS)), strict=False)
        for (kind, content), subject in islice(requests, written, None):
            queue.send(kind, subject, content, today - timedelta(days=3))
        _accept_first(queue, today)


def _accept_first(queue: Queue, today: date) -> None:
    first = queue.waiting(None, limit=1)
    if first and first[0].state == "pending":
        queue.accept(first[0].number, today - timedelta(days=1))


def _subjects(settings: Settings) -> Iterator[Subject]:
    """The fictitious suppliers that have a SIRET of their own, with a key that stands for their id: they are not indexed yet."""
    seen: set[str] = set()
    for record in read_records(current_run(settings.records, SOURCE_ID)):
        if record.siret is not None and record.siret not in seen and _is_plain(record):
            seen.add(record.siret)
            yield Subject(f"demo:{record.source_id}", record.siret, record.name, record.finess)


def _is_plain(record: Record) -> bool:
    return record.closed is not True and not record.issues
