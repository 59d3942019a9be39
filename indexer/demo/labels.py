"""Draws labels of the fictitious suppliers: they suit their trades and kinds, and are valid, expired, suspended or undated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

from indexer.demo.dice import Deck, Dice, Weighted
from indexer.demo.kinds import State, dates
from vivier.law.labels import LABELS
from vivier.model import Label
from vivier.trades.table import Trade

Scope = Literal["site", "legal_unit", "product", "qualification"]

STATES: Weighted[State] = Weighted({"valid": 64, "expired": 18, "unknown": 15, "future": 3})
SUSPENDED_SHARE = 0.05
SCOPES: dict[str, Scope] = {
    "RGE": "qualification",
    "BIO": "product",
    "EU_ECOLABEL": "product",
    "NF_ENV": "product",
    "ESUS": "legal_unit",
    "SOCIETE_MISSION": "legal_unit",
    "BCORP": "legal_unit",
    "BILAN_GES": "legal_unit",
    "RFAR": "legal_unit",
}
ALWAYS_UNDATED = frozenset({"EPV", "RFAR", "SOCIETE_MISSION"})  # their lists publish no date
TERM_DAYS = {"RGE": 4 * 365, "EPV": 5 * 365, "ESUS": 5 * 365, "EU_ECOLABEL": 4 * 365}

GROUP_LABELS: dict[str, tuple[str, ...]] = {
    "proprete": ("EU_ECOLABEL", "ISO14001"),
    "espaces-verts": ("PEFC", "ISO14001"),
    "dechets": ("ISO14001", "EMAS"),
    "recyclage": ("ISO14001",),
    "mobilier-artisanat": ("FSC", "PEFC", "EPV", "NF_ENV"),
    "textile": ("EU_ECOLABEL", "EPV"),
    "culture-loisirs-tourisme": ("EU_ECOLABEL",),
    "industrie": ("ISO14001", "EMAS"),
    "conseil-formation": ("BCORP", "SOCIETE_MISSION"),
    "numerique": ("BCORP", "SOCIETE_MISSION"),
    "communication": ("FSC", "NF_ENV"),
}
KIND_LABELS: dict[str, tuple[str, float]] = {
    "ESS": ("ESUS", 0.4),
    "EI": ("RSEI", 0.15),
    "ACI": ("RSEI", 0.06),
    "EA": ("RSEI", 0.12),
    "ETTI": ("RSEI", 0.1),
    "AI": ("ESUS", 0.12),
}
RGE_SHARE, BIO_SHARE, PRINT_SHARE, GROUP_SHARE, ANY_SHARE = 0.6, 0.45, 0.6, 0.12, 0.03
COMMONEST = 16
"""How many labels of the table, in its order, the fictitious suppliers draw from."""
ISSUER = "Organisme certificateur (fictif)"


class Labels:
    def __init__(self, dice: Dice, today: date) -> None:
        self._dice = dice
        self._today = today
        self._any = Deck(dice, dict.fromkeys(list(LABELS)[:COMMONEST], 1))

    def draw(
        self, trades: Sequence[Trade], kinds: tuple[str, ...], number: int
    ) -> tuple[list[Label], dict[str, list[Label]]]:
        """Draws labels. Returns them, and those that prove each trade, by its code."""
        dice = self._dice
        proofs = {(trade.code, code): domains for trade in trades for code, domains in self._proved(trade)}
        certified: dict[str, list[Label]] = {}
        for (trade, code), domains in proofs.items():
            certified.setdefault(trade, []).extend([self._label(code, number, domain) for domain in domains])
        labels = [label for proved in certified.values() for label in proved]
        codes = set(self._usual(trades, kinds)) | ({self._any.deal()} if dice.chance(ANY_SHARE) else set())
        drawn = {label.code for label in labels}
        labels += [self._label(code, number) for code in sorted(codes - drawn)]
        return labels, certified

    def _proved(self, trade: Trade) -> Iterable[tuple[str, Sequence[str | None]]]:
        """RGE by domain, organic by production, Imprim'Vert for printers."""
        if trade.rge and self._dice.chance(RGE_SHARE):
            yield "RGE", self._dice.some(trade.rge, self._dice.between(1, 2))
        if trade.bio and self._dice.chance(BIO_SHARE):
            yield "BIO", self._dice.some(trade.bio, 1)
        if trade.code == "impression" and self._dice.chance(PRINT_SHARE):
            yield "IMPRIM_VERT", (None,)

    def _usual(self, trades: Sequence[Trade], kinds: tuple[str, ...]) -> Iterable[str]:
        for kind in kinds:
            code, share = KIND_LABELS.get(kind, ("", 0.0))
            if self._dice.chance(share):
                yield code
        for group in dict.fromkeys(trade.group for trade in trades):
            if group in GROUP_LABELS and self._dice.chance(GROUP_SHARE):
                yield self._dice.pick(GROUP_LABELS[group])

    def _label(self, code: str, number: int, domain: str | None = None) -> Label:
        dice = self._dice
        start, end = self._dates(code)
        return Label(
            code=code,
            scope=SCOPES.get(code, "site"),
            domain=domain,
            number=f"FICTIF-{code}-{number:06d}" if dice.chance(0.6) else None,
            issuer=ISSUER if dice.chance(0.7) else None,
            valid_from=start,
            valid_until=end,
            suspended=dice.chance(SUSPENDED_SHARE),
            proof_url=f"https://labels.example/{code.lower()}/{number:06d}" if dice.chance(0.3) else None,
        )

    def _dates(self, code: str) -> tuple[date | None, date | None]:
        if code in ALWAYS_UNDATED:
            return None, None
        if code == "IMPRIM_VERT":  # a calendar year: it expires on 31 December
            year = self._today.year - self._dice.pick((0, 0, 0, 1))
            return date(year, 1, 1), date(year, 12, 31)
        start, end = dates(self._dice, self._dice.weighted(STATES), self._today, TERM_DAYS.get(code, 3 * 365))
        return (start, None) if code == "BIO" and self._dice.chance(0.7) else (start, end)
