"""The quarterly letter of a structure that follows its leads: « Pourquoi pas moi ? », what it did not win in three months and the one fact that
would have opened it. It leaves once a quarter, on a day of the first four weeks drawn for each subscription, so that no night bears them all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.missed import FACTS, Missed, find_missed
from vivier.contracts.missed_query import MissedQuery
from vivier.contracts.objects import object_title
from vivier.french import plural
from vivier.lexicon import Lexicon
from vivier.mail.subscriptions import Followed
from vivier.search.query_url import url_of
from vivier.search.snapshot import Snapshot

MONTHS: Final = 3
SHOWN: Final = 3
"""Purchases that the letter names, the first of each fact."""
SPREAD_DAYS: Final = 28
PATH: Final = "/pourquoi-pas-moi"


@dataclass(frozen=True)
class Quarter:
    """What the letter says. ``key``: its stable name; ``facts``: how many purchases each fact opens; ``examples``: purchase, page and fact;
    ``path``: the page of them all."""

    key: str
    total: int
    looked_at: int
    facts: tuple[tuple[str, str], ...]
    examples: tuple[tuple[str, str, str], ...]
    path: str


def quarter_key(followed: Followed, query: Any, today: date) -> str | None:
    """The name of the letter that is due to a subscription; ``None`` when none is: it follows no structure, its day of the quarter is not
    reached, or it began in this quarter."""
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    own_day = first + timedelta(days=int(followed.id[:6], 16) % SPREAD_DAYS)
    began = followed.began_on
    if followed.of != "leads" or query.supplier is None or began is None or began >= first or today < own_day:
        return None
    return f"missed/{first:%Y-%m}"


def quarter_of(key: str, query: LeadsQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Quarter | None:
    """What a structure did not win in three months; ``None`` when one fact opened nothing. Raises what
    :func:`vivier.contracts.missed.find_missed` does."""
    profile = query.whom
    missed_query = MissedQuery(**profile, months=MONTHS)
    found = find_missed(missed_query, snapshot, lexicon, today, of_each=1)
    if not found.total:
        return None
    facts = tuple((FACTS[fact], plural(count, "achat")) for fact, count in found.totals.items() if count)
    examples = tuple((object_title(each.record), _page(each), each.text) for each in found.found[:SHOWN])
    return Quarter(key, found.total, found.looked_at, facts, examples, url_of(PATH, missed_query))


def _page(missed: Missed) -> str:
    return f"/{'marches' if missed.collection == 'contracts' else 'avis'}/{missed.id}"
