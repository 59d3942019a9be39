"""Draws what the fictitious suppliers offer: trades of the table, more or less usual for each kind, with service types
and zones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain

from indexer.demo.dice import Dice, Weighted
from indexer.demo.places import Seat
from indexer.demo.texts import ANY_TRADE_SENTENCES, GROUP_SENTENCES
from indexer.demo.zones import Zones
from vivier.identity import fold
from vivier.law.kinds import lending
from vivier.model import Evidence, Offer, Zone
from vivier.model.facts import ServiceType
from vivier.trades.table import Trade, Trades

HANDICAP = "espaces-verts:9 industrie:8 textile:6 proprete:5 restauration:5 administratif:5 communication:4"
WORKS = "second-oeuvre:8 gros-oeuvre-tp:6 proprete:4 logistique-transport:5 espaces-verts:4 conseil-formation:5"
USUAL_GROUPS: dict[str, str] = {
    "ESAT": f"{HANDICAP} agriculture-alimentation:4 mobilier-artisanat:3",
    "EA": f"{HANDICAP} numerique:5 dechets:4 logistique-transport:3",
    "EAMP": "industrie:8 administratif:4 textile:3 numerique:2",
    "SEP": "industrie:8 textile:4 mobilier-artisanat:4 communication:2 administratif:2",
    "EATT": f"{WORKS} industrie:5 administratif:4",
    "EI": "dechets:7 recyclage:6 proprete:7 second-oeuvre:6 logistique-transport:5 espaces-verts:4 restauration:4",
    "ACI": "espaces-verts:10 recyclage:7 agriculture-alimentation:6 second-oeuvre:6 textile:3 vehicules-cycles:2",
    "AI": "proprete:7 social-sante:6 espaces-verts:5 conseil-formation:5 administratif:2 logistique-transport:2",
    "ETTI": WORKS,
    "EITI": "logistique-transport:5 proprete:3 numerique:2 communication:2",
    "GEIQ": "second-oeuvre:6 gros-oeuvre-tp:5 conseil-formation:4 agriculture-alimentation:3 social-sante:2",
    "ESS": "social-sante:6 conseil-formation:6 culture-loisirs-tourisme:5 numerique:4 energie:3 restauration:3",
}
"""Groups usual for a kind, with weights; every other group keeps a weight of ``RARE``."""
RARE = 0.45
UNKNOWN_SHARE = {"ESAT": 0.46, "ACI": 0.38, "SEP": 0.35}
UNKNOWN_USUAL = 0.27
"""Share of suppliers whose source says nothing of trades, as in the official lists (about a third of all)."""

COUNTS: Weighted[int] = Weighted({1: 38, 2: 30, 3: 20, 4: 12})
EVIDENCES: Weighted[Evidence | None] = Weighted(
    {"declared": 46, "contract": 9, "job": 12, "text": 13, "name": 6, None: 14}
)
SERVICE_TYPES: dict[str, ServiceType] = {
    "service": "service",
    "works": "service",
    "goods": "goods",
    "staffing": "staffing",
}
STEM = 6  # letters: « collecte » and « collectons » are one
COMMON = 8  # a stem that more trades have (« service », « entretien ») does not distinguish the trade
WORD_LENGTH = (5, 34)  # shorter is an initialism, longer is a sentence


class Catalogue:
    """Draws trades and makes offers of them."""

    def __init__(self, trades: Trades, zones: Zones, dice: Dice) -> None:
        self._dice = dice
        self._zones = zones
        self._groups = {group.code: group.trades for group in trades.groups()}
        self._by_kind = {kind: self._weights(usual) for kind, usual in USUAL_GROUPS.items()}
        self._words = {trade.code: _readable(trade.words) for trade in trades}
        self._sentences = fitting_sentences(trades)

    def _weights(self, usual: str) -> Weighted[str]:
        stated = {group: float(weight) for group, _, weight in (part.partition(":") for part in usual.split())}
        return Weighted(dict.fromkeys(self._groups, RARE) | stated)

    def draw(self, kind: str) -> list[Trade]:
        """One to four trades, most often of one group; none when the trade is unknown."""
        if self._dice.chance(UNKNOWN_SHARE.get(kind, UNKNOWN_USUAL)):
            return []
        group = self._dice.weighted(self._by_kind[kind])
        count = self._dice.weighted(COUNTS)
        drawn = self._dice.some(self._groups[group], count if self._dice.chance(0.6) else 1)
        while len(drawn) < count:
            other = self._dice.pick(self._groups[self._dice.weighted(self._by_kind[kind])])
            drawn = drawn if other in drawn else [*drawn, other]
        return drawn

    def words(self, trade: Trade, count: int) -> list[str]:
        """Words people use for a trade."""
        return self._dice.some(self._words[trade.code], count)

    def sentence(self, trade: Trade) -> str:
        return self._dice.pick(self._sentences[trade.code])

    def offers(self, trades: Sequence[Trade], kinds: tuple[str, ...], seat: Seat, certified: set[str]) -> list[Offer]:
        """An offer a trade, sometimes with another zone; ``certified``: trades proved by a label.

        A supplier of unknown trade has no offer at all, or one that says where it works and not what it does.
        """
        zone = self._zones.draw(seat)
        if not trades:
            known = Offer(zone=zone, service_types=self._types(None, kinds))
            return [known] if self._dice.chance(0.4) else []
        offers = []
        for place, trade in enumerate(trades):
            other = place > 0 and self._dice.chance(0.3)
            offers.append(self._offer(trade, kinds, self._zones.draw_declared(seat) if other else zone, certified))
            # The same trade again, with another type and another zone: only one of the two may match.
            if self._dice.chance(0.05):
                offers.append(self._offer(trade, kinds, self._zones.draw_declared(seat), certified))
        return list(dict.fromkeys(offers))

    def _offer(self, trade: Trade, kinds: tuple[str, ...], zone: Zone, certified: set[str]) -> Offer:
        dice = self._dice
        evidence = "certified" if trade.code in certified else dice.weighted(EVIDENCES)
        return Offer(
            trade=trade.code,
            service_types=self._types(trade, kinds),
            zone=zone,
            evidence=evidence,
            title=self._title(trade) if dice.chance(0.4) else None,
            description=self.sentence(trade) if dice.chance(0.25) else None,
        )

    def _types(self, trade: Trade | None, kinds: tuple[str, ...]) -> tuple[ServiceType, ...]:
        """Service types, by the nature of the trade. Kinds that lend staff do so for any trade, and a few suppliers do both."""
        dice, lenders = self._dice, lending("any_trade", "branch")
        if dice.chance(0.1):
            return ()
        if kinds[0] in lenders and not dice.chance(0.1):
            return ("staffing",)
        natures = ("service",) if trade is None else trade.nature
        types = list(dict.fromkeys(SERVICE_TYPES[nature] for nature in natures))
        if "staffing" not in types and (kinds[-1] in lenders or (kinds[0] == "ESAT" and dice.chance(0.2))):
            types.append("staffing")
        return tuple(types)

    def _title(self, trade: Trade) -> str:
        title = " et ".join(self.words(trade, 2)) or trade.name
        return title[0].upper() + title[1:]


def _readable(words: Sequence[str]) -> tuple[str, ...]:
    low, high = WORD_LENGTH
    return tuple(word for word in words if low <= len(word) <= high) or tuple(words)


def fitting_sentences(trades: Trades) -> dict[str, tuple[str, ...]]:
    """By trade: the sentences of its group that share a telling word with it, and those that go with any trade.

    A structure that only mows must not be found under « mares »: free text finds what the sentences say. A sentence
    that names no trade (« Un bordereau de suivi… ») goes with the whole group.
    """
    stems = {trade.code: _stems(" ".join((trade.name, *trade.words))) for trade in trades}
    counts = Counter(chain.from_iterable(stems.values()))
    telling = {code: {stem for stem in own if counts[stem] <= COMMON} for code, own in stems.items()}
    found: dict[str, tuple[str, ...]] = {}
    for group in trades.groups():
        of_group = set().union(*(telling[trade.code] for trade in group.trades))
        for trade in group.trades:
            other = of_group - telling[trade.code]
            fitting = (
                sentence
                for sentence in GROUP_SENTENCES[group.code]
                if _fits(_stems(sentence), telling[trade.code], other)
            )
            found[trade.code] = (
                *fitting,
                *(sentence.format(trade=lowered(trade.name)) for sentence in ANY_TRADE_SENTENCES),
            )
    return found


def _fits(words: set[str], own: set[str], others: set[str]) -> bool:
    return bool(words & own) or not words & others


def _stems(text: str) -> set[str]:
    return {word[:STEM] for word in fold(text).split() if len(word) >= STEM}


def lowered(name: str) -> str:
    """A trade's name inside a sentence; an initialism keeps its capitals."""
    return name if name[:2].isupper() else name[0].lower() + name[1:]
