"""Fictitious contracts that agree with the fictitious suppliers: won by them or not, declared or not, ending soon or over.

Dates turn around the day given. Shares are chosen so that every part of the supplier side has something to show; they
are not those of France.

Invented public buyers: made-up names, numbers of the form INSEE gives public bodies, seats in real communes.

The fifth digit of their SIREN is 9, which no real number of these forms has; their category is read from it all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from indexer.demo.dice import Dice, Weighted
from indexer.demo.identifiers import luhn_digit
from indexer.demo.names import MARK, Names
from indexer.demo.places import Places
from indexer.demo.winners import Winner, Winners
from vivier.contracts.months import add_months
from vivier.law.articles import ReservedFor
from vivier.law.kinds import FAMILY_OF_KIND
from vivier.model import (
    Considerations,
    ContractRecord,
    Modification,
    Organisation,
    Provenance,
    Record,
    Subcontract,
)
from vivier.model.contract import BuyerPlace, DeclaredPlace
from vivier.procurement import Consideration
from vivier.territory import Gazetteer, load_gazetteer
from vivier.trades.table import Trade, load_trades

FORMS: Weighted[tuple[str, str]] = Weighted(
    {
        ("21", "Commune de {w}"): 42,
        ("24", "Communauté de communes de {w}"): 14,
        ("22", "Département de {w}"): 6,
        ("26", "Centre hospitalier de {w}"): 12,
        ("19", "Lycée {w}"): 8,
        ("25", "Syndicat mixte de {w}"): 9,
        ("27", "Office de l'habitat de {w}"): 5,
        ("13", "Agence nationale de {w}"): 4,
    }
)
"""Beginning of the SIREN and name, with weights."""
FIRST_WORD = 3_000
"""Rank from which words name buyers: the demo has fewer suppliers than that by default."""


@dataclass(frozen=True)
class Buyer:
    """A buyer, how often it declares whether its contracts have a consideration, and how social it is (both 0–1)."""

    organisation: Organisation
    place: BuyerPlace
    departement: str
    commune: str
    post_code: str | None
    records: float
    social: float


def make_buyers(count: int, dice: Dice, gazetteer: Gazetteer, names: Names) -> list[Buyer]:
    """``count`` buyers spread as the suppliers are."""
    places = Places(gazetteer, dice)
    return [_buyer(number, dice, places, gazetteer, names) for number in range(count)]


def _buyer(number: int, dice: Dice, places: Places, gazetteer: Gazetteer, names: Names) -> Buyer:
    seat = places.draw(number)
    communes = gazetteer.communes
    row = int(communes.parent[seat.row]) if communes.is_arrondissement[seat.row] else seat.row
    prefix, form = dice.weighted(FORMS)
    siren = buyer_siren(prefix, seat.departement, number)
    nic = "0001"
    siret = f"{siren}{nic}{luhn_digit(siren + nic)}"
    post_code = dice.pick(communes.postcodes[row].split() or ("",)) or None
    return Buyer(
        Organisation(
            siret=siret, siren=siren, id_type="SIRET", name=f"{form.format(w=names.word(FIRST_WORD + number))} {MARK}"
        ),
        BuyerPlace(commune=communes.codes[row], departement=seat.departement, town=seat.town),
        seat.departement,
        communes.codes[row],
        post_code,
        records=0.3 if dice.chance(0.15) else 0.95,
        social=dice.pick((0.0, 0.1, 0.2, 0.3, 0.5)),
    )


def buyer_siren(prefix: str, departement: str, number: int) -> str:
    """« 21 44 9 017 x »: what the body is, where (Corsica 20, overseas 97), the 9 of the invented ones, a counter."""
    where = "20" if departement in ("2A", "2B") else departement[:2]
    body = f"{prefix}{where}9{number % 1000:03d}"
    return f"{body}{luhn_digit(body)}"


CONTRACTS = 3000
SOURCE_ID = "demo_marches"
A_BUYER = 18
"""Contracts of one buyer, on average."""

MONTHS: Final = (12, 12, 24, 24, 36, 48)
WON_SHARE = 0.34
"""Share of contracts won by suppliers of the demo."""
WON_AS: Weighted[str] = Weighted({"reserved": 30, "social": 25, "none": 32, "unknown": 13})
"""What the buyer declares of a contract won by a supplier of the demo: one in three declares nothing social."""
NO_AMOUNT_SHARE = 0.03

USERS: Final = (
    "services techniques",
    "bâtiments communs",
    "écoles et crèches",
    "centre administratif",
    "résidence autonomie",
    "équipements sportifs",
    "secteur nord",
    "secteur sud",
    "groupement de commandes",
    "pôle culturel",
)
ARTICLES: Final[dict[ReservedFor, str]] = {
    "EA_ESAT": "marché réservé (article L. 2113-12)",
    "SIAE": "marché réservé (article L. 2113-13)",
    "PRISON": "marché réservé (article L. 2113-13-1)",
    "ESS": "marché réservé (article L. 2113-15)",
}
PROCEDURES: Weighted[str] = Weighted({"adaptee": 62, "ouvert": 28, "negociation": 4, "sans_publicite": 6})
SOCIAL: Weighted[tuple[Consideration, ...]] = Weighted({("clause",): 7, ("criterion",): 2, ("clause", "criterion"): 1})
ENVIRONMENTAL: Weighted[tuple[Consideration, ...]] = Weighted({("none",): 60, ("clause",): 18, ("criterion",): 22})


def demo_contracts(suppliers: Iterable[Record], count: int, seed: int, today: date) -> Iterator[ContractRecord]:
    """``count`` fictitious contracts of these fictitious suppliers, the same for the same arguments.

    Raises ``ValueError`` when ``count`` is below 1.
    """
    if count < 1:
        raise ValueError(f"count must be 1 or more, not {count}")
    return _Maker(suppliers, count, seed, today).contracts(count)


class _Maker:
    def __init__(self, suppliers: Iterable[Record], count: int, seed: int, today: date) -> None:
        gazetteer, self._trades = load_gazetteer(), load_trades()
        self._dice, self._today = Dice(seed + 1), today
        names = Names(Dice(seed), gazetteer.names["commune"].values())
        self._buyers = make_buyers(max(1, count // A_BUYER), self._dice, gazetteer, names)
        self._winners = Winners(suppliers, gazetteer, self._trades, self._dice, names)
        self._sold = [trade for trade in self._trades if trade.cpv]
        self._provenance = Provenance(
            source_id=SOURCE_ID,
            producer="Vivier (fictif)",
            dataset="Marchés fictifs de démonstration",
            licence="fictif",
            updated_at=today,
            fetched_at=datetime.combine(today, time(12), UTC),
            basis="declared",
        )

    def contracts(self, count: int) -> Iterator[ContractRecord]:
        made = 0
        while made < count:
            for contract in self._consultation(made)[: count - made]:
                yield contract
                made += 1

    def _consultation(self, number: int) -> list[ContractRecord]:
        """One contract, sometimes with its sister lots, with the contract that renews it, or with one made under it."""
        dice, buyer = self._dice, self._dice.pick(self._buyers)
        first = self._contract(number, buyer)
        draw = dice.between(1, 100)
        if draw <= 10:
            return self._lots(number, buyer, first)
        if draw <= 16:
            return [first, *self._renewal(number, first)]
        if draw <= 21:
            return self._framework(number, first)
        return [first]

    def _contract(self, number: int, buyer: Buyer) -> ContractRecord:
        winner = self._winners.near(buyer.departement) if self._dice.chance(WON_SHARE) else None
        return self._won(number, buyer, winner) if winner is not None else self._ordinary(number, buyer)

    def _won(self, number: int, buyer: Buyer, winner: Winner) -> ContractRecord:
        trade = self._trades.get(self._dice.pick(winner.trades))
        declaration = self._dice.weighted(WON_AS)
        families = [FAMILY_OF_KIND[kind] for kind in winner.kinds if kind in FAMILY_OF_KIND]
        if declaration == "reserved" and families:
            note = ARTICLES[families[0]] if self._dice.chance(0.5) else None
            return self._made(number, buyer, trade, (winner.organisation,), ("reserved",), note, small=True)
        values: tuple[Consideration, ...] = () if declaration == "unknown" else ("none",)
        if declaration in ("social", "reserved"):
            values = self._dice.weighted(SOCIAL)
        contract = self._made(number, buyer, trade, (winner.organisation,), values, None, small=True)
        return self._grouped(contract, buyer, winner) if self._dice.chance(0.2) else contract

    def _grouped(self, contract: ContractRecord, buyer: Buyer, first: Winner) -> ContractRecord:
        """The contract won by a group of demo suppliers, sometimes led by an ordinary company."""
        others = [
            winner.organisation for winner in self._winners.partners(buyer.departement, first, self._dice.between(1, 2))
        ]
        if not others or self._dice.chance(0.2):
            others = [self._winners.company(), *others]
        grouping = "solidaire" if self._dice.chance(0.6) else "conjoint"
        return contract.model_copy(update={"holders": (*contract.holders, *others), "grouping": grouping})

    def _ordinary(self, number: int, buyer: Buyer) -> ContractRecord:
        dice = self._dice
        values: tuple[Consideration, ...] = ("none",)
        if not dice.chance(buyer.records):
            values = ()
        elif dice.chance(buyer.social):
            values = dice.weighted(SOCIAL)
        contract = self._made(
            number, buyer, dice.pick(self._sold), (self._winners.company(),), values, None, small=False
        )
        if "clause" in values and dice.chance(0.25):
            return self._subcontracted(contract, buyer)
        if dice.chance(0.05):  # awarded to several, without a group
            return contract.model_copy(update={"holders": (*contract.holders, self._winners.company())})
        return contract

    def _subcontracted(self, contract: ContractRecord, buyer: Buyer) -> ContractRecord:
        found = self._winners.near(buyer.departement)
        if found is None:
            return contract
        act = Subcontract(
            subcontractor=found.organisation,
            amount=None if contract.amount is None else round(contract.amount / 8),
            months=contract.months,
            notified=contract.notified,
        )
        return contract.model_copy(update={"subcontracts": (act,), "subcontracted": True})

    def _made(
        self,
        number: int,
        buyer: Buyer,
        trade: Trade,
        holders: tuple[Organisation, ...],
        social: tuple[Consideration, ...],
        note: str | None,
        *,
        small: bool,
    ) -> ContractRecord:
        dice = self._dice
        months = dice.pick(MONTHS)
        notified = self._notified(months)
        amount = self._amount(small)
        return ContractRecord(
            source_id=f"fictif-{number:06d}-1",
            provenance=self._provenance,
            form="decp_2022",
            number=f"{notified.year}F{number:05d}",
            buyer=buyer.organisation,
            buyer_place=buyer.place,
            holders=holders,
            object=_object(trade, dice.pick(USERS), note),
            cpv=dice.pick(trade.cpv).code,
            nature="marche",
            procedure=dice.weighted(PROCEDURES),
            techniques=("accord_cadre",) if dice.chance(0.22) else (),
            grouping="none",
            place=self._place(buyer),
            amount=amount,
            months=months,
            notified=notified,
            published=min(self._today, notified + timedelta(days=dice.between(5, 60))),
            offers=dice.between(1, 7) if dice.chance(0.9) else None,
            subcontracted=False,
            social=Considerations(values=social),
            environmental=Considerations(values=dice.weighted(ENVIRONMENTAL) if social else ()),
            modifications=self._amended(notified, amount),
        )

    def _notified(self, months: int) -> date:
        """Half end in 3 to 18 months, so that leads have something to show; the others were notified these four years."""
        if self._dice.chance(0.5):
            end = self._today + timedelta(days=self._dice.between(92, 540))
            return min(add_months(end, -months), self._today - timedelta(days=7))
        return self._today - timedelta(days=self._dice.between(7, 4 * 365))

    def _amount(self, small: bool) -> float | None:
        if self._dice.chance(NO_AMOUNT_SHARE):
            return None
        low, high = (40, 52) if small else (44, 64)
        return float(round(10 ** (self._dice.between(low, high) / 10 + self._dice.spread() / 20)))

    def _place(self, buyer: Buyer) -> DeclaredPlace:
        draw = self._dice.between(1, 10)
        if draw <= 5:
            return DeclaredPlace(code=buyer.commune, code_type="commune")
        if draw <= 8 and buyer.post_code is not None:
            return DeclaredPlace(code=buyer.post_code, code_type="post_code")
        return DeclaredPlace(code=buyer.departement, code_type="departement")

    def _amended(self, notified: date, amount: float | None) -> tuple[Modification, ...]:
        day = notified + timedelta(days=self._dice.between(60, 400))
        if amount is None or day > self._today or not self._dice.chance(0.1):
            return ()
        more = float(round(amount * (1 + self._dice.between(2, 25) / 100)))
        return (Modification(number=1, notified=day, published=day, amount=more),)

    def _lots(self, number: int, buyer: Buyer, first: ContractRecord) -> list[ContractRecord]:
        """Lots of one consultation, notified the same day."""
        base = f"Achats groupés {first.number}, {self._dice.pick(USERS)}"
        lots: list[ContractRecord] = []
        for lot in range(1, self._dice.between(2, 4) + 1):
            own = first if lot == 1 else self._contract(number + lot - 1, buyer)
            changes = {
                "source_id": f"fictif-{number:06d}-{lot}",
                "number": f"{first.number}-{lot:02d}",
                "object": f"{base} - Lot {lot} : {own.object}",
                "notified": first.notified,
                "published": first.published,
                "months": first.months,
                "modifications": (),
                "techniques": first.techniques,
            }
            lots.append(own.model_copy(update=changes))
        return lots

    def _renewal(self, number: int, first: ContractRecord) -> list[ContractRecord]:
        """The first contract and the one that renews it, when the first ended before today."""
        assert first.notified is not None and first.months is not None
        again = add_months(first.notified, first.months) - timedelta(days=20)
        if again >= self._today:
            return []
        changes = {
            "source_id": f"fictif-{number:06d}-2",
            "number": f"{again.year}R{number:05d}",
            "notified": again,
            "published": min(self._today, again + timedelta(days=30)),
            "modifications": (),
            "subcontracts": (),
        }
        return [first.model_copy(update=changes)]

    def _framework(self, number: int, first: ContractRecord) -> list[ContractRecord]:
        """A framework agreement and a contract made under it."""
        assert first.notified is not None
        framework = first.model_copy(update={"techniques": ("accord_cadre",), "modalities": ("subsequents",)})
        changes = {
            "source_id": f"fictif-{number:06d}-2",
            "number": f"{first.number}S1",
            "framework": first.number,
            "nature": "marche",
            "techniques": (),
            "object": f"Marché subséquent : {first.object}",
            "amount": None if first.amount is None else float(round(first.amount / 5)),
            "months": 6,
            "notified": min(self._today, first.notified + timedelta(days=60)),
            "published": min(self._today, first.notified + timedelta(days=80)),
            "modifications": (),
        }
        return [framework, first.model_copy(update=changes)]


def _object(trade: Trade, users: str, note: str | None) -> str:
    text = f"{trade.name}, {users}"
    return text if note is None else f"{text} - {note}"
