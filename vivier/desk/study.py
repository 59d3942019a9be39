"""A feasibility study on what is indexed: candidates, those around, contracts, then the pure method and its sentences."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from vivier.desk.facts.around import around
from vivier.desk.facts.candidates import SupplyAsked, candidates, places
from vivier.desk.facts.experience import Experience, Observed, experience
from vivier.desk.facts.presence import presence
from vivier.desk.method.feasibility import DEFAULTS, Feasibility, Lot, Options, feasibility
from vivier.desk.method.hours import HoursAsked, insertion_hours, labour_of
from vivier.desk.tell.advice import Advice, advice
from vivier.desk.tell.feasibility_text import told
from vivier.engine.snapshot import Snapshot
from vivier.lexicon import Lexicon
from vivier.territory import Territory


@dataclass(frozen=True)
class Study:
    """A lot studied. ``experience``: of the structures of the best article, ``None`` when no contract is indexed."""

    asked: SupplyAsked
    territories: tuple[Territory, ...]
    feasibility: Feasibility
    advice: Advice
    experience: Experience | None
    text: str


def study(
    lot: Lot,
    asked: SupplyAsked,
    snapshot: Snapshot,
    lexicon: Lexicon,
    options: Options = DEFAULTS,
    *,
    observed: Observed | None = None,
    opposed: Collection[str] = (),
) -> Study:
    """Study a lot of one trade, or of trades read as alternatives. ``observed`` (:func:`vivier.desk.method.depth.observed`) calibrates the response rate: the same for all the
    lots of a trade, so that a programme reads it once. Raises ``InvalidRequest``, ``NotFound`` when nothing is indexed."""
    territories = places(asked.territories, lexicon)
    pool = candidates(asked, snapshot, lexicon)
    wider = around(asked, snapshot, lexicon)
    known = replace(lot, labour_share=lot.labour_share or labour_of(asked.trades))
    present = presence(territories, asked.as_of, snapshot, lexicon.gazetteer)
    made = feasibility(
        known, pool, asked.as_of, options, around=wider, observed=observed, opposed=opposed, present=present
    )
    sirens = {one.site.siren for one in made.best.supply.eligible if one.site.siren is not None}
    names = ", ".join(lexicon.trades.get(code).name for code in asked.trades)
    where = " ou ".join(one.name for one in territories)
    hours = (
        None
        if known.labour_share is None
        else insertion_hours(HoursAsked(lot.amount, lot.months or 12, known.labour_share))
    )
    return Study(
        asked,
        territories,
        made,
        advice(made, hours),
        experience(sirens, asked.trades, asked.as_of, snapshot),
        told(made, (names,), where),
    )
