"""What structures declared, as a source like another: records for the next build, and at once on the sheet of each."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final, Literal, cast

import orjson

from vivier.durable import write_whole
from vivier.given.declaration import Declared
from vivier.given.queue import Queue
from vivier.given.requests import Request
from vivier.given.sirets import sirets_of
from vivier.model import Capacity, NotOffered, Offer, Provenance, Record, Reference
from vivier.model.views import FactView, OfferView, ProvenanceView, SupplierView
from vivier.runs.records import RunStatistics, SourceCard, current_run, loaded_sources, put_in_force, read_statistics
from vivier.settings import Settings
from vivier.suppliers.refused import refused_trades
from vivier.trades.table import load_trades
from vivier.vocabulary import DECLARED, MEMBERS, SAID_HERE

LICENCE: Final = "Licence Ouverte 2.0"
"""Shown to whoever declares, before sending."""
CARD: Final = SourceCard(
    id=DECLARED,
    title="Déclarations des structures",
    producer="les structures elles-mêmes",
    dataset="déclaration de la structure",
    licence=LICENCE,
    role="declared",
    covers="Ce que des structures disent d'elles-mêmes ici : métiers, prestations, zone, ce qu'elles ne font pas, effectif, volume possible, références, "
    "site.",
    limits="Déclaré par la structure, non vérifié ; vaut douze mois.",
    minimum_rows=0,
    maximum_drop=1.0,
)


MEMBERS_CARD: Final = SourceCard(
    id=MEMBERS,
    title="Listes de membres des réseaux",
    producer="les réseaux",
    dataset="liste des membres du réseau",
    licence=LICENCE,
    role="network",
    covers="Ce que des réseaux disent ici de leurs membres : métiers, prestations, zone, ce qu'ils ne font pas, effectif, volume possible, références, site.",
    limits="Déclaré par le réseau, non vérifié ; vaut douze mois ; ce que la structure déclare elle-même passe avant.",
    minimum_rows=0,
    maximum_drop=1.0,
)
Unit = Literal["persons", "volume_eur_year"]
_WAYS: Final = ("website", "mailbox", "phone")
"""Members of a supplier by which it is reached: a structure has the first word on them."""


def provenance_of(request: Request) -> Provenance:
    """The provenance of what a structure declared, or its network of it: who declares is the producer."""
    card = MEMBERS_CARD if request.network else CARD
    return Provenance(
        source_id=card.id,
        producer=request.network or request.subject.name,
        dataset=card.dataset,
        licence=LICENCE,
        updated_at=request.received_on,
        basis="declared",
    )


def record_of(request: Request) -> Record:
    declaration = request.declared
    return Record(
        source_id=f"{request.subject.siret}-{request.number}",
        provenance=provenance_of(request),
        name=request.subject.name[:300],
        siret=request.subject.siret,
        siren=request.subject.siret[:9],
        finess=request.subject.finess,
        offers=_offers(declaration),
        not_offered=_not_offered(declaration),
        capacities=_capacities(declaration, request.received_on),
        references=tuple(Reference(client=client) for client in declaration.references),
        website=declaration.website,
        mailbox=declaration.mailbox,
        phone=None if declaration.phone is None else declaration.phone.replace(" ", ""),
    )


def _offers(declaration: Declared) -> tuple[Offer, ...]:
    return tuple(
        Offer(trade=each.trade, service_types=each.service_types, zone=declaration.zone, evidence="declared")
        for each in declaration.trades
    )


def _capacities(declaration: Declared, on: date) -> tuple[Capacity, ...]:
    sizes: tuple[tuple[float | None, Unit], ...] = (
        (declaration.staff, "persons"),
        (declaration.volume, "volume_eur_year"),
    )
    return tuple(Capacity(value=value, unit=unit, year=on.year) for value, unit in sizes if value is not None)


def _not_offered(declaration: Declared) -> tuple[NotOffered, ...]:
    trades = tuple(NotOffered(trade=code) for code in declaration.refused)
    return (*trades, NotOffered(words=declaration.cannot)) if declaration.cannot else trades


def write_runs(settings: Settings, queue: Queue, today: date) -> list[RunStatistics]:
    """Writes what structures, and what networks, declared and is in force as runs of two sources, and puts them in force when they changed.
    Returns their statistics, without a source for which nothing was ever declared."""
    sources = ((CARD, queue.in_force("declaration", today)), (MEMBERS_CARD, queue.members_in_force(today)))
    runs = (_write_run(settings, card, requests, today) for card, requests in sources)
    return [run for run in runs if run is not None]


def _write_run(settings: Settings, card: SourceCard, requests: list[Request], today: date) -> RunStatistics | None:
    loaded = card.id in loaded_sources(settings.records)
    if not requests and not loaded:
        return None
    lines = b"".join(record_of(request).model_dump_json(exclude_none=True).encode() + b"\n" for request in requests)
    digest = hashlib.sha256(lines).hexdigest()
    if loaded and (former := read_statistics(current_run(settings.records, card.id))).sha256 == digest:
        return former
    run = f"{today:%Y%m%d}-{digest[:12]}"
    statistics = _statistics(card, run, requests, today, digest)
    folder = settings.records / card.id / run
    write_whole(folder / "records.jsonl", lines)
    write_whole(folder / "rejected.jsonl", b"")
    write_whole(folder / "statistics.json", statistics.model_dump_json(indent=1).encode())
    put_in_force(settings.records, card.id, run)
    for former_run in (settings.records / card.id).iterdir():  # they hold what was withdrawn since
        if former_run.is_dir() and former_run.name != run:
            shutil.rmtree(former_run)
    return statistics


def _statistics(card: SourceCard, run: str, requests: list[Request], today: date, digest: str) -> RunStatistics:
    moment = datetime.combine(today, time(12), UTC)
    latest = max((request.received_on for request in requests), default=today)
    return RunStatistics(
        source=card,
        run=run,
        started_at=moment,
        finished_at=moment,
        files=(),
        updated_at=latest.isoformat(),
        seen=len(requests),
        kept=len(requests),
        set_aside={},
        skipped={},
        issues={},
        sha256=digest,
    )


def with_declared(record: SupplierView, *requests: Request, contacts: bool = True) -> SupplierView:
    """A stored record with what its networks and its structure declare today, the most trusted last, and without what was declared before: the
    sheet never waits for a build. ``contacts``: whether its mailbox and its number may be shown here."""
    made = _without_declared(record)
    for request in requests:
        _declare(made, request, contacts)
    return cast(SupplierView, made)


def _declare(made: dict[str, Any], request: Request, contacts: bool) -> None:
    added, declaration = record_of(request), request.declared
    provenance = _json(added.provenance)
    refused = refused_trades(declaration.refused, load_trades())
    made["offers"] = list(_without_refused(made.get("offers", ()), refused))
    for name in ("offers", "references", "not_offered"):
        made[name] = [
            *({"value": _json(value), "provenance": provenance} for value in getattr(added, name)),
            *made.get(name, ()),
        ]
    made["capacities"] = [
        *made.get("capacities", ()),
        *({"value": _json(value), "provenance": provenance} for value in added.capacities),
    ]
    for name in _WAYS if contacts else ("website",):
        value = getattr(added, name)
        if value is not None:
            _replace(made, name, value, provenance)
    made["sources"] = [*made.get("sources", ()), provenance]


def _without_refused(offers: Iterable[FactView[OfferView]], refused: frozenset[str]) -> Iterator[dict[str, object]]:
    """The offers as the next build will have them (``indexer.enrich.without_refused``): of a trade refused, the zone alone stays."""
    for fact in offers:
        offer = fact["value"]
        if (offer.get("trade") or offer.get("supposed_trade")) not in refused:
            yield {**fact}
        elif offer.get("zone", {"type": "undeclared"})["type"] != "undeclared":
            yield {**fact, "value": {"zone": offer["zone"]}}


def _without_declared(record: SupplierView) -> dict[str, object]:
    """The record without the facts of former declarations. A fact of the name stays: a structure does not choose it."""
    made: dict[str, Any] = dict(record)
    for name in ("offers", "references", "not_offered", "capacities", "others"):
        if name in made:
            made[name] = [fact for fact in made[name] if not _is_declared(fact["provenance"])]
    made["sources"] = [source for source in made.get("sources", ()) if not _is_declared(source)]
    for name in _WAYS:
        if name in made and _is_declared(made[name]["provenance"]):
            _give_back(made, name)
    return made


def _give_back(made: dict[str, Any], name: str) -> None:
    """Replaces a declared value by the one that another source gives; nothing when there is none."""
    former = next((fact for fact in made.get("others", ()) if fact["field"] == name), None)
    made.pop(name)
    if former is not None:
        made["others"] = [fact for fact in made["others"] if fact is not former]
        made[name] = {"value": former["value"], "provenance": former["provenance"]}


def _replace(made: dict[str, Any], name: str, value: str, provenance: ProvenanceView) -> None:
    """A structure says how it is reached; the value retained before stays among the other values."""
    former = made.get(name)
    if former is not None and former["value"] != value:
        made["others"] = [*made.get("others", ()), {"field": name, **former}]
    made[name] = {"value": value, "provenance": provenance}


def _is_declared(provenance: Any) -> bool:
    return provenance["source_id"] in SAID_HERE


def _json(value: Any) -> Any:
    return orjson.loads(value.model_dump_json(exclude_none=True))


@dataclass(frozen=True)
class Added:
    """What people added to a sheet: the declaration of its structure (``None``: none in force), what its networks declare of it, the reports that
    the operator retained."""

    declaration: Request | None = None
    listed: tuple[Request, ...] = ()
    reports: tuple[Request, ...] = ()

    @property
    def written(self) -> tuple[Request, ...]:
        """All that is declared, the most trusted last."""
        return self.listed if self.declaration is None else (*self.listed, self.declaration)

    @property
    def version(self) -> str:
        """A text that changes with what is added, for callers that keep answers."""
        each = (self.written, self.reports)
        return "|".join(str([(request.number, request.signed_on) for request in some]) for some in each)


def added_to(record: SupplierView, queue: Queue | None, today: date) -> Added:
    """What people added to a stored record. Of structures that share a SIRET, each has what its FINESS number says is its own."""
    sirets = sirets_of(record)
    if queue is None or not sirets:
        return Added()
    finess = record.get("finess")
    number = None if finess is None else finess["value"]

    def own(found: list[Request]) -> tuple[Request, ...]:
        return tuple(request for request in found if request.subject.finess in (None, number))

    declarations = own(queue.in_force("declaration", today, sirets))
    return Added(
        declarations[-1] if declarations else None,
        own(queue.members_in_force(today, sirets)),
        own(queue.in_force("report", today, sirets)),
    )
