"""Reads groups of structures from the index: those that cover each trade and place, their past work together, and the nearest
structure when none covers a cell.

Past work of structures together, read from contracts: contracts held as one group, or different lots won in the same
consultation.

Several holders of one contract without a group (« Pas de groupement ») share a framework: they are rivals, not partners.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations
from typing import Final

from vivier.bodies import Body
from vivier.desk.consortium import need as needs
from vivier.desk.consortium.build import consortia, gated, sirens_of, surest
from vivier.desk.consortium.text import Names
from vivier.desk.facts.candidates import SupplyAsked, candidate, candidates, known_trades
from vivier.desk.facts.experience import indexed
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.supply import legal_kinds
from vivier.errors import FieldError, InvalidRequest
from vivier.lexicon import Lexicon
from vivier.search import operators as ops
from vivier.search.filters import holding
from vivier.search.snapshot import Snapshot
from vivier.suppliers.reach import reach
from vivier.territory import Gazetteer

Pair = tuple[str, str]
GROUPED: Final = ops.Terms("award", ("group",))
"""The contract is held by a group, *conjoint* or *solidaire*."""
_NO_RIVALS: Final = ops.Terms("award", ("one", "group"))
_MOST: Final = 300
"""Most consultations read, those with the most lots won first."""


def joint(sirens: Collection[str], snapshot: Snapshot) -> needs.Joint:
    """The past work of each pair of structures, over all indexed contracts. A pair without any is absent."""
    if len(sirens) < 2:
        return {}
    values = tuple(sorted(sirens))
    theirs = ops.Terms("holders", values)
    contracts = pairs_of(snapshot.contracts.members(ops.conjunction(theirs, GROUPED), "holders", values))
    lots = _lots(values, theirs, snapshot)
    return {
        pair: needs.Together(pair, tuple(sorted(contracts.get(pair, ()))), tuple(sorted(lots.get(pair, ()))))
        for pair in sorted({*contracts, *lots})
    }


def pairs_of(ids_by_holder: Mapping[str, Iterable[str]]) -> dict[Pair, set[str]]:
    """The ids that two holders share, by ordered pair."""
    found: dict[Pair, set[str]] = {}
    for id_, sirens in _turned(ids_by_holder).items():
        for first, second in combinations(sorted(sirens), 2):
            found.setdefault((first, second), set()).add(id_)
    return found


def _lots(values: tuple[str, ...], theirs: ops.Operator, snapshot: Snapshot) -> dict[Pair, set[str]]:
    """Lots of one consultation (same buyer, same object before « lot », notified within thirty days) that two structures won. The
    numbers of the lots must differ. Lots with several holders and no group are left out: their holders are rivals."""
    alone = ops.conjunction(theirs, _NO_RIVALS)
    counted = snapshot.contracts.group(
        ops.conjunction(alone, ops.Exists("consultation")), "consultation", (ops.Measure("n"),)
    )
    several = [(-n, mark) for mark, n in zip(counted.values, counted.measures["n"], strict=True) if n > 1]
    marks = tuple(mark for _, mark in sorted(several)[:_MOST])
    if not marks:
        return {}
    where = ops.conjunction(alone, ops.Terms("consultation", marks))
    by_mark = snapshot.contracts.members(where, "consultation", marks)
    holders = _turned(snapshot.contracts.members(where, "holders", values))
    numbers = {id_: record.get("lot") for id_, record in snapshot.contracts.get(sorted(holders)).items()}
    found: dict[Pair, set[str]] = {}
    for ids in by_mark.values():
        numbered = [id_ for id_ in ids if numbers.get(id_) is not None]
        for left, right in combinations(numbered, 2):
            if numbers[left] != numbers[right]:
                for pair in _apart(holders.get(left, []), holders.get(right, [])):
                    found.setdefault(pair, set()).update((left, right))
    return found


def _apart(left: Iterable[str], right: Iterable[str]) -> set[Pair]:
    """Ordered pairs of a holder of the left lot and a different holder of the right one."""
    return {(min(first, second), max(first, second)) for first in left for second in right if first != second}


def _turned(ids_by_holder: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """The mapping turned around: holders by id."""
    found: dict[str, list[str]] = {}
    for siren, ids in ids_by_holder.items():
        for id_ in ids:
            found.setdefault(id_, []).append(siren)
    return found


_NEAREST_OF: Final = 12
"""Most blocks for which the nearest structure is looked for."""
Pools = Mapping[needs.Cell, Sequence[Candidate]]


@dataclass(frozen=True)
class Studied:
    """The answer. ``cited``: the contracts that it names, by id; ``past_known``: contracts are indexed. Without them, past work
    together is unknown, which is not « none »."""

    found: needs.Consortium
    cited: Mapping[str, CitedBody] = field(default_factory=dict)
    past_known: bool = False


def names_of(lexicon: Lexicon) -> Names:
    """The French names of trades and places."""
    return Names(lambda code: lexicon.trade_names[code], lambda id_: lexicon.gazetteer.get(id_).name)


def parts_of(territories: tuple[str, ...], split: bool, gazetteer: Gazetteer) -> tuple[str, ...]:
    """The places that the group must all serve: those given. With ``split`` and a single place, its parts, which members may share
    out: régions of the country, départements of a région, EPCI of a département (those with most of their people there), communes
    of an EPCI.

    Raises ``InvalidRequest`` naming « territory » when there is none, when one is unknown, or when there are too many parts.
    """
    if not territories:
        message = "« territory » : donnez au moins un territoire, par exemple departement:35."
        raise InvalidRequest((FieldError("territory", "missing", message),))
    given = tuple(dict.fromkeys(place.id for text in territories for place in gazetteer.expand(text, "territory")[0]))
    if len(given) > 1 or not split:
        return given
    parts = _below(given[0], gazetteer)
    if len(parts) > needs.MOST_PARTS:
        message = f"« territory » : {len(parts)} parties à se répartir, {needs.MOST_PARTS} au plus. Donnez un lieu plus petit, ou les lieux un à un."
        raise InvalidRequest((FieldError("territory", "too_many", message),))
    return parts


def _below(id_: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    kind = gazetteer.get(id_).kind
    rows, communes = gazetteer.leaves(id_), gazetteer.communes
    if kind == "country":
        return tuple(
            f"region:{code}" for code in sorted(gazetteer.names["region"]) if len(code) == 2
        )  # no collectivity
    if kind == "region":
        return tuple(
            f"departement:{communes.departement.codes[n]}"
            for n in sorted(set(communes.departement.values[rows].tolist()))
            if n >= 0
        )
    if kind == "departement":
        inside = Counter[int]()
        for row in rows:
            inside[int(communes.epci.values[row])] += int(communes.weight[row])
        found = ((f"epci:{communes.epci.codes[n]}", people) for n, people in inside.items() if n >= 0)
        return tuple(
            sorted(epci for epci, people in found if 2 * people >= communes.weight[gazetteer.leaves(epci)].sum())
        )
    if kind == "epci":
        return tuple(sorted(f"commune:{communes.codes[row]}" for row in rows))
    return (id_,)


def study(need: needs.Need, territories: tuple[str, ...], snapshot: Snapshot, lexicon: Lexicon) -> Studied:
    """Groups for a need whose ``parts`` are those of ``territories``. Raises ``InvalidRequest``, ``NotFound`` when nothing is indexed."""
    known_trades(need.trades, lexicon)
    needs.check(need)
    return among(need, gated(need, pools(need, territories, snapshot, lexicon)), snapshot, lexicon)


def among(
    need: needs.Need,
    supplies: needs.Supplies,
    snapshot: Snapshot,
    lexicon: Lexicon,
    *,
    surely: bool = False,
) -> Studied:
    """Groups among supplies already read. ``surely``: prefers groups whose capacities are all known (:func:`surest`)."""
    past_known = indexed(snapshot)
    past = joint(sirens_of(supplies), snapshot) if past_known else {}
    found = (surest if surely else consortia)(need, supplies, past)
    if found.blocks:
        completed = (_with_nearest(block, need, snapshot, lexicon) for block in found.blocks[:_NEAREST_OF])
        others = (replace(block, nearest=None, why=needs.NOT_SOUGHT) for block in found.blocks[_NEAREST_OF:])
        found = replace(found, blocks=(*completed, *others))
    return Studied(found, cited(found.groups, snapshot) if past_known else {}, past_known)


def pools(need: needs.Need, territories: tuple[str, ...], snapshot: Snapshot, lexicon: Lexicon) -> Pools:
    """Candidates of each cell. The candidates of a trade are read once for all parts."""
    found: dict[needs.Cell, Sequence[Candidate]] = {}
    for trade in need.trades:
        query = SupplyAsked((trade,), territories, need.as_of, others=False)
        every = candidates(query, snapshot, lexicon)
        found |= by_part(trade, every, need.parts, need.as_of, snapshot, lexicon)
    return found


def by_part(
    trade: str,
    every: Sequence[Candidate],
    parts: tuple[str, ...],
    as_of: date,
    snapshot: Snapshot,
    lexicon: Lexicon,
) -> dict[needs.Cell, Sequence[Candidate]]:
    """Candidates of a trade by part, each with its coverage class in that part."""
    if len(parts) == 1:
        return {(trade, parts[0]): every}
    reached = _reached(trade, parts, as_of, snapshot, lexicon)
    return {(trade, part): [_in(site, reached[part].get(site.id)) for site in every] for part in parts}


def _in(site: Candidate, zone: str | None) -> Candidate:
    """A candidate with its coverage class in one part: ``partial`` when its zone reaches less than half of the people there. One that
    answered serves every part: it was asked for the whole place."""
    if site.takes:
        return site
    there = zone or ("partial" if site.zone in ("full", "wide") else site.zone)
    return site if there == site.zone else site.but(zone=there)


def _reached(
    trade: str, parts: tuple[str, ...], as_of: date, snapshot: Snapshot, lexicon: Lexicon
) -> dict[str, dict[str, str]]:
    """For each part, the coverage class (``full`` or ``wide``) of the suppliers that cover at least half of it for the trade."""
    offer = holding(as_of.isoformat(), ops.Terms("trade", (trade,)))
    places = [lexicon.gazetteer.get(part) for part in parts]
    tiers = {
        part: {name: ops.Same("offers", (offer, reach(name, (place,), lexicon.gazetteer))) for name in ("full", "wide")}
        for part, place in zip(parts, places, strict=True)
    }
    scored = tuple(
        ops.Part(f"part{n}", (ops.Tier(tiers[part]["full"], 2), ops.Tier(tiers[part]["wide"], 1)))
        for n, part in enumerate(parts)
    )
    where = ops.AnyOf(tuple(operator for reaches in tiers.values() for operator in reaches.values()))
    found: dict[str, dict[str, str]] = {part: {} for part in parts}
    for hit in snapshot.suppliers.stream(ops.Search(where=where, parts=scored, sort=(ops.Sort("name_sort"),))):
        for n, part in enumerate(parts):
            points = hit.parts.get(f"part{n}", 0)
            if points:
                found[part][hit.id] = "full" if points == 2 else "wide"
    return found


# -- what the answer names ---------------------------------------------------------------------------------------------


def _with_nearest(block: needs.Block, need: needs.Need, snapshot: Snapshot, lexicon: Lexicon) -> needs.Block:
    """The block completed with the nearest structure of the trade in the whole country whose kind meets the article, if the
    candidates had none. With several places, the distances of candidates are to the nearest place, so the structure nearest to
    this part is searched again."""
    if block.cell is None or (block.nearest is not None and len(need.parts) == 1):
        return block
    trade, part = block.cell
    point = lexicon.gazetteer.reference_point(part)
    if point is None:
        return replace(block, nearest=None, why=None)
    offer = ops.Same("offers", (holding(need.as_of.isoformat(), ops.Terms("trade", (trade,))),))
    kinds = tuple(dict.fromkeys(kind for article in needs.articles_of(need) for kind in legal_kinds(article)))
    answers = ops.Same("agreements", (ops.Terms("kind", kinds),))
    where = ops.conjunction(offer, ops.Exists("location"), answers, ops.Not(ops.Terms("closed", ("yes",))))
    parts = (ops.Part("in_trade", (ops.Tier(offer, 1),)),)
    search = ops.Search(where=where, parts=parts, origins=(point,), sort=(ops.Sort("distance"),), limit=1)
    hits = snapshot.suppliers.search(search).hits
    if not hits:
        return replace(block, nearest=None, why=None)
    found = candidate(hits[0], need.as_of)
    return replace(block, nearest=found, why=_why_not(found, set(kinds)))


def _why_not(found: Candidate, legal: set[str]) -> str:
    if legal & set(found.kinds):
        return "zone_none"
    return "agreement_to_check" if legal & set(found.to_check) else "agreement_expired"


class CitedBody(Body):
    """A contract that shows structures together."""

    id: str
    object: str | None
    buyer: str | None
    notified: str | None
    grouping: str | None
    lot: int | None


def cited(groups: Sequence[needs.Group], snapshot: Snapshot) -> dict[str, CitedBody]:
    """The contracts that the groups cite: object, buyer, date, form of the group."""
    ids = {id_ for group in groups for pair in group.together for id_ in (*pair.contracts, *pair.lots)}
    found = snapshot.contracts.get(sorted(ids)) if ids else {}
    return {
        id_: {
            "id": id_,
            "object": record.get("object"),
            "buyer": record["buyer"].get("name") or record["buyer"].get("siren"),
            "notified": record.get("notified"),
            "grouping": record.get("grouping"),
            "lot": record.get("lot"),
        }
        for id_, record in sorted(found.items())
    }
