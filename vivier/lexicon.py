"""The reference tables that queries are read with: territories, trades, the French analysis, the vocabulary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property

from rapidfuzz import fuzz, process, utils

from vivier.law.kinds import KINDS
from vivier.law.labels import LABELS
from vivier.territory import Gazetteer, load_gazetteer
from vivier.text import Analysis, load_analysis
from vivier.text.folding import fold
from vivier.trades.find import find_trades
from vivier.trades.table import Trades, load_trades


@dataclass(frozen=True)
class Lexicon:
    """The reference tables. They are loaded once and passed to the functions that need them."""

    gazetteer: Gazetteer
    trades: Trades
    analysis: Analysis

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Codes and French names of the kinds of structure."""
        return {code: kind.name for code, kind in KINDS.items()}

    @cached_property
    def labels(self) -> dict[str, str]:
        """Codes and French names of the labels."""
        return {code: label.name for code, label in LABELS.items()}

    @cached_property
    def trade_names(self) -> dict[str, str]:
        """Codes and French names of the trades."""
        return {trade.code: trade.name for trade in self.trades}

    @cached_property
    def departements(self) -> dict[str, str]:
        """Typed ids and names of the départements."""
        return {f"departement:{code}": name for code, name in self.gazetteer.names["departement"].items()}

    @cached_property
    def regions(self) -> dict[str, str]:
        """Typed ids and names of the régions."""
        return {f"region:{code}": name for code, name in self.gazetteer.names["region"].items()}

    def nearest(self, text: str, allowed: Iterable[str]) -> str | None:
        """The allowed code that is most similar to ``text``, else the trade that its words mean; ``None`` when none is similar enough to suggest."""
        worded = allowed is self.trade_names
        if worded and (begun := next((code for code in allowed if code.startswith(f"{fold(text).lower()}-")), None)):
            return begun
        scorer, least = (fuzz.ratio, 85) if worded else (fuzz.WRatio, 70)
        found = process.extractOne(
            text, list(allowed), scorer=scorer, processor=utils.default_process, score_cutoff=least
        )
        if found is None and worded:
            return next((trade.code for trade in find_trades(text[:120], self.trades, self.analysis)), None)
        return found[0] if found else None


@cache
def load_lexicon() -> Lexicon:
    """The lexicon of the committed tables."""
    return Lexicon(load_gazetteer(), load_trades(), load_analysis())
