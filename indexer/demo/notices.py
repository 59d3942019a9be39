"""Fictitious notices and planned purchases of the fictitious buyers, for what the fictitious suppliers sell, in the
same places.

Dates turn around the day given: open calls, one that was corrected, one that was cancelled, awards, projects to come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from indexer.demo.dice import Dice, Weighted
from vivier.law.articles import ARTICLE_OF_FAMILY
from vivier.law.kinds import FAMILY_OF_KIND
from vivier.model import AwardCriterion, BuyerPlace, ContractRecord, Notice, Organisation, Provenance, Record
from vivier.model.contract import ProvisionEvidence
from vivier.procurement import Provision
from vivier.trades.table import Trade, load_trades

NOTICES: Final = 40
PROJECTS: Final = 10
SOURCE_ID: Final = "demo_avis"
TITLE: Final = "Avis et projets d'achat fictifs de démonstration"
MARK: Final = "(fictif)"
_CATEGORIES: Final = {"45": "travaux"}
_BEARS: Final[Weighted[Provision | None]] = Weighted(
    {"reserved": 30, "criterion": 20, "clause": 25, "environmental": 10, None: 15}
)
_WORDS: Final[dict[Provision, str]] = {
    "criterion": "performance en matière d'insertion sociale",
    "clause": "clause sociale d'insertion",
    "environmental": "performance environnementale",
}


@dataclass(frozen=True)
class _Buyer:
    organisation: Organisation
    place: BuyerPlace


def demo_notices(
    suppliers: Iterable[Record], contracts: Iterable[ContractRecord], seed: int, today: date
) -> Iterator[Notice]:
    """40 notices and 10 projects, the same for the same arguments. Buyers are those of ``contracts``.

    Raises ``ValueError`` when there is no supplier with a trade, or no buyer with a place.
    """
    maker = _Maker(suppliers, contracts, seed, today)
    yield from maker.notices()
    yield from maker.projects()


class _Maker:
    def __init__(
        self, suppliers: Iterable[Record], contracts: Iterable[ContractRecord], seed: int, today: date
    ) -> None:
        self._dice, self._today = Dice(seed + 2), today
        self._trades = load_trades()
        self._suppliers = [supplier for supplier in suppliers if any(self._sold(supplier))]
        buyers = {
            contract.buyer.siren: _Buyer(contract.buyer, contract.buyer_place)
            for contract in contracts
            if contract.buyer_place is not None
        }
        if not self._suppliers or not buyers:
            raise ValueError("fictitious notices need suppliers with a trade and buyers with a place")
        self._buyers = list(buyers.values())
        self._near: defaultdict[str | None, list[_Buyer]] = defaultdict(list)
        for buyer in self._buyers:
            self._near[buyer.place.departement].append(buyer)
        self._provenance = Provenance(
            source_id=SOURCE_ID,
            producer="Vivier (fictif)",
            dataset=TITLE,
            licence="fictif",
            updated_at=today,
            fetched_at=datetime.combine(today, time(12), UTC),
            basis="declared",
        )

    def notices(self) -> Iterator[Notice]:
        """Calls of the last days, with a correction, a cancellation and an award of the first ones."""
        calls = [self._call(number) for number in range(NOTICES - 6)]
        yield from calls
        for number, (call, nature) in enumerate(
            zip(calls, ("correction", "cancellation", *("award",) * 4), strict=False)
        ):
            yield self._following(call, nature, NOTICES - 6 + number)

    def projects(self) -> Iterator[Notice]:
        """Purchases planned in the coming year."""
        for number in range(PROJECTS):
            supplier = self._dice.pick(self._suppliers)
            low = float(self._dice.between(2, 40) * 10_000)
            project = self._made(f"P{number:03d}", "project", supplier)
            yield project.model_copy(
                update={
                    "planned": self._today + timedelta(days=self._dice.between(15, 365)),
                    "amount_min": low,
                    "amount_max": 2 * low,
                    "criteria": (),
                    "wanted_inclusive": self._dice.chance(0.6),
                    "national": number == 0,
                    "departements": () if number == 0 else project.departements,
                }
            )

    def _call(self, number: int) -> Notice:
        supplier = self._dice.pick(self._suppliers)
        published = self._today - timedelta(days=self._dice.between(2, 30))
        deadline = self._today + timedelta(days=self._dice.between(5, 45))
        amount = float(self._dice.between(2, 60) * 5_000)
        return self._made(f"F{number:03d}", "call", supplier).model_copy(
            update={
                "published": published,
                "deadline": datetime.combine(deadline, time(11), UTC),
                "amount_min": amount,
                "amount_max": amount,
                "procedure": "adaptee",
            }
        )

    def _following(self, call: Notice, nature: str, number: int) -> Notice:
        changes = {
            "source_id": f"F{number:03d}",
            "number": f"F{number:03d}",
            "nature": nature,
            "follows": (call.number,),
        }
        published = self._today - timedelta(days=1)
        if nature == "correction":
            later = (call.deadline or datetime.combine(self._today, time(11), UTC)) + timedelta(days=10)
            return call.model_copy(update={**changes, "published": published, "deadline": later})
        winner = self._dice.pick(self._suppliers)
        holder = Organisation(
            siret=winner.siret, siren=winner.siren, id_type="SIRET" if winner.siret else None, name=winner.name
        )
        won = {"winners": (holder,), "offers": self._dice.between(1, 6)} if nature == "award" else {}
        return call.model_copy(update={**changes, "published": published, "deadline": None, **won})

    def _made(self, number: str, nature: str, supplier: Record) -> Notice:
        trade = self._dice.pick(list(self._sold(supplier)))
        buyer = self._buyer(supplier)
        cpv = self._dice.pick(trade.cpv).code
        bears = self._dice.weighted(_BEARS)
        criteria: tuple[AwardCriterion, ...] = (
            AwardCriterion(name="Prix", kind="price", weight=40.0),
            AwardCriterion(name="Valeur technique", weight=40.0),
        )
        if bears in ("criterion", "environmental"):
            criteria += (AwardCriterion(name=_WORDS[bears].capitalize(), weight=20.0),)
        return Notice(
            source_id=number,
            provenance=self._provenance,
            source="approch" if nature == "project" else "boamp",
            number=number,
            form="demo",
            nature=nature,
            buyer=buyer.organisation,
            buyer_place=buyer.place,
            title=f"{trade.name[:1].upper()}{trade.name[1:]} {MARK}",
            description=f"Achat inventé pour la démonstration : {trade.name}.",
            cpv=(cpv,),
            category=_CATEGORIES.get(cpv[:2], "services"),
            departements=(buyer.place.departement,) if buyer.place.departement else (),
            months=self._dice.pick((12, 24, 36)),
            criteria=criteria,
            conditions="Clause sociale d'insertion : nombre d'heures fixé au marché." if bears == "clause" else None,
            evidence=tuple(self._evidence(bears, supplier)),
        )

    def _evidence(self, bears: Provision | None, supplier: Record) -> Iterator[ProvisionEvidence]:
        if bears in _WORDS:
            yield ProvisionEvidence(
                provision=bears, signal="words", provenance=self._provenance, value=_WORDS[bears], confidence=0.6
            )
        elif bears == "reserved":
            families = [
                FAMILY_OF_KIND[agreement.kind] for agreement in supplier.agreements if agreement.kind in FAMILY_OF_KIND
            ]
            if families and self._dice.chance(0.7):
                article = ARTICLE_OF_FAMILY[families[0]]
                yield ProvisionEvidence(
                    provision="reserved",
                    signal="article",
                    provenance=self._provenance,
                    value=article,
                    excerpt=f"Marché réservé en application de l'article {article} du code de la commande publique.",
                    reserved_for=(families[0],),
                    confidence=0.95,
                )
            else:
                yield ProvisionEvidence(
                    provision="reserved",
                    signal="notice_code",
                    provenance=self._provenance,
                    value="res-ws",
                    confidence=0.9,
                )

    def _sold(self, supplier: Record) -> Iterator[Trade]:
        for code in dict.fromkeys(offer.trade for offer in supplier.offers if offer.trade is not None):
            if code in self._trades and self._trades.get(code).cpv:
                yield self._trades.get(code)

    def _buyer(self, supplier: Record) -> _Buyer:
        code = (supplier.address.post_code or "") if supplier.address is not None else ""
        departement = code[:3] if code.startswith("97") else code[:2]
        return self._dice.pick(self._near.get(departement) or self._buyers)
