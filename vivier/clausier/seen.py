"""Wordings seen in notices: short excerpts read from the index when they are asked for, with their source, day, link and the offers that
came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from vivier.bodies import Body
from vivier.clausier.table import KINDS, Kind
from vivier.errors import NotFound
from vivier.lexicon import Lexicon
from vivier.model.views import NoticeView
from vivier.privacy import personal
from vivier.search.operators import Search, Sort, Terms, conjunction
from vivier.search.snapshot import Snapshot

PROVISIONS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "social": ("clause", "criterion", "reserved", "social_unspecified"),
    "environmental": ("environmental",),
}
MOST_SEEN: Final = 5
LONGEST: Final = 280
"""Most characters of an excerpt: it shows how others word it, it does not give their text again."""
SHORTEST: Final = 30
"""Fewest characters: « Qualité environnementale » alone teaches no wording."""
_READ: Final = 60
"""Notices read to find excerpts, the latest first."""


class ExcerptBody(Body):
    """A wording, with the notice that publishes it and the offers that came."""

    text: str
    provision: str
    notice: str
    buyer: str | None
    published: str | None
    offers: int | None
    dataset: str | None
    producer: str | None
    licence: str | None
    url: str | None


class SeenBody(Body):
    of_trade: bool | None
    excerpts: list[ExcerptBody] | None


def seen(trade: str, kind: Kind, snapshot: Snapshot, lexicon: Lexicon, *, elsewhere: bool) -> SeenBody:
    """Wordings of notices of a trade and those below it, else, with ``elsewhere``, of any trade. ``of_trade`` says which; ``excerpts`` is
    ``None`` when notices are not indexed, which is not « none »."""
    try:
        notices = snapshot.notices
    except NotFound:
        return {"of_trade": None, "excerpts": None}
    codes = (trade, *(one.code for one in lexicon.trades.descendants(trade)))
    provisions = Terms("provisions", PROVISIONS[kind])
    latest = (Sort("published", descending=True),)
    own = conjunction(provisions, Terms("trades", codes))
    for where in (own, provisions) if elsewhere else (own,):
        answer = notices.search(Search(where=where, sort=latest, limit=_READ))
        found = {excerpt["text"]: excerpt for hit in answer.hits for excerpt in _excerpts(hit.id, hit.record, kind)}
        if found:
            return {"of_trade": where is own, "excerpts": list(found.values())[:MOST_SEEN]}
    return {"of_trade": False, "excerpts": []}


def _excerpts(id_: str, record: NoticeView, kind: Kind) -> Iterator[ExcerptBody]:
    """The excerpts of a notice for a kind of clause. One that may name a person is left out."""
    for evidence in record.get("evidence", ()):
        text = " ".join(evidence.get("excerpt", "").split())
        if evidence["provision"] in PROVISIONS[kind] and len(text) >= SHORTEST and not personal(text):
            provenance = evidence["provenance"]
            yield {
                "text": text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…",
                "provision": evidence["provision"],
                "notice": id_,
                "buyer": record["buyer"].get("name"),
                "published": record.get("published"),
                "offers": record.get("offers"),
                "dataset": provenance.get("dataset"),
                "producer": provenance.get("producer"),
                "licence": provenance.get("licence"),
                "url": provenance.get("url"),
            }


def every_kind(trade: str, snapshot: Snapshot, lexicon: Lexicon, *, elsewhere: bool = True) -> dict[str, SeenBody]:
    """The wordings seen for each kind of clause, as :func:`seen` gives them."""
    return {kind: seen(trade, kind, snapshot, lexicon, elsewhere=elsewhere) for kind in KINDS}
