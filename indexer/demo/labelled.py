"""Ordinary companies that hold a label and no inclusive kind: the half of the supply that is environmental, as it mostly is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Final, NamedTuple

from indexer.demo import identifiers
from indexer.demo.dice import Dice
from indexer.demo.labels import SCOPES
from indexer.demo.names import GROUP_FORMS, MARK, Names
from indexer.demo.places import Places
from indexer.demo.records import LICENCE, PRODUCER, SEED, TODAY
from vivier.model import Label, Offer, Provenance, Record, UndeclaredZone
from vivier.model.place import Zone
from vivier.territory import load_gazetteer
from vivier.trades.table import load_trades

SOURCE_ID: Final = "demo_labels"
TITLE: Final = "Entreprises labellisées fictives de démonstration"
FIRST_NUMBER: Final = 90_000
"""The number of the first of them: those before are of the inclusive structures."""
ENDED_SHARE, SILENT_SHARE = 0.1, 0.15
"""The shares of labels that have ended, and of companies whose label is known and not their trade."""


class Sort(NamedTuple):
    """A sort of company: its trade, the labels that it may hold (none: it sells re-used goods), how many of them in a deal."""

    trade: str
    labels: tuple[str, ...]
    weight: int = 1


SORTS: Final = (
    Sort("isolation", ("RGE",), 2),
    Sort("isolation-toiture", ("RGE",)),
    Sort("isolation-murs", ("RGE",)),
    Sort("menuiserie", ("RGE", "PEFC"), 3),
    Sort("pompes-chaleur", ("RGE",), 3),
    Sort("solaire", ("RGE",), 3),
    Sort("renovation-energetique", ("RGE",), 3),
    Sort("electricite-batiment", ("RGE",), 2),
    Sort("maraichage", ("BIO", "HVE"), 4),
    Sort("elevage-viande", ("BIO", "LABEL_ROUGE"), 2),
    Sort("fromagerie", ("AOP", "BIO"), 2),
    Sort("epicerie-denrees", ("BIO", "FAIRTRADE"), 3),
    Sort("boulangerie-patisserie", ("BIO",), 2),
    Sort("restauration-collective", ("BIO",)),
    Sort("traiteur", ("BIO",)),
    Sort("impression", ("IMPRIM_VERT", "PEFC", "FSC"), 4),
    Sort("nettoyage-locaux", ("EU_ECOLABEL",), 3),
    Sort("produits-entretien", ("EU_ECOLABEL", "ECOCERT"), 2),
    Sort("hotellerie-hebergement", ("EU_ECOLABEL",)),
    Sort("papeterie-fournitures", ("NF_ENV", "BLUE_ANGEL", "FSC"), 2),
    Sort("mobilier", ("NF_ENV", "FSC", "EPV"), 2),
    Sort("travail-bois", ("EPV", "PEFC")),
    Sort("vetements-travail", ("GOTS", "OEKO_TEX", "FAIRTRADE"), 2),
    Sort("materiel-informatique", ("TCO", "EPEAT")),
    Sort("informatique-reconditionnee", (), 2),
    Sort("reemploi-ressourcerie", (), 2),
    Sort("reparation-electromenager", ("QUALIREPAR", "REPARACTEURS"), 2),
    Sort("horticulture", ("PLANTE_BLEUE", "HVE")),
    Sort("collecte-dechets", ("ISO14001",), 2),
    Sort("sites-internet", ("NUMERIQUE_RESPONSABLE",)),
)


def labelled_records(count: int, seed: int = SEED, today: date = TODAY) -> Iterator[Record]:
    """``count`` fictitious companies, the same for the same ``seed`` and ``today``; a shorter run is the beginning of a longer one."""
    dice, gazetteer = Dice(seed + 1), load_gazetteer()
    places, names = Places(gazetteer, dice), Names(dice, gazetteer.names["commune"].values())
    sorts = [sort for sort in SORTS for _ in range(sort.weight)]
    for number in range(count):
        yield _record(FIRST_NUMBER + number, sorts[number % len(sorts)], dice, places, names, today)


def _record(number: int, sort: Sort, dice: Dice, places: Places, names: Names, today: date) -> Record:
    trade, seat = load_trades().get(sort.trade), places.draw(number)
    labels = tuple(_labels(number, sort, dice, today))
    name = dice.pick(GROUP_FORMS[trade.group]).format(w=names.word(number))
    silent = bool(labels) and dice.chance(SILENT_SHARE)
    return Record(
        source_id=f"fictif-label-{number:06d}",
        provenance=Provenance(
            source_id=SOURCE_ID,
            producer=PRODUCER,
            dataset=TITLE,
            licence=LICENCE,
            updated_at=today,
            fetched_at=datetime.combine(today, time(12), UTC),
            basis="declared",
        ),
        name=f"{name} {MARK}",
        siren=identifiers.siren(number),
        siret=identifiers.siret(number, 1),
        labels=labels,
        address=seat.address,
        offers=() if silent else (_offer(sort, labels, today),),
    )


def _labels(number: int, sort: Sort, dice: Dice, today: date) -> Iterator[Label]:
    """One of the labels of a sort, if it has any; RGE and organic ones with their domain."""
    trade = load_trades().get(sort.trade)
    for code in dice.some(sort.labels, 1):
        domains = {"RGE": trade.rge, "BIO": trade.bio}.get(code, ())
        ended = dice.chance(ENDED_SHARE)
        yield Label(
            code=code,
            scope=SCOPES.get(code, "site"),
            domain=dice.pick(domains) if domains else None,
            number=f"FICTIF-{code}-{number:06d}",
            valid_from=date(today.year - 3, 1, 1),
            valid_until=date(today.year - 1, 12, 31) if ended else date(today.year + 1, 12, 31),
        )


def _offer(sort: Sort, labels: tuple[Label, ...], today: date) -> Offer:
    """The trade of a company: certified while its label holds, else declared."""
    zone: Zone = UndeclaredZone()
    valid = [label for label in labels if label.valid_until is not None and label.valid_until >= today]
    if not valid:
        return Offer(trade=sort.trade, zone=zone, evidence="declared")
    first = valid[0]
    return Offer(
        trade=sort.trade, zone=zone, evidence="certified", valid_from=first.valid_from, valid_until=first.valid_until
    )
