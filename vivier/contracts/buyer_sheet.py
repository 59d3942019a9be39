"""The sheet of a buyer: its shares against the PNAD targets and its peers, its reserved contracts, its holders, the contracts
that end and the notices that are open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

import numpy as np

from vivier.contracts.announced import announced_calls
from vivier.contracts.indicators import Indicators, IndicatorsQuery, indicators
from vivier.contracts.months import add_months
from vivier.contracts.shares import LEAST_COVERAGE, LEAST_RECORDED, Share
from vivier.contracts.status import not_renewed, status_condition
from vivier.contracts.story import RelatedBody, summary
from vivier.errors import NotFound
from vivier.law.parameters import value
from vivier.lexicon import Lexicon
from vivier.model.views import BuyerView, NoticeView
from vivier.search.operators import All, Exists, Measure, Not, Operator, Range, Search, Sort, Terms, conjunction
from vivier.search.snapshot import Snapshot

METHOD_VERSION: Final = "buyer-1"
PEER_MONTHS: Final = 36
LEAST_PEERS: Final = 8
MOST_LISTED: Final = 20
ENDING_MONTHS: Final = 18


@dataclass(frozen=True)
class Peers:
    """Shares of recorded contracts among buyers of one category, over the last 36 months: quartiles, never a league table.
    ``n`` counts the peers that record enough contracts (five, and half of all theirs); the buyer itself is left out."""

    category: str
    n: int
    lower: float | None
    median: float | None
    upper: float | None
    own: Share
    shares: tuple[float, ...] = ()
    """The share of each peer, in increasing order, without a name: where a buyer stands is drawn, not who stands before it."""


@dataclass(frozen=True)
class Known:
    """How many contracts of the buyer give an amount, an end, a number of offers, out of ``n``."""

    n: int
    amounts: int
    ends: int
    offers: int


@dataclass(frozen=True)
class Spaser:
    """Whether the buyer seems large enough for a SPASER: largest sum of the amounts notified in one full year, doubted ones
    left out, frameworks at their maximum. A hint, never a finding."""

    year: str | None
    amount: float
    reached: bool


@dataclass(frozen=True)
class Holder:
    """A holder of this buyer's contracts: ``amount`` sums the whole contracts whose amount is known (``amounts`` of them, ``None``
    when none is), each holder of a group counted in full."""

    siren: str
    contracts: int
    running: int
    amount: float | None
    amounts: int
    name: str | None
    inclusive: bool


@dataclass(frozen=True)
class BuyerSheet:
    """Everything the page of a buyer shows. Lists hold summaries of contracts, most recent or soonest first, :data:`MOST_LISTED` at most;
    ``ends`` counts all those that end soon. ``known`` counts the
    contracts notified by the day of the query; ``record`` is the buyer as indexed, whatever that day."""

    record: BuyerView
    known: int
    gives: Known
    by_year: Indicators
    by_division: Indicators
    peers: Peers
    spaser: Spaser
    reserved: list[RelatedBody]
    undeclared: list[RelatedBody]
    ending: list[RelatedBody]
    ends: int
    holders: list[Holder]
    notices: list[NoticeView] | None
    announced: list[NoticeView]


def buyer_sheet(siren: str, snapshot: Snapshot, lexicon: Lexicon, as_of: date) -> BuyerSheet:
    """The sheet of a buyer. Raises ``NotFound`` when no contract of it is indexed."""
    own = conjunction(Terms("buyer", (siren,)), Range("notified", lte=as_of.isoformat(), missing=True))
    query = IndicatorsQuery(buyer=(siren,), as_of=as_of)

    def contracts(where: Operator, sort: Sort) -> tuple[list[RelatedBody], int]:
        search = Search(where=conjunction(own, where), sort=(sort,), limit=MOST_LISTED)
        found = snapshot.contracts.search(search)
        return [summary(hit.record, as_of, lexicon) for hit in found.hits], found.total

    newest = Sort("notified", descending=True)
    undeclared = conjunction(Terms("inclusive", ("siret",)), Not(Terms("social", ("yes",))))
    last = add_months(as_of, ENDING_MONTHS).isoformat()
    soon = conjunction(Range("ends", gte=as_of.isoformat(), lte=last), not_renewed(as_of))
    (record, peers), (by_year, by_division), (gives, holders, notices, announced), (reserved, without, ending) = (
        snapshot.together(
            lambda: _record_and_peers(siren, snapshot, as_of),
            lambda: snapshot.together(
                lambda: indicators(query, snapshot, lexicon, as_of),
                lambda: indicators(query.model_copy(update={"by": "division"}), snapshot, lexicon, as_of),
            ),
            lambda: snapshot.together(
                lambda: _known(own, snapshot),
                lambda: _holders(own, snapshot, as_of),
                lambda: _notices(Terms("buyer", (siren,)), snapshot, as_of),
                lambda: announced_calls((siren,), snapshot, as_of),
            ),
            lambda: snapshot.together(
                lambda: contracts(Terms("provisions", ("reserved",)), newest),
                lambda: contracts(undeclared, newest),
                lambda: contracts(soon, Sort("ends")),
            ),
        )
    )
    return BuyerSheet(
        record=record,
        known=gives.n,
        gives=gives,
        by_year=by_year,
        by_division=by_division,
        peers=peers,
        spaser=_spaser(by_year, as_of),
        reserved=reserved[0],
        undeclared=without[0],
        ending=ending[0],
        ends=ending[1],
        holders=holders,
        notices=notices,
        announced=announced,
    )


def _record_and_peers(siren: str, snapshot: Snapshot, as_of: date) -> tuple[BuyerView, Peers]:
    record = snapshot.buyers.get([siren]).get(siren)
    if record is None:
        raise NotFound(f"Aucun acheteur « {siren[:20]} » parmi les marchés en service.")
    return record, _peers(siren, record["category"], snapshot, as_of)


def _known(own: Operator, snapshot: Snapshot) -> Known:
    counts = tuple((field, conjunction(own, Exists(field))) for field in ("amount", "ends", "offers"))
    found = snapshot.contracts.search(Search(where=own, sort=(), counts=counts, limit=0))
    return Known(found.total, *(found.counts[field] for field, _ in counts))


def _peers(siren: str, category: str, snapshot: Snapshot, as_of: date) -> Peers:
    since = add_months(as_of, -PEER_MONTHS).isoformat()
    where = conjunction(Terms("buyer_category", (category,)), Range("notified", gte=since, lte=as_of.isoformat()))
    measures = tuple(Measure(state, where=Terms("social", (state,))) for state in ("yes", "no", "unknown"))
    found = snapshot.contracts.group(where, "buyer", measures)
    yes, no, unknown = (found.measures[state] for state in ("yes", "no", "unknown"))
    recorded, total = yes + no, yes + no + unknown
    enough = (recorded >= LEAST_RECORDED) & (recorded >= LEAST_COVERAGE * total)
    mine = np.array([value == siren for value in found.values], bool)
    shares = (yes / np.maximum(recorded, 1))[enough & ~mine]
    own = Share(*(int(figures[mine].sum()) for figures in (yes, no, unknown)))
    drawn = tuple(sorted(round(float(share), 4) for share in shares))
    if len(shares) < LEAST_PEERS:
        return Peers(category, len(shares), None, None, None, own)
    lower, median, upper = (round(float(quantile), 4) for quantile in np.quantile(shares, (0.25, 0.5, 0.75)))
    return Peers(category, len(shares), lower, median, upper, own, drawn)


def _spaser(by_year: Indicators, as_of: date) -> Spaser:
    full = [row for row in by_year.rows if row.value.isdigit() and int(row.value) < as_of.year]
    largest = max(full, key=lambda row: row.social.amount_all, default=None)
    if largest is None:
        return Spaser(None, 0.0, False)
    amount = largest.social.amount_all
    return Spaser(largest.value, amount, amount >= value("spaser_amount", as_of))


def _holders(own: Operator, snapshot: Snapshot, as_of: date) -> list[Holder]:
    running = Range("ends", gte=as_of.isoformat())
    measures = (
        Measure("n"),
        Measure("running", where=running),
        Measure("amount", "sum", "amount"),
        Measure("amounts", where=Exists("amount")),
        Measure("inclusive", where=Terms("inclusive", ("siret",))),
    )
    found = snapshot.contracts.group(own, "holders", measures)
    order = np.lexsort((np.arange(len(found.values)), -found.measures["amount"], -found.measures["n"]))[:MOST_LISTED]
    each = (
        partial(_holder, found.values[i], {name: float(m[i]) for name, m in found.measures.items()}, own, snapshot)
        for i in order
    )
    return list(snapshot.together(*each))


def _holder(siren: str, figures: Mapping[str, float], own: Operator, snapshot: Snapshot) -> Holder:
    search = Search(
        where=conjunction(own, Terms("holders", (siren,))), sort=(Sort("notified", descending=True),), limit=1
    )
    hits = snapshot.contracts.search(search).hits
    names = [
        organisation["name"]
        for hit in hits
        for organisation in (*hit.record.get("inclusive", ()), *hit.record.get("holders", ()))
        if organisation.get("siren") == siren and organisation.get("name") and not organisation.get("subcontractor")
    ]
    return Holder(
        siren=siren,
        contracts=int(figures["n"]),
        running=int(figures["running"]),
        amount=figures["amount"] if figures["amounts"] else None,
        amounts=int(figures["amounts"]),
        name=names[0] if names else None,
        inclusive=figures["inclusive"] > 0,
    )


def _notices(own: Operator, snapshot: Snapshot, as_of: date) -> list[NoticeView] | None:
    """Open notices of the buyer, soonest deadline first; ``None`` when no notice is indexed."""
    search = Search(
        where=conjunction(own, status_condition("open", as_of), All()), sort=(Sort("deadline"),), limit=MOST_LISTED
    )
    try:
        return [hit.record for hit in snapshot.notices.search(search).hits]
    except NotFound:
        return None
