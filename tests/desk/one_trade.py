"""A lot of one trade, assessed alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from vivier.desk.facts.presence import Presence
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.feasibility import DEFAULTS, Feasibility, Lot, Options, Pool, of_trades
from vivier.desk.method.verdict import UNSEEN, Response


def feasibility(
    lot: Lot,
    candidates: Sequence[Candidate],
    as_of: date,
    options: Options = DEFAULTS,
    *,
    around: Sequence[Candidate] = (),
    response: Response = UNSEEN,
    opposed: Collection[str] = (),
    present: Presence | None = None,
) -> Feasibility:
    """Assesses a lot against candidates, and those around them."""
    pool = Pool(candidates, around)
    return of_trades(lot, (pool,), as_of, options, response=response, opposed=opposed, present=present)
