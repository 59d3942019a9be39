"""A feasibility study on the index: reads candidates, those around and contracts, then applies the pure method and writes its
sentences."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from vivier.clausier.hours import HoursAsked, insertion_hours, labour_of, most_of
from vivier.desk.facts.around import around
from vivier.desk.facts.candidates import SupplyAsked, candidates, places
from vivier.desk.facts.experience import Experience, experience
from vivier.desk.facts.presence import presence
from vivier.desk.method.feasibility import DEFAULTS, Feasibility, Lot, Options, Pool, of_trades
from vivier.desk.method.verdict import UNSEEN, Response
from vivier.desk.tell.advice import Advice, advice
from vivier.desk.tell.feasibility_text import feasibility_text
from vivier.lexicon import Lexicon
from vivier.search.snapshot import Snapshot
from vivier.territory import Territory
from vivier.trades.table import open_posts, trained_posts


@dataclass(frozen=True)
class Study:
    """The study of a lot. ``experience``: past contracts of the structures of the best article, ``None`` when none is indexed."""

    query: SupplyAsked
    territories: tuple[Territory, ...]
    feasibility: Feasibility
    advice: Advice
    experience: Experience | None
    text: str


def study(
    lot: Lot,
    query: SupplyAsked,
    snapshot: Snapshot,
    lexicon: Lexicon,
    options: Options = DEFAULTS,
    *,
    response: Callable[[], Response] = lambda: UNSEEN,
    opposed: Collection[str] = (),
    labour: HoursAsked | None = None,
) -> Study:
    """Studies a lot of one trade, or of trades read as alternatives. ``response`` (:func:`vivier.desk.facts.response.response`)
    gives what calibrates the response rate; it is asked with the rest. ``labour``: what is
    known of its insertion hours, besides its share of labour. Raises ``InvalidRequest``, or ``NotFound`` when nothing is indexed."""
    territories = places(query.territories, lexicon)
    seen, pool, wider, present = snapshot.together(
        response,
        lambda: candidates(query, snapshot, lexicon),
        lambda: around(query, snapshot, lexicon),
        lambda: presence(territories, query.as_of, snapshot, lexicon.gazetteer),
    )
    known = replace(
        lot,
        labour_share=lot.labour_share or labour_of(query.trades),
        open_posts=open_posts(query.trades, lexicon.trades),
        trained_posts=trained_posts(query.trades, lexicon.trades),
    )
    known_labour = labour or HoursAsked(lot.amount, lot.months or 12)
    hours = insertion_hours(replace(known_labour, trades=query.trades, labour_share=lot.labour_share))
    known = replace(known, most_hours=most_of(hours))
    pools = (Pool(pool, wider),)
    made = of_trades(known, pools, query.as_of, options, response=seen, opposed=opposed, present=present)
    sirens = {structure.site.siren for structure in made.best.supply.eligible if structure.site.siren is not None}
    names = ", ".join(lexicon.trades.get(code).name for code in query.trades)
    where = " ou ".join(territory.name for territory in territories)
    return Study(
        query,
        territories,
        made,
        advice(made, hours),
        experience(sirens, query.trades, query.as_of, snapshot),
        feasibility_text(made, (names,), where),
    )
