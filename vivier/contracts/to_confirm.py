"""« À confirmer » : of a structure that has no sure lead, the nearest calls and ends of trades that it probably does, one a trade, each with its question.

They are no leads: they are counted apart, bring no letter, and no list sums them (docs/contracts.md, « Leads »). A « yes » makes leads of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import islice
from typing import Any, Final

from vivier.contracts.eligible import SOCIAL, SURE_OF_WORKS, lent
from vivier.contracts.lead_search import COLLECTIONS, lead_search
from vivier.contracts.leads import Lead, Leads, lead_of
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.opportunities import meant_trades, opportunities
from vivier.contracts.profile import LEAST_POSSIBLE, NEAR_SUPPOSED_KM, WHOLE_SERVICES, Profile
from vivier.contracts.query_profile import own_profile
from vivier.errors import NotFound
from vivier.lexicon import Lexicon
from vivier.procurement import LeadKind
from vivier.search.snapshot import Snapshot
from vivier.suppliers.believed import probable

MOST: Final = 3
"""Purchases to confirm at most: one question each, read in a minute."""
BEYOND_KM: Final = 45.0
"""Kilometres around a structure within which something to confirm is looked for, where its own zone has nothing [ours: of sixty such read on 3
December 2026, four of five beyond were not worth the question]."""
MOST_DEPARTEMENTS: Final = 6
"""Départements over which a purchase is spread, above which nobody is asked whether it does it [ours: of sixty that a blind reader judged on 3 December
2026, none of those so spread was worth the question; nor were six in eight works for people lent that write no clause]."""
_READ: Final = 30
"""Purchases of each kind among which those are chosen."""
_KINDS: Final[tuple[LeadKind, ...]] = ("open_notice", "expiring_contract")


@dataclass(frozen=True)
class ToConfirm:
    """A purchase that would be a lead if the structure did a trade. ``name``: of that trade, in French."""

    lead: Lead
    trade: str
    name: str

    def question(self, lends: bool) -> str:
        """The question, in French; of who lends people, whether it places some there."""
        ask = "Placez-vous des salariés en" if lends else "Faites-vous"
        return f"{ask} « {self.name} » ?"


def to_confirm(
    query: LeadsQuery, profile: Profile, found: Leads, snapshot: Snapshot, lexicon: Lexicon, today: date
) -> tuple[ToConfirm, ...]:
    """What to confirm, the best first; nothing for a structure that has leads, for a profile told by hand, for a public body."""
    if found.total or profile.supplier is None or profile.public or query.lead:
        return ()
    candidate = _candidate(query, profile, snapshot, lexicon, today)
    if not candidate.supposed:
        return ()
    km = candidate.zone.km
    for reach in (km,) if km is None else (km, max(km, BEYOND_KM)):
        near = replace(candidate, zone=replace(candidate.zone, km=reach), near_km=reach or NEAR_SUPPOSED_KM)
        some = tuple(islice(_one_a_trade(query, near, snapshot, lexicon, today), MOST))
        if some:
            return some
    return ()


def _leads(query: LeadsQuery, candidate: Profile, snapshot: Snapshot, lexicon: Lexicon, as_of: date) -> Iterator[Lead]:
    every = query.model_copy(update={"also": (*query.also, "supposed")})
    if candidate.lends:  # nobody takes people for a purchase that asks nothing social
        every = every.model_copy(update={"provision": SOCIAL})
    for kind in _KINDS:
        try:
            some = opportunities(
                snapshot, COLLECTIONS[kind], lead_search(kind, every, candidate, lexicon, as_of), _READ
            )
        except NotFound:  # not loaded
            continue
        yield from (lead_of(kind, each.first, candidate, as_of, lexicon, each.others) for each in some.found)


def _is_worth_asking(candidate: Profile, lead: Lead) -> bool:
    record: Mapping[str, Any] = lead.record
    if len(record.get("departements", ())) > MOST_DEPARTEMENTS:
        return False
    written = any(reason.code in ("reserved", "clause") for reason in lead.reasons)
    return written or not candidate.lends or record.get("category") != "travaux"


def _one_a_trade(
    query: LeadsQuery, candidate: Profile, snapshot: Snapshot, lexicon: Lexicon, today: date
) -> Iterator[ToConfirm]:
    """The best purchase of each trade."""
    leads, seen = _leads(query, candidate, snapshot, lexicon, query.as_of or today), set[str]()
    for lead in sorted(filter(partial(_is_worth_asking, candidate), leads), key=lambda lead: -lead.score):
        meant = meant_trades(snapshot.of(COLLECTIONS[lead.kind]), (lead.id,))
        trade = next((code for code, _ in candidate.supposed if code in meant), None)
        if trade is not None and trade not in seen:
            seen.add(trade)
            yield ToConfirm(lead, trade, lexicon.trades.get(trade).name)


def _candidate(query: LeadsQuery, profile: Profile, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Profile:
    """The profile as if the structure did what it probably does and does not publish; as if who lends people lent some in its branch, in any trade
    where its name tells none."""
    _, record = own_profile(query, snapshot, lexicon, today)
    assert record is not None  # the profile is that of a supplier
    believed = {
        code: each.probability for code, each in probable(record, lexicon, query.as_of or today, LEAST_POSSIBLE)
    }
    if profile.lends and not believed:
        some = lent(profile, lexicon) or lent(profile, lexicon, any_branch=True)
        believed = dict.fromkeys(some, SURE_OF_WORKS)
    apart = {*profile.trades, *profile.refused, *WHOLE_SERVICES}
    supposed = tuple((code, probability) for code, probability in believed.items() if code not in apart)
    return replace(profile, trades=(), supposed=supposed, possible=())
