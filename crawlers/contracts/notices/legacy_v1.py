"""Reads bodies of schema 1.10 of BOAMP (until about 2015), whose names differ from those of schemas 2.

It was written from the schema alone: no announcement was seen (docs/contracts.md, « Shapes and where they were seen »).
In XML, nothing around such a body gives a number, a nature or a day that we can read; it serves in flat records, which
have them. Its lots are a row of fields without an element around each lot, which JSON keeps as lists side by side.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

from crawlers.contracts.notices.criteria import weighted
from crawlers.contracts.notices.handling import CATEGORIES, PROCEDURES, named
from crawlers.contracts.notices.legacy import CODED, months_in, protected
from crawlers.contracts.notices.raw import NOBODY, CodedProvision, Criterion, Part, RawNotice
from crawlers.contracts.notices.tree import Node
from crawlers.contracts.notices.values import labelled, lot_number, read_moment

_NATURES: Final = {
    "MOTIF_ANNULATION": "cancellation",
    "MOTIF_RECTIFICATIF": "correction",
    "RECTIF": "correction",
    "PROCEDURE/MARCHES": "award",
}
_LOT: Final = "NUM_LOT"
_LOT_FIELDS: Final = (
    _LOT,
    "INTITULE",
    "DESC_LOT",
    "CPV_OBJET_LOT",
    "COUT_ESTIME",
    "COUT_ESTIME_MINI",
    "COUT_ESTIME_MAXI",
    "DUREE_MOIS",
    "DUREE_JOURS",
    "DATE_DEBUT",
    "DATE_FIN",
    "INFOS_COMPLEMENTAIRES",
    "NOM",
    "MONTANT",
)


def is_v1(data: Node) -> bool:
    """Whether ``DONNEES`` follow this schema."""
    return data.has("IDENT")


def read_v1(data: Node) -> RawNotice:
    """Reads the body of an announcement. « Prestation réservée » is ignored: it reserves a service to a profession."""
    identity = data.first("IDENT") or Node("none")
    id_, name = identity.words("CODE_IDENT_NATIONAL"), identity.words("NOM")
    procedure = data.first("PROCEDURE") or Node("none")
    return RawNotice(
        number=None,
        form="boamp_legacy",
        nature=next((nature for path, nature in _NATURES.items() if data.has(path)), None),
        whole=_whole(data),
        lots=[_lot(lot) for lot in _rows(data)],
        buyer=NOBODY if name is None and id_ is None else labelled((None, id_, name)),
        place=(identity.words("CP"), identity.words("VILLE"), None),
        category=named(data.all("OBJET/*"), CATEGORIES) or named(data.all("OBJET/TYPE_MARCHE/*"), CATEGORIES),
        procedure=PROCEDURES.get(procedure.attributes.get("type", "").upper()) or named(procedure.children, PROCEDURES),
    )


def _whole(data: Node) -> Part:
    object_, length = data.first("OBJET") or Node("none"), data.first("DUREE") or Node("none")
    value = object_.words("MONTANT_PREVISIONNEL") or object_.words("ACCORD_CADRE_VALEUR")
    return Part(
        title=object_.words("TITRE_MARCHE") or object_.words("OBJET_COMPLET"),
        description=object_.words("OBJET_COMPLET"),
        cpv=[*object_.every("CPV_OBJ"), *object_.every("CPV_COMPLEMENT")],
        nuts=object_.every("CODE_NUTS"),
        months=months_in(length) or months_in(object_),
        starts=length.words("DATE_DEB"),
        ends=length.words("DATE_FIN"),
        amount_min=object_.words("ACCORD_CADRE_VALEUR_MINI") or value,
        amount_max=object_.words("ACCORD_CADRE_VALEUR_MAXI") or value,
        deadline=read_moment(data.words("DELAI/RECEPT_OFFRES")) or read_moment(data.words("DELAI/RECEPT_CANDIDAT")),
        criteria=_criteria(data),
        conditions=data.words("CONDITIONS/RELATIVES/AUTRES"),
        texts=[
            *data.every("CONDITIONS/PARTICIPATION/MARCHE_RESERVE"),
            *data.every("CONDITIONS/PARTICIPATION/AUTRES"),
            *(
                text
                for name in ("RENS_COMPLEMENT", "AUTRES_INFOS", "AUTRES")
                for text in data.every(f"RENSEIGNEMENTS/{name}")
            ),
        ],
        coded=[*_reserved(data), *_aims(data)],
        winners=[(None, None, name) for name in data.every("PROCEDURE/MARCHES/NOM")],
        offers=data.words("PROCEDURE/MARCHES/NB_OFFRES"),
    )


def _criteria(data: Node) -> list[Criterion]:
    texts = [
        *data.every("CONDITIONS/CRITERES/CRITERES_LISTE"),
        *data.every("CONDITIONS/CRITERES/LISTE"),
        *data.every("CRITERES_D_ATTRIBUTION/LISTE_CRITERES"),
    ]
    return [criterion for text in texts for criterion in weighted(text)]


def _reserved(data: Node) -> Iterator[CodedProvision]:
    """Reservations, whose kinds may be written under the box or beside it."""
    participation = data.first("CONDITIONS/PARTICIPATION") or Node("none")
    box = participation.first("MARCHE_RESERVE")
    kinds = [*protected(participation), *(protected(box) if box is not None else ())]
    if box is not None and box.ticked:
        kinds = kinds or [box.name]
    yield from (CodedProvision("reserved", name, CODED) for name in dict.fromkeys(kinds))


def _aims(data: Node) -> Iterator[CodedProvision]:
    ticked = {box.name for box in data.all("CRITERES_SOCIAUX_ENV/*") if box.ticked}
    if "SOCIAUX" in ticked:
        yield CodedProvision("social_unspecified", "sociaux", CODED, (), "boamp_criteria")
    if "ENVIRONNEMENTAUX" in ticked:
        yield CodedProvision("environmental", "environnementaux", CODED, (), "boamp_criteria")


def _rows(data: Node) -> Iterator[Node]:
    """Each lot as an element of its own. XML repeats the fields of each lot in turn; JSON gives lists side by side,
    joined by position."""
    for group in data.all("LOTS"):
        numbers = [position for position, child in enumerate(group.children) if child.name == _LOT]
        if len(numbers) > 1 and numbers[-1] - numbers[0] == len(numbers) - 1:
            columns = [group.all(name) for name in _LOT_FIELDS]
            full = [column for column in columns if len(column) == len(numbers)]
            yield from (Node("LOT", children=[*row]) for row in zip(*full, strict=True))
        else:
            yield from (
                Node("LOT", children=group.children[first:after]) for first, after in zip_longest(numbers, numbers[1:])
            )


def _lot(lot: Node) -> Part:
    value = lot.words("MONTANT") or lot.words("COUT_ESTIME")
    return Part(
        number=lot_number(lot.words(_LOT)),
        title=lot.words("INTITULE") or lot.words("DESC_LOT"),
        description=lot.words("DESC_LOT"),
        cpv=[*lot.every("CPV_OBJET_LOT"), *lot.every("CPV_COMPL_LOT")],
        months=months_in(lot),
        starts=lot.words("DATE_DEBUT"),
        ends=lot.words("DATE_FIN"),
        amount_min=lot.words("COUT_ESTIME_MINI") or value,
        amount_max=lot.words("COUT_ESTIME_MAXI") or value,
        texts=[*lot.every("INFOS_COMPLEMENTAIRES"), *lot.every("AUTRES")],
        winners=[(None, None, name) for name in lot.every("NOM")],
    )
