"""Reads the candidates of a supply from an engine: one search, whose score parts give how each offer of the trade reaches the
place.

The coverage class comes from the index and is not computed again, so both engines and the search agree.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain
from typing import Any, Final

from vivier.belief.learnt import NO_REPLIES, Replies, Tally, reply_rate
from vivier.belief.steps import LEAST, STEPS, codes
from vivier.desk.facts.presence import OPEN, covers_or_might, reserving_kinds, untold
from vivier.desk.facts.remembered import on
from vivier.desk.method.candidate import ZONE_ORDER, Candidate
from vivier.desk.method.clause import doers, lenders
from vivier.desk.method.gate import gate
from vivier.desk.method.supply import Supply
from vivier.errors import FieldError, InvalidRequest
from vivier.law.parameters import value
from vivier.lexicon import Lexicon
from vivier.memory import Room
from vivier.model.views import CapacityView, SupplierView
from vivier.search.conditions import Conditions
from vivier.search.filters import holding, unknown_code
from vivier.search.operators import AnyOf, Not, Operator, Part, Same, Search, Sort, Terms, Tier, conjunction
from vivier.search.port import Hit
from vivier.search.scoring import DECLARED, NAMED
from vivier.search.snapshot import Snapshot
from vivier.suppliers.reach import reach, served
from vivier.suppliers.refused import refusing
from vivier.territory import Gazetteer, Territory
from vivier.trades.table import STAFFING
from vivier.validity import State, holds_on, state_on
from vivier.vocabulary import EVIDENCES

_WHOLE, _IN_PART = 2, 1
"""Points of the part *in_trade* of a search."""
_FTE: Final = ("etp", "etp_insertion")
_STRONGEST_LAST: Final = tuple(reversed(EVIDENCES))
_MOST_SITES: Final = 50_000
"""Sites kept for a generation and a day: about 60 MB."""
_BELIEVED: Final[tuple[float | None, ...]] = (None, *STEPS)
"""The probability of each value of the part *belief* of a search."""


@dataclass(frozen=True)
class SupplyAsked:
    """Query of a supply: trades (codes, with their narrower trades), territories (typed ids, read as alternatives), date on which
    agreements and certificates must be valid. ``any_trade``: candidates of other trades are read too, and excluded with that
    reason; ``others``: also reads, among the sites that cover the place or might, those whose trade no source gives and those
    that lend people whatever the trade."""

    trades: tuple[str, ...]
    territories: tuple[str, ...]
    as_of: date
    any_trade: bool = False
    others: bool = True


def supply(query: SupplyAsked, article: str, snapshot: Snapshot, lexicon: Lexicon) -> Supply:
    """The supply of one article. For several articles, read :func:`candidates` once and apply :func:`gate` for each."""
    return gate(candidates(query, snapshot, lexicon), article, query.as_of)


class Sites:
    """What records say of sites on a day. A record is read once, however many trades and places ask for its site."""

    def __init__(self, as_of: date, replies: Replies = NO_REPLIES) -> None:
        self.as_of, self._replies = as_of, replies
        self._read: dict[str, Candidate] = {}

    @classmethod
    def of(cls, snapshot: Snapshot, as_of: date) -> Sites:
        """Those of a generation on a day, kept from one request to the next while they are few."""
        found = _REMEMBERED.of(on(snapshot, as_of, "suppliers"), lambda: cls(as_of, _replies(snapshot)))
        if len(found._read) > _MOST_SITES:
            found._read = {}
        return found

    def candidate(self, hit: Hit[SupplierView]) -> Candidate:
        """Turns a hit of the searches below into a candidate for the gate."""
        read = self._read.get(hit.id)
        if read is None:
            read = self._read[hit.id] = _site(hit.id, hit.record, self.as_of, self._replies)
        zone, proof = hit.parts.get("zone", 0), hit.parts.get("proof", 0)
        refused = bool(hit.parts.get("refused", 0))
        return read.but(
            in_trade=bool(hit.parts.get("in_trade", 0)),
            in_part=hit.parts.get("in_trade", 0) == _IN_PART,
            refused=refused,
            trade_known=read.trade_known or refused,
            zone=ZONE_ORDER[:-1][-(zone // 3)] if zone else "none",
            declared=zone % 3 > 0,
            nationwide=zone % 3 == 1,
            proof=_STRONGEST_LAST[proof - 1] if proof else None,
            distance_km=None if hit.distance_km is None else round(hit.distance_km, 2),
            believed=LEAST if refused else _BELIEVED[hit.parts.get("belief", 0)],
        )


_REMEMBERED: Final[Room[Hashable, Sites]] = Room()


def candidates(
    query: SupplyAsked, snapshot: Snapshot, lexicon: Lexicon, sites: Sites | None = None
) -> tuple[Candidate, ...]:
    """Every site of the trades linked to the place by its zone or its seat, closed ones included. ``sites``: those already read on the
    date of the query.

    Raises ``InvalidRequest`` naming « trade » or « territory », ``NotFound`` when nothing is indexed.
    """
    territories = places(query.territories, lexicon)
    searches = [_search(query, territories, lexicon)]
    if query.others and not query.any_trade:
        searches.append(_others(query, searches[0], territories, lexicon))
    read = sites or Sites.of(snapshot, query.as_of)

    def found(search: Search) -> list[Candidate]:
        return [read.candidate(hit) for hit in snapshot.suppliers.stream(search)]

    every = chain.from_iterable(snapshot.together(*(partial(found, search) for search in searches)))
    return tuple(map(_lending, every)) if STAFFING in query.trades else tuple(every)


def _lending(site: Candidate) -> Candidate:
    """The site, whose trade is to lend people by the statute of its kind when it is one of those that lend whatever the trade."""
    if site.in_trade or site.refused or not any(kind in lenders() for kind in site.possible_kinds):
        return site
    return site.but(in_trade=True, in_part=False, trade_known=True, proof="statute")


def _might_answer() -> tuple[str, ...]:
    """Kinds that may be contacted under any article: those of reservations, and those that carry hours in their trade."""
    return tuple(dict.fromkeys((*reserving_kinds(), *doers())))


def places(ids: tuple[str, ...], lexicon: Lexicon) -> tuple[Territory, ...]:
    """The territories of these ids. Raises ``InvalidRequest`` when there is none or when one is unknown."""
    if not ids:
        message = "« territory » : donnez au moins un territoire, par exemple departement:35."
        raise InvalidRequest((FieldError("territory", "missing", message),))
    found = {territory.id: territory for text in ids for territory in lexicon.gazetteer.expand(text, "territory")[0]}
    return tuple(found.values())


def known_trades(codes: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    """The trades given, checked. Raises ``InvalidRequest`` when there is none or when one is unknown."""
    if not codes:
        raise InvalidRequest((FieldError("trade", "missing", "« trade » : donnez au moins un métier ou un code CPV."),))
    known = lexicon.trade_names
    if errors := [unknown_code("trade", code, known, lexicon) for code in codes if code not in known]:
        raise InvalidRequest(tuple(errors))
    return codes


def _search(query: SupplyAsked, territories: tuple[Territory, ...], lexicon: Lexicon) -> Search:
    trade, day = Terms("trade", known_trades(query.trades, lexicon)), query.as_of.isoformat()
    own: dict[str, Operator] = {} if query.any_trade else {"trade": trade}
    conditions = Conditions({}, day, own, served(territories, "any", lexicon.gazetteer))
    offer = holding(day, trade)
    points = (lexicon.gazetteer.reference_point(territory.id) for territory in territories)
    return Search(
        where=conditions.where(),
        parts=(
            zone_part((offer,) if own else (), territories, lexicon.gazetteer),
            _proof_part(offer),
            _belief_part(query.trades),
            Part("in_trade", degrees(query.trades, day, offer)),
            Part("refused", (Tier(refusing(query.trades), 1),)),
        ),
        sort=(Sort("name_sort"),),
        origins=tuple(point for point in points if point is not None),
    )


def _others(query: SupplyAsked, search: Search, territories: tuple[Territory, ...], lexicon: Lexicon) -> Search:
    """The search for open sites that cover the place, or might, without an offer of the trade: those whose trade no source gives,
    of a kind that meets an article or carries hours, those of a kind that lends people, and those that declare not to do the trade."""
    of_trade = Terms("trade", known_trades(query.trades, lexicon))
    silent = conjunction(untold(query.as_of), Same("agreements", (Terms("kind", _might_answer()),)))
    where = conjunction(
        Not(Same("offers", (holding(query.as_of.isoformat(), of_trade),))),
        Same("offers", (covers_or_might(territories, lexicon.gazetteer),)),
        AnyOf((silent, Same("agreements", (Terms("kind", lenders()),)), refusing(query.trades))),
        OPEN,
    )
    parts = (zone_part((), territories, lexicon.gazetteer), *search.parts[1:])
    return replace(search, where=where, parts=parts)


def zone_part(offer: tuple[Operator, ...], territories: tuple[Territory, ...], gazetteer: Gazetteer) -> Part:
    """A score part whose points encode the best class in which an offer reaches the place, and how its zone is known: three
    points a class, plus one when it is the whole country from a seat elsewhere, two when it is published otherwise."""
    here = Terms("seat", tuple(territory.id for territory in territories))
    tiers = []
    for rank, name in enumerate(reversed(ZONE_ORDER[:-1]), 1):
        reached = reach(name, territories, gazetteer)
        published = Same("offers", (*offer, reached, DECLARED))
        named = AnyOf((Same("offers", (*offer, reached, NAMED)), conjunction(published, here)))
        tiers += [
            Tier(Same("offers", (*offer, reached)), 3 * rank),
            Tier(published, 3 * rank + 1),
            Tier(named, 3 * rank + 2),
        ]
    return Part("zone", tuple(tiers))


def degrees(trades: tuple[str, ...], day: str, offer: Operator) -> tuple[Tier, ...]:
    """The two degrees of « does the trade »: an offer of the trade itself, or of a narrower one alone. Whoever lends people does so for any part."""
    whole = Tier(Same("offers", (holding(day, Terms("trade_own", trades)),)), _WHOLE)
    return (
        (Tier(Same("offers", (offer,)), _WHOLE),)
        if STAFFING in trades
        else (whole, Tier(Same("offers", (offer,)), _IN_PART))
    )


def _proof_part(trade: Operator) -> Part:
    weakest_first = enumerate(_STRONGEST_LAST, 1)
    return Part(
        "proof", tuple(Tier(Same("offers", (trade, Terms("evidence", (code,)))), rank) for rank, code in weakest_first)
    )


def _belief_part(trades: tuple[str, ...]) -> Part:
    """A score part whose points tell the stored belief of the likeliest of the trades: the place of its step, from 1."""
    every = zip(*(codes(trade) for trade in trades), strict=True)
    tiers = ((STEPS.index(values[0][1]) + 1, tuple(value for value, _ in values)) for values in every)
    return Part("belief", tuple(Tier(Terms("belief", values), points) for points, values in tiers))


def candidate(hit: Hit[SupplierView], as_of: date) -> Candidate:
    """Turns one hit into a candidate (:meth:`Sites.candidate`)."""
    return Sites(as_of).candidate(hit)


def _replies(snapshot: Snapshot) -> Replies:
    """How many structures of each kind answered when they were asked, as the generation learnt it."""
    counts = snapshot.suppliers.generation.meta.get("replies", {})
    return {kind: Tally(yes, no) for kind, (yes, no) in counts.items()}


def _site(id_: str, record: SupplierView, as_of: date, replies: Replies) -> Candidate:
    """What a record says of its site, whatever the trade and the place."""
    address = _value(record, "address") or {}
    turnover, year = _turnover(record)
    volume = _newest(record, "volume_eur_year")
    agreements = _agreements(record, as_of)
    kinds = {kind for kind, _ in agreements}
    counted = not kinds.isdisjoint(replies)
    seat = address.get("arrondissement") or address.get("commune")
    return Candidate(
        id=id_,
        name=record["name"]["value"],
        siren=_value(record, "siren"),
        siret=_value(record, "siret"),
        kinds=tuple(dict.fromkeys(kind for kind, state in agreements if state in ("valid", "unknown"))),
        expired=tuple(dict.fromkeys(kind for kind, state in agreements if state == "expired")),
        coming=tuple(dict.fromkeys(kind for kind, state in agreements if state == "future")),
        to_check=tuple(dict.fromkeys(kind for kind, state in agreements if state == "to_check")),
        undated=any(state == "unknown" for _, state in agreements),
        closed=bool(_value(record, "closed")),
        trade_known=any(
            "trade" in offer and holds_on(offer, as_of)
            for offer in (fact["value"] for fact in record.get("offers", ()))
        ),
        turnover=turnover,
        turnover_year=year,
        volume=None if volume is None else float(volume["value"]),
        fte=_fte(record),
        commune=seat,
        networks=tuple(fact["value"] for fact in record.get("networks", ())),
        checked=_checked(record),
        answers=max((each["yes"] + each["no"] for each in record.get("learnt", ())), default=0.0),
        replies=reply_rate(kinds, replies, value("asked_answers")) if counted else None,
    )


def _value(record: SupplierView, name: str) -> Any:
    fact: Any = record.get(name)
    return None if fact is None else fact["value"]


def _checked(record: SupplierView) -> date | None:
    """The last day on which a source gave the site as open; ``None`` when unknown or closed."""
    fact = record.get("closed")
    if fact is None or fact["value"]:
        return None
    updated = fact["provenance"].get("updated_at") or fact["provenance"].get("fetched_at")
    return None if updated is None else date.fromisoformat(updated[:10])


def _agreements(record: SupplierView, day: date) -> list[tuple[str, State]]:
    return [(fact["value"]["kind"], state_on(fact["value"], day)) for fact in record.get("agreements", ())]


def _turnover(record: SupplierView) -> tuple[float | None, int | None]:
    """The newest published turnover, in euros, and its year. A zero or negative turnover is unknown."""
    newest = _newest(record, "eur_year")
    if newest is None or newest["value"] <= 0:
        return None, None
    return float(newest["value"]), newest.get("year")


def _fte(record: SupplierView) -> float | None:
    """Full-time equivalents of the newest year. Those in insertion are used when no source gives the total."""
    sizes = (_newest(record, unit) for unit in _FTE)
    return next((float(size["value"]) for size in sizes if size is not None), None)


def _newest(record: SupplierView, unit: str) -> CapacityView | None:
    """The newest size of a record in a unit, the first given among equals; ``None`` when there is none."""
    sizes = (fact["value"] for fact in record.get("capacities", ()))
    return max((size for size in sizes if size["unit"] == unit), key=lambda size: size.get("year") or 0, default=None)
