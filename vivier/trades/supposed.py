"""Trades supposed of a structure that publishes none, to propose it contracts.

The trade that the activity code lets suppose comes first, and alone: a restaurant is not a cleaner. Without one, three pieces of
evidence give tenths (1 to 10), and the highest counts: what the likelihood learnt says of the kind, the activity code, the name and
the département (:mod:`vivier.trades.likelihood`), what contracts the kind wins, and what structures of the kind commonly do
(``mappings/tables/kind_trades.csv``, of ours: the real lists tell the trade of two ESAT out of 760, too few to learn from). A
supposed trade is always told as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from mappings import read_table
from vivier.trades.likelihood import Feature, likely
from vivier.trades.table import Trades

BY_ACTIVITY: Final = 9
"""Tenths of the trade that an activity code lets suppose (as ``_SUPPOSED`` in the search of suppliers)."""
LEAST_LEARNT: Final = 2
"""Tenths under which the likelihood learnt proposes nothing: at one tenth, one trade in ten would be right."""


@lru_cache(maxsize=1)
def _kind_trades() -> Mapping[str, Mapping[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for row in read_table("kind_trades"):
        found.setdefault(row["kind"], {})[row["trade"]] = int(row["tenths"])
    return found


def supposed_trades(
    by_activity: Iterable[str], kinds: Iterable[str], given: Iterable[Feature], won: Mapping[str, int], trades: Trades
) -> tuple[tuple[str, int], ...]:
    """The supposed trades of a structure, each with its tenths, the surest first, then by code.

    ``by_activity``: trades that its activity code lets suppose; ``given``: what the likelihood reads of it;
    ``won``: tenths of the contracts won by its kinds, by trade.
    """
    certain = tuple(dict.fromkeys(by_activity))
    if certain:
        return tuple((code, BY_ACTIVITY) for code in certain)
    learnt = {code: tenths for code, tenths in likely(given, trades).items() if tenths >= LEAST_LEARNT}
    found: dict[str, int] = {}
    for evidence in (learnt, won, *(_kind_trades().get(kind, {}) for kind in kinds)):
        for code, tenths in evidence.items():
            found[code] = max(tenths, found.get(code, 0))
    return tuple(sorted(found.items(), key=lambda trade: (-trade[1], trade[0])))
