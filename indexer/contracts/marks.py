"""Computes the fields by which both contracts and notices are found: territory, CPV tree, trades."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain
from typing import Any, Final

from vivier.contracts.insertion import INSERTION_CPV
from vivier.lexicon import Lexicon
from vivier.search.codes import trades_meant_by_cpv, trades_of_cpv
from vivier.search.port import Document
from vivier.trades.cpv import significant
from vivier.trades.words import load_trade_words

STUDIES: Final = frozenset(
    ("ingenierie-architecture", "conseil", "audit-energetique", "juridique-comptable", "enquetes-comptages")
)
"""Trades of who studies."""
_STUDY: Final = "ingenierie-architecture"
_STUDIED: Final = (
    "maîtrise d'œuvre",
    "maîtrise d'oeuvre",
    "assistance à maîtrise d'ouvrage",
    "assistant à maîtrise d'ouvrage",
    "assistance à la maîtrise d'ouvrage",
    "concours d'architecture",
    "équipe d'architectes",
    "coordination SPS",
    "coordonnateur SPS",
    "mission SPS",
    "mission CSPS",
    "mission de contrôle technique",
    "étude de faisabilité",
    "études géotechniques",
    "étude géotechnique",
    "diagnostic amiante",
    "schéma directeur",
    "mission OPC",
)
"""Words of the title of a study: what follows is what is studied, and nobody who only does that is asked [ours, from the leads of 2021]."""
_BEGINNING: Final = 3
"""Words of a title among which it says that goods are bought or hired."""
_BOUGHT: Final = ("acquisition", "achat", "fourniture", "location")
_LAID: Final = ("pose", "installation")
_GOODS: Final = ("denrées", "véhicule", "camion", "matériel", "matériaux", "produits", "fournitures")
_COMMUNAL = ("commune", "arrondissement")


@dataclass(frozen=True)
class Where:
    """What the index keeps of a territory. ``precise``: it is a commune or a part of one."""

    ids: tuple[str, ...]
    point: dict[str, float] | None
    departement: str | None
    region: str | None
    precise: bool

    def holds(self, seat: Where) -> bool:
        """Whether a seat lies in this place: the place and all that holds it hold the seat."""
        return set(self.ids) <= set(seat.ids)


class Marks:
    """Reads territories and codes, each distinct one once."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._phrases = load_trade_words().texts
        tokens = partial(lexicon.analysis.tokens, "french")
        self._studied = tuple(dict.fromkeys(f" {' '.join(tokens(phrase))} " for phrase in _STUDIED))
        self._bought, self._laid, self._goods = (
            frozenset(word for text in texts for word in tokens(text)) for texts in (_BOUGHT, _LAID, _GOODS)
        )
        self.where = lru_cache(maxsize=65_536)(self._read_where)
        self.cpv = lru_cache(maxsize=16_384)(self._read_cpv)

    def add_named_trades(self, document: Document, words: Sequence[str], *, study: bool = False) -> None:
        """Adds the trades that a text names to those of its CPV. They are what the purchase means when its CPV means no trade: « logiciel
        en restauration collective », under the CPV of software, feeds nobody. When the text names one of the trades that a broader CPV may
        mean, it means no other of them: « produits laitiers », under foods, is no market gardening. A look-alike of the text vetoes a trade
        of the CPV: a pitch of synthetic grass is no green space. A ``study``, which the words may name too, concerns who studies, whatever
        is studied. ``words`` is the text as index words."""
        tokens = tuple(" ".join(words).split())
        vetoed = self._phrases.vetoed(document["trades"], tokens)
        if vetoed:
            vetoed |= self._broader_of(vetoed, document["trades"])
            for field in ("trades", "meant_trades"):
                document[field] = [code for code in document[field] if code not in vetoed]
        named = dict(self._phrases.found_in(tokens))
        if study or any(phrase in f" {' '.join(tokens)} " for phrase in self._studied):
            self._keep_studies(document)
            named = {code: found for code, found in named.items() if code in STUDIES}
        if not document.get("cpv"):
            named = self._without_goods(document, named, tokens)
        if named:
            codes = self._all_with_broader(named)
            if not document["trades"]:
                document["meant_trades"] = codes
            sure = document["meant_trades"]
            own = sure if not sure or not named.keys().isdisjoint(document["trades"]) else document["trades"]
            document["trades"] = list(dict.fromkeys((*own, *codes)))

    def _broader_of(self, vetoed: Iterable[str], trades: Sequence[str]) -> frozenset[str]:
        """The trades that a document has as the broader ones of vetoed trades alone."""
        above = {code: {each.code for each in self._lexicon.trades.ancestors(code)} for code in trades}
        others = set().union(*(above[code] for code in trades if code not in vetoed))
        return frozenset(broader for code in vetoed for broader in above[code] - others)

    def _without_goods(
        self, document: Document, named: dict[str, set[tuple[str, ...]]], tokens: tuple[str, ...]
    ) -> dict[str, set[tuple[str, ...]]]:
        """The trades named by a title without a CPV code. What is hired or bought for a kitchen or a park feeds and mows nobody: a title
        that begins with such a word names no service, and with the word of a good, its keywords name none either."""
        begins = not self._bought.isdisjoint(tokens[:_BEGINNING]) and self._laid.isdisjoint(tokens)
        if begins:
            natures = {code: self._lexicon.trades.get(code).nature for code in named}
            named = {
                code: found for code, found in named.items() if "goods" in natures[code] or code in document["trades"]
            }
        if begins and not self._goods.isdisjoint(tokens):
            for field in ("trades", "meant_trades"):
                document[field] = [code for code in document[field] if "goods" in self._lexicon.trades.get(code).nature]
        return named

    def _keep_studies(self, document: Document) -> None:
        """Leaves the trades of studies only; engineering when there is none."""
        for field in ("trades", "meant_trades"):
            document[field] = [code for code in document[field] if code in STUDIES] or self._all_with_broader((_STUDY,))

    def add_meant(self, document: Document, trades: Iterable[str]) -> None:
        """Adds trades that a document means, when nothing else says which it means."""
        if not document["trades"]:
            document["trades"] = document["meant_trades"] = self._all_with_broader(trades)

    def _all_with_broader(self, codes: Iterable[str]) -> list[str]:
        """The trades and those above them, each once."""
        above = self._lexicon.trades.ancestors
        pairs = ((code, *(broader.code for broader in above(code))) for code in codes)
        return list(dict.fromkeys(chain.from_iterable(pairs)))

    def _read_cpv(self, cpv: str) -> dict[str, Any]:
        """A code of insertion says who works, not at what: it means no trade, the words do."""
        stem = significant(cpv)
        known = cpv not in INSERTION_CPV
        return {
            "cpv": [stem[:length] for length in range(2, len(stem) + 1)],
            "division": cpv[:2],
            "trades": self._all_with_broader(trades_of_cpv(self._lexicon, cpv)) if known else [],
            "meant_trades": self._all_with_broader(trades_meant_by_cpv(self._lexicon, cpv)) if known else [],
        }

    def _read_where(self, id_: str | None) -> Where:
        if id_ is None:
            return Where((), None, None, None, False)
        gazetteer = self._lexicon.gazetteer
        ids = gazetteer.ancestors(id_)
        precise = id_.startswith(_COMMUNAL)
        point = gazetteer.reference_point(id_) if precise or id_.startswith("epci") else None
        levels = {
            level: next((ancestor for ancestor in ids if ancestor.startswith(level)), None)
            for level in ("departement", "region")
        }
        shown = None if point is None else {"lon": point[0], "lat": point[1]}
        return Where(tuple(ids), shown, levels["departement"], levels["region"], precise)
