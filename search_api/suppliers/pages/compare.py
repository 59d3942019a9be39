"""The page that compares two to five suppliers side by side: what decides, what is known, what is not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from search_api.doors import Contracts
from search_api.pages.chips import near_name
from search_api.pages.facts import Credential, agreements, dated, labels, shown_brand, shown_name, town, value
from search_api.pages.places import place_label
from search_api.pages.state import RESULTS, PageState
from search_api.pages.words import safe_url, short_kind, zone_text
from search_api.suppliers.pages.cards import sizes
from vivier.french import kilometres, plural, telephone
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.search.snapshot import Snapshot
from vivier.suppliers.find import SupplierFound
from vivier.suppliers.groups import wanted_trades
from vivier.suppliers.offers import proof_words
from vivier.suppliers.reasons import matching_offers
from vivier.suppliers.result import SupplierResult
from vivier.suppliers.rows import Line, Shared, service_types, supposed_trades, trade_names
from vivier.suppliers.sources import cards as source_cards
from vivier.suppliers.sources import list_badge
from vivier.territory.phrases import in_place, of_town

_SHOWN_TRADES = 6


@dataclass(frozen=True)
class Cell:
    """What is known of one supplier: texts, ``None`` when nothing is. ``url``: where the first text leads."""

    texts: tuple[str, ...]
    url: str | None = None


@dataclass(frozen=True)
class Row:
    """One line of the comparison."""

    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Column:
    """One supplier: ``without`` is the comparison without it."""

    id: str
    name: str
    brand: str | None
    badge: str | None
    without: str | None


@dataclass(frozen=True)
class Comparison:
    """The whole table. ``rows``: what decides; ``others``: the rest; ``badge``: what is said of every column alike; ``gone``: ids chosen that the
    index no longer has."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    others: tuple[Row, ...]
    badge: str | None
    unknown: tuple[tuple[str, ...], ...]
    gone: int


@dataclass(frozen=True)
class _Read:
    """A supplier with all that the lines read. ``won``: its contracts known, ``None`` when the index has no contract."""

    result: SupplierResult
    line: Line
    won: tuple[str, ...] | None

    @property
    def record(self) -> SupplierView:
        return self.result.record


def comparison(
    found: SupplierFound, state: PageState, snapshot: Snapshot, lexicon: Lexicon, contracts: Contracts | None
) -> Comparison:
    """The comparison of the suppliers chosen, with what ``contracts`` tell of them. A line that says nothing of anybody is left out."""
    shared = Shared(found.plan.as_of, lexicon)
    read = [
        _Read(result, Line(result, rank, shared), _won(result.record, snapshot, lexicon, found, contracts))
        for rank, result in enumerate(found.results, 1)
    ]
    sources = source_cards(found.generation)
    badges = [list_badge(supplier.record, sources, found.plan.as_of) for supplier in read]
    alike = len(read) > 1 and len(set(badges)) == 1
    return Comparison(
        columns=tuple(
            _column(supplier.record, state, None if alike else badge)
            for supplier, badge in zip(read, badges, strict=True)
        ),
        rows=_rows(read, _deciding(found, lexicon)),
        others=_rows(read, _others(found, lexicon)),
        badge=badges[0] if alike else None,
        unknown=tuple(_unknown(supplier) for supplier in read),
        gone=len(state.chosen) - len(read),
    )


def _rows(read: Sequence[_Read], lines: Iterable[tuple[str, Callable[[_Read], Cell]]]) -> tuple[Row, ...]:
    rows = (Row(title, tuple(cell(supplier) for supplier in read)) for title, cell in lines)
    return tuple(row for row in rows if any(cell.texts for cell in row.cells))


def _column(record: SupplierView, state: PageState, badge: str | None) -> Column:
    left = state.choosing(*(id_ for id_ in state.chosen if id_ != record["id"]))
    return Column(record["id"], shown_name(record), shown_brand(record), badge, left.url())


def _deciding(found: SupplierFound, lexicon: Lexicon) -> Iterator[tuple[str, Callable[[_Read], Cell]]]:
    """The lines that decide: how far, what it does, what it is, how to reach it, how large, what it won."""
    plan, query = found.plan, found.plan.query
    where = next((place for place in plan.territories if len(plan.territories) == 1), None)
    if query.near is not None:
        yield f"Distance {of_town(near_name(query.near, lexicon))}", lambda supplier: _cell(_distance(supplier.result))
    elif where is not None and where.kind in ("commune", "arrondissement"):
        yield f"Distance {of_town(where.name)}", lambda supplier: _cell(_distance(supplier.result))
    yield "Siège", lambda supplier: _cell(town(supplier.record))
    if wanted_trades(query, lexicon):
        yield "Métier demandé", lambda supplier: _cell(*_trade(supplier, found, lexicon))
    else:
        yield "Métiers", _trades
    yield "Type et agrément", lambda supplier: _cell(*_in_force(agreements(supplier.record, plan.as_of), short=True))
    yield "Téléphone", _phone
    yield "Taille", lambda supplier: _cell(*sizes(supplier.record))
    if query.lot_amount is not None:
        yield (
            "Taille pour ce lot",
            lambda supplier: _cell(supplier.result.capacity.text if supplier.result.capacity else None),
        )


def _others(found: SupplierFound, lexicon: Lexicon) -> Iterator[tuple[str, Callable[[_Read], Cell]]]:
    """The lines that one opens, down to where it all comes from."""
    plan = found.plan
    if plan.territories:
        places = " ou ".join(in_place(territory) for territory in plan.territories)
        yield f"Intervient {places}", lambda supplier: _cell(*_coverage(supplier))
    yield "Zone d'intervention", lambda supplier: _cell(*_zones(supplier))
    if wanted_trades(plan.query, lexicon):
        yield "Métiers", _trades
    yield "Métiers supposés", lambda supplier: _cell(*_many(supposed_trades(supplier.line)))
    yield "Prestation", lambda supplier: _cell(*_many(service_types(supplier.line)))
    yield "Labels", lambda supplier: _cell(*_in_force(labels(supplier.record, plan.as_of)))
    yield "Réseaux", lambda supplier: _cell(*(fact["value"] for fact in supplier.record.get("networks", ())))
    yield "Marchés publics remportés", _contracts
    yield (
        "Références",
        lambda supplier: _cell(*_some([fact["value"]["client"] for fact in supplier.record.get("references", ())])),
    )
    yield "Site", _site
    yield (
        "Données",
        lambda supplier: _cell(
            *dict.fromkeys(f"{s['dataset']}, {dated(s)}" for s in supplier.record.get("sources", ()))
        ),
    )


def _trades(supplier: _Read) -> Cell:
    return _cell(*_some(_many(trade_names(supplier.line))))


def _phone(supplier: _Read) -> Cell:
    number = value(supplier.record, "phone")
    return Cell((telephone(number),), f"tel:{number}") if number else Cell(())


def _cell(*texts: str | None) -> Cell:
    return Cell(tuple(text for text in texts if text))


def _many(cell: Any) -> list[str]:
    return list(cell) if isinstance(cell, (tuple, list)) else [str(cell)] if cell is not None else []


def _some(names: Sequence[str]) -> list[str]:
    more = len(names) - _SHOWN_TRADES
    return [*names[:_SHOWN_TRADES], *([f"et {plural(more, 'autre')}"] if more > 0 else [])]


def _zones(supplier: _Read) -> list[str]:
    """The zones that a supplier declares, by name; none when it publishes none."""
    given = (fact["value"]["zone"] for fact in supplier.line.offers if "zone" in fact["value"])
    lexicon = supplier.line.shared.lexicon
    return list(dict.fromkeys(zone_text(zone, 0, lexicon) for zone in given if zone["type"] != "undeclared"))


def _distance(result: SupplierResult) -> str | None:
    if result.distance_km is None:
        return None
    if result.distance_km == 0:
        return "sur place"
    return f"moins de {kilometres(1)}" if result.distance_km < 1 else kilometres(result.distance_km)


def _coverage(supplier: _Read) -> list[str]:
    """How far it covers the place, which the title of the line names already."""
    texts = [reason.text for reason in supplier.result.reasons if reason.code.startswith("coverage")]
    return [text.partition(" : ")[2] for text in texts]


def _in_force(credentials: Sequence[Credential], short: bool = False) -> Iterator[str]:
    """Agreements or labels in words, by their short name when ``short``."""
    for credential in credentials:
        unit = "pour l’entreprise entière, " if credential.of_unit else ""
        yield f"{short_kind(credential.code) if short else credential.name} : {unit}{credential.validity}"


def _trade(supplier: _Read, found: SupplierFound, lexicon: Lexicon) -> Iterator[str]:
    """The proof of each trade of the query that the supplier does; that none is known."""
    offers = [offer for offer in matching_offers(supplier.record, found.plan, lexicon) if "trade" in offer]
    yield from dict.fromkeys(
        f"{lexicon.trade_names[offer['trade']]} : {proof_words(offer, supplier.record)}" for offer in offers
    )
    if not offers:
        yield "à appeler : non publié" if not supplier.line.trades else "non, selon ce qui est publié"


def _contracts(supplier: _Read) -> Cell:
    siren = value(supplier.record, "siren")
    url = f"/marches?holder={siren}" if siren and supplier.won and len(supplier.won) > 1 else None
    return Cell(supplier.won or (), url)


def _won(
    record: SupplierView, snapshot: Snapshot, lexicon: Lexicon, found: SupplierFound, contracts: Contracts | None
) -> tuple[str, ...] | None:
    """The contracts of its company; ``None`` when the index has no contract, or no number to look for."""
    siren = value(record, "siren")
    if siren is None or contracts is None:
        return None
    return contracts.compared(siren, snapshot, lexicon, found.plan.as_of)


def _site(supplier: _Read) -> Cell:
    url = safe_url(value(supplier.record, "website"))
    return Cell((url.partition("//")[2].rstrip("/"),), url) if url else Cell(())


def _unknown(supplier: _Read) -> tuple[str, ...]:
    """What nobody published of a supplier, which a buyer should ask."""
    record = supplier.record
    ends = [credential.state for credential in agreements(record, supplier.line.shared.on)]
    unknown = {
        "ses métiers": not supplier.line.trades,
        "sa zone d'intervention": not _zones(supplier),
        "sa taille": not record.get("capacities"),
        "la fin de son agrément": bool(ends) and all(state == "undated" for state in ends),
        "son type de structure": not ends,
        "son site": not record.get("website"),
    }
    return tuple(name for name, is_unknown in unknown.items() if is_unknown)


def lot_of(state: PageState, lexicon: Lexicon) -> list[tuple[str, str]]:
    """The fields of a lot to study, from the search: its trade, its place, its amount, and the suppliers chosen."""
    query = state.query
    fields = [("text", lexicon.trade_names.get(code, code)) for code in query.trade[:1]]
    if query.territory:
        fields.append(("place", place_label(query.territory[0], lexicon.gazetteer)))
    elif query.near is not None:
        commune = lexicon.gazetteer.commune_at(*query.near)
        fields += [("place", place_label(commune.id, lexicon.gazetteer))] if commune is not None else []
    if query.lot_amount is not None:
        fields.append(("amount", f"{query.lot_amount:.0f}"))
    if query.lot_months is not None:
        fields.append(("months", str(query.lot_months)))
    return [*fields, ("choix", ",".join(state.chosen))]


def back(state: PageState) -> str:
    """The results that led to the comparison."""
    return state.url(RESULTS) or RESULTS
