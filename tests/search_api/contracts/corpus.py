"""Sixty fictitious contracts: lawns of Roubaix, a laundry reserved to an ESAT, lots, an amendment, and one that attacks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from vivier.contracts.months import add_months
from vivier.model import Considerations, Contract, InclusiveHolder, Organisation, Provenance, ProvisionEvidence
from vivier.model.contract import Modification
from vivier.procurement import Consideration

TODAY = date(2026, 11, 24)
ROUBAIX, VERTOU = "215905126", "214402158"
SOURCE = Provenance(
    source_id="essai",
    producer="Producteur d'essai",
    dataset="Marchés d'essai",
    licence="Licence Ouverte 2.0",
    updated_at=date(2026, 11, 1),
)
SCRIPT = "<script>alert('objet')</script>"
HOSTILE = f"=HYPERLINK(1) {SCRIPT} \u202egnirts \x07"
LAWNS = "Tonte des pelouses des écoles"


def contract_of(
    key: str,
    text: str,
    *,
    buyer: str = ROUBAIX,
    notified: date = date(2025, 6, 1),
    months: int | None = 24,
    published: date | None = None,
    social: tuple[Consideration, ...] = ("none",),
    **more: object,
) -> Contract:
    """A contract of a fictitious buyer, of lawns unless told otherwise."""
    considerations = Considerations(values=social)
    told = {
        "key": key,
        "kind": "marche",
        "buyer": Organisation(siren=buyer, siret=f"{buyer}00011", name="Ville d'essai"),
        "buyer_category": "commune",
        "buyer_seat": "commune:59512" if buyer == ROUBAIX else "commune:44215",
        "holders": (Organisation(siren="732829320", siret="73282932000074"),),
        "object": text,
        "cpv": "77310000",
        "category": "services",
        "place": "commune:59512" if buyer == ROUBAIX else "commune:44215",
        "amount": 48_000.0,
        "initial_amount": 40_000.0,
        "months": months,
        "notified": notified,
        "starts": notified,
        "ends": None if months is None else add_months(notified, months),
        "published": published or notified + timedelta(days=20),
        "changed_on": published or notified + timedelta(days=20),
        "social": considerations,
        "social_state": considerations.state,
        "sources": (SOURCE,),
        **more,
    }
    return Contract.model_validate(told)


def _sign(provision: str, signal: str = "declared", **more: object) -> ProvisionEvidence:
    told = {"provision": provision, "signal": signal, "provenance": SOURCE, "confidence": 0.95, **more}
    return ProvisionEvidence.model_validate(told)


def contracts() -> list[Contract]:
    """All of them; made anew, they are frozen."""
    known = InclusiveHolder(
        siren="732829320",
        supplier_id="pages-jardins",
        name="Les Jardins d'Essai de Roubaix",
        kinds=("ESAT",),
        match="siret",
        confidence=0.95,
    )
    lot: dict[str, Any] = {"consultation": "k1", "lot": 1}
    return [
        contract_of(
            "cpelouses",
            LAWNS,
            social=("clause",),
            evidence=(_sign("clause"),),
            inclusive=(known,),
            offers=3,
            modifications=(Modification(number=1, notified=date(2026, 1, 5), amount=48_000.0),),
            quality=("place_missing", "multi_award"),
            **lot,
        ),
        contract_of("chaies", "Taille des haies", **{**lot, "lot": 2}),
        contract_of(
            "crenouvele",
            "Tonte ancienne",
            renewed_by="cpelouses",
            renewed_on=date(2025, 6, 1),
            notified=date(2024, 6, 1),
            months=36,
        ),
        contract_of(
            "clinge",
            "Blanchisserie du linge de cantine",
            cpv="98310000",
            buyer=VERTOU,
            social=("reserved",),
            reserved_for=("EA_ESAT",),
            evidence=(
                _sign("reserved", "article", value="L2113-12", excerpt="réservé (L2113-12)", reserved_for=("EA_ESAT",)),
            ),
        ),
        contract_of("cinconnu", "Prestation sans date ni montant", months=None, amount=None, initial_amount=None),
        contract_of(
            "chostile",
            HOSTILE,
            buyer=VERTOU,
            number="<b>&\"'",
            evidence=(_sign("reserved", "words", value=SCRIPT, excerpt=SCRIPT),),
        ),
        *(
            contract_of(
                f"cserie{n:02}",
                f"Fournitures de bureau, lot {n}",
                cpv="30190000",
                buyer=VERTOU,
                published=date(2026, 9, 1) + timedelta(days=n),
            )
            for n in range(54)
        ),
    ]


def clause_of(
    key: str, text: str, months: int, holders: tuple[Organisation, ...], quality: tuple[str, ...] = ()
) -> Contract:
    """A contract with a social clause, under a framework so that it is tendered again, of holders given."""
    return contract_of(
        key,
        text,
        months=months,
        social=("clause",),
        evidence=(_sign("clause"),),
        holders=holders,
        techniques=("accord_cadre",),
        offers=2,
        quality=quality,
    )
