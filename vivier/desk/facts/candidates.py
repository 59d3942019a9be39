"""Candidates of a supply, read from an engine: one search, whose parts tell how each offer of the trade reaches the place.

Nothing is recomputed: the coverage class is the one the index holds, so both engines and the search itself agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Any, Final

from vivier.desk.facts.presence import DECLARED, OPEN, covers_or_might, reserving_kinds, untold
from vivier.desk.method.clause import doers, lenders
from vivier.desk.method.supply import ZONE_ORDER, Candidate, Supply, gate
from vivier.engine.port import Hit
from vivier.engine.snapshot import Snapshot
from vivier.errors import FieldError, InvalidRequest
from vivier.lexicon import Lexicon
from vivier.model.views import CapacityView, SupplierView
from vivier.search.conditions import Conditions
from vivier.search.filters import holding
from vivier.search.operators import AnyOf, Not, Operator, Part, Same, Search, Sort, Terms, Tier, conjunction
from vivier.suppliers.reach import reach, served
from vivier.territory import Gazetteer, Territory
from vivier.validity import State, holds_on, state_on
from vivier.vocabulary import EVIDENCES

_FTE: Final = ("etp", "etp_insertion")


@dataclass(frozen=True)
class SupplyAsked:
    """Trades (codes; narrower ones follow), territories (typed ids, read as alternatives), date of agreements and certificates.
    ``any_trade``: candidates of other trades too, left out with their reason; ``others``: of those that cover the place or
    might, the ones whose trade no source tells, and the ones that lend people whatever the trade."""

    trades: tuple[str, ...]
    territories: tuple[str, ...]
    as_of: date
    any_trade: bool = False
    others: bool = True


def supply(asked: SupplyAsked, article: str, snapshot: Snapshot, lexicon: Lexicon) -> Supply:
    """The supply of one article. Several articles: read :func:`candidates` once, and :func:`gate` each."""
    return gate(candidates(asked, snapshot, lexicon), article, asked.as_of)


def candidates(asked: SupplyAsked, snapshot: Snapshot, lexicon: Lexicon) -> tuple[Candidate, ...]:
    """Every site of the trades linked to the place by its zone or its seat, closed ones included.

    Raises ``InvalidRequest`` naming « trade » or « territory », ``NotFound`` when nothing is indexed.
    """
    territories = places(asked.territories, lexicon)
    searches = [_search(asked, territories, lexicon)]
    if asked.others and not asked.any_trade:
        searches.append(_others(asked, searches[0], territories, lexicon))
    hits = chain.from_iterable(snapshot.suppliers.stream(search) for search in searches)
    return tuple(candidate(hit, asked.as_of) for hit in hits)


def _might_answer() -> tuple[str, ...]:
    """Kinds that may be asked whatever the article: those of reservations, and those that carry hours in their trade."""
    return tuple(dict.fromkeys((*reserving_kinds(), *doers())))


def places(ids: tuple[str, ...], lexicon: Lexicon) -> tuple[Territory, ...]:
    """The territories meant. Raises ``InvalidRequest``: none given, or one that is unknown."""
    if not ids:
        message = "« territory » : donnez au moins un territoire, par exemple departement:35."
        raise InvalidRequest((FieldError("territory", "missing", message),))
    found = {one.id: one for text in ids for one in lexicon.gazetteer.expand(text, "territory")[0]}
    return tuple(found.values())


def known_trades(codes: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    """The trades given. Raises ``InvalidRequest``: none, or one that is unknown."""
    if not codes:
        raise InvalidRequest((FieldError("trade", "missing", "« trade » : donnez au moins un métier ou un code CPV."),))
    errors = [
        FieldError("trade", "unknown_code", f"Métier inconnu « {code[:80]} » : voir /v1/trades.")
        for code in codes
        if code not in lexicon.trade_names
    ]
    if errors:
        raise InvalidRequest(tuple(errors))
    return codes


def _search(asked: SupplyAsked, territories: tuple[Territory, ...], lexicon: Lexicon) -> Search:
    trade, day = Terms("trade", known_trades(asked.trades, lexicon)), asked.as_of.isoformat()
    own: dict[str, Operator] = {} if asked.any_trade else {"trade": trade}
    conditions = Conditions({}, day, own, served(territories, "any", lexicon.gazetteer))
    held = holding(day, trade)
    points = (lexicon.gazetteer.reference_point(one.id) for one in territories)
    return Search(
        where=conditions.where(),
        parts=(
            zone_part((held,) if own else (), territories, lexicon.gazetteer),
            _proof_part(held),
            Part("in_trade", (Tier(Same("offers", (held,)), 1),)),
        ),
        sort=(Sort("name_sort"),),
        origins=tuple(point for point in points if point is not None),
    )


def _others(asked: SupplyAsked, search: Search, territories: tuple[Territory, ...], lexicon: Lexicon) -> Search:
    """Open sites that cover the place, or might, and are not of the trade, but might count: of a kind that answers some article
    or carries hours when no source tells their trade, or of a kind that lends people."""
    of_trade = Terms("trade", known_trades(asked.trades, lexicon))
    silent = conjunction(untold(asked.as_of), Same("agreements", (Terms("kind", _might_answer()),)))
    where = conjunction(
        Not(Same("offers", (holding(asked.as_of.isoformat(), of_trade),))),
        Same("offers", (covers_or_might(territories, lexicon.gazetteer),)),
        AnyOf((silent, Same("agreements", (Terms("kind", lenders()),)))),
        OPEN,
    )
    parts = (zone_part((), territories, lexicon.gazetteer), *search.parts[1:])
    return replace(search, where=where, parts=parts)


def zone_part(offer: tuple[Operator, ...], territories: tuple[Territory, ...], gazetteer: Gazetteer) -> Part:
    """The best class in which an offer reaches the place, and whether its zone is published, told as points."""
    tiers = []
    for rank, name in enumerate(reversed(ZONE_ORDER[:-1]), 1):
        reached = reach(name, territories, gazetteer)
        tiers.append(Tier(Same("offers", (*offer, reached)), 2 * rank))
        tiers.append(Tier(Same("offers", (*offer, reached, DECLARED)), 2 * rank + 1))
    return Part("zone", tuple(tiers))


def _proof_part(trade: Operator) -> Part:
    weakest_first = enumerate(reversed(EVIDENCES), 1)
    return Part(
        "proof", tuple(Tier(Same("offers", (trade, Terms("evidence", (code,)))), rank) for rank, code in weakest_first)
    )


def candidate(hit: Hit[SupplierView], as_of: date) -> Candidate:
    """A hit of the search above as the gate sees it."""
    record, zone, proof = hit.record, hit.parts.get("zone", 0), hit.parts.get("proof", 0)
    address = _value(record, "address") or {}
    turnover, year = _turnover(record)
    held = _agreements(record, as_of)
    seat = address.get("arrondissement") or address.get("commune")
    return Candidate(
        id=hit.id,
        name=record["name"]["value"],
        siren=_value(record, "siren"),
        siret=_value(record, "siret"),
        kinds=tuple(dict.fromkeys(kind for kind, state in held if state in ("valid", "unknown"))),
        expired=tuple(dict.fromkeys(kind for kind, state in held if state == "expired")),
        coming=tuple(dict.fromkeys(kind for kind, state in held if state == "future")),
        to_check=tuple(dict.fromkeys(kind for kind, state in held if state == "to_check")),
        undated=any(state == "unknown" for _, state in held),
        closed=bool(_value(record, "closed")),
        in_trade=bool(hit.parts.get("in_trade", 0)),
        trade_known=any(
            "trade" in offer and holds_on(offer, as_of)
            for offer in (fact["value"] for fact in record.get("offers", ()))
        ),
        zone=ZONE_ORDER[:-1][-(zone // 2)] if zone else "none",
        declared=bool(zone % 2),
        proof=list(EVIDENCES)[-proof] if proof else None,
        turnover=turnover,
        turnover_year=year,
        fte=_fte(record),
        commune=seat,
        distance_km=None if hit.distance_km is None else round(hit.distance_km, 2),
        networks=tuple(fact["value"] for fact in record.get("networks", ())),
        checked=_checked(record),
    )


def _value(record: SupplierView, name: str) -> Any:
    fact: Any = record.get(name)
    return None if fact is None else fact["value"]


def _checked(record: SupplierView) -> date | None:
    """The day a source last said that the site is open."""
    fact = record.get("closed")
    if fact is None or fact["value"]:
        return None
    told = fact["provenance"].get("updated_at") or fact["provenance"].get("fetched_at")
    return None if told is None else date.fromisoformat(told[:10])


def _agreements(record: SupplierView, day: date) -> list[tuple[str, State]]:
    """Kinds with the state of their agreement on a day."""
    return [(one["value"]["kind"], state_on(one["value"], day)) for one in record.get("agreements", ())]


def _turnover(record: SupplierView) -> tuple[float | None, int | None]:
    """The newest turnover published, and its year; nil or negative is unknown."""
    found = [value for value in _capacities(record) if value["unit"] == "eur_year"]
    newest = max(found, key=lambda value: value.get("year") or 0, default=None)
    if newest is None or newest["value"] <= 0:
        return None, None
    return float(newest["value"]), newest.get("year")


def _fte(record: SupplierView) -> float | None:
    """Full-time equivalents of the newest year; those in insertion count when they alone are told."""
    for unit in _FTE:
        found = [value for value in _capacities(record) if value["unit"] == unit]
        if found:
            return float(max(found, key=lambda value: value.get("year") or 0)["value"])
    return None


def _capacities(record: SupplierView) -> Iterator[CapacityView]:
    return (fact["value"] for fact in record.get("capacities", ()))
