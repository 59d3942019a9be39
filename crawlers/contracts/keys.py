"""Names of JSON and XML fields as producers write them: singular or plural, other case, stray spaces, flattened."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from vivier.identity import fold


def words_of(text: str) -> frozenset[str]:
    """The words of a text, for lists too long to be written one a line."""
    return frozenset(text.split())


CONTRACT: Final = words_of(
    """
    id acheteur autoriteConcedante nature objet codeCPV techniques modalitesExecution idAccordCadre procedure lieuExecution
    dureeMois dateNotification datePublicationDonnees montant ccag offresRecues typeGroupementOperateurs sousTraitanceDeclaree
    marcheInnovant titulaires considerationsSociales considerationsEnvironnementales actesSousTraitance modifications
    modificationsActesSousTraitance dateSignature dateDebutExecution valeurGlobale concessionnaires _type
    """
)
"""Fields that are used."""

UNUSED: Final = words_of(
    """
    uid uuid source formePrix typesPrix attributionAvance tauxAvance origineUE origineFrance montantSubventionPublique
    donneesExecution dateTransmissionEtalab created_at updated_at
    """
)
"""Fields known and left out by name."""

PARTY: Final = frozenset(["id", "typeIdentifiant", "denominationSociale", "nom"])
PLACE: Final = frozenset(["code", "typeCode", "nom"])
MODIFICATION: Final = words_of(
    """
    id dateNotificationModification dateSignatureModification datePublicationDonneesModification montant valeurGlobale
    dureeMois titulaires concessionnaires objetModification
    """
)
ACT: Final = frozenset(
    ["id", "sousTraitant", "dureeMois", "dateNotification", "datePublicationDonnees", "montant", "variationPrix"]
)
ACT_MODIFICATION: Final = frozenset(
    ["id", "dureeMois", "montant", "dateNotificationModificationSousTraitance", "datePublicationDonnees"]
)
KNOWN: Final = CONTRACT | UNUSED
_OPENED: Final = ("acheteur", "autoriteConcedante", "lieuExecution")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@lru_cache(maxsize=4096)
def stem(name: str) -> str:
    """A name without case, accents, marks and plurals: ``considerationsSociales`` is ``considerationsociale``."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return "".join(word.lower().rstrip("s") for word in fold(spaced).split())


@lru_cache(maxsize=64)
def _stems(names: frozenset[str]) -> dict[str, str]:
    flattened = {stem(f"{outer} {inner}"): f"{outer}.{inner}" for outer in _OPENED for inner in sorted(PARTY | PLACE)}
    return {stem(name): name for name in sorted(names)} | (flattened if names is KNOWN else {})


def tidy(raw: dict[str, object], names: frozenset[str]) -> dict[str, object]:
    """``raw`` with the names of the format where they are recognised; other names are left as they are."""
    if names.issuperset(raw):
        return raw
    stems = _stems(names)
    found: dict[str, object] = {}
    for key, value in raw.items():
        name = key if key in names else stems.get(stem(key), key)
        outer, _, inner = name.partition(".")
        if inner and outer in _OPENED:
            opened = found.setdefault(outer, {})
            if isinstance(opened, dict):
                opened[inner] = value
        elif found.get(name) is None:
            found[name] = value
    return found


def unknown(raw: Iterable[str]) -> set[str]:
    """The names of a tidied contract that are in no list, in a form that may be written in a report."""
    return {name.encode("utf8", "replace").decode("utf8") for name in set(raw) - KNOWN}


_TELLING: Final = frozenset(stem(name) for name in ("objet", "acheteur", "autoriteConcedante", "codeCPV"))
_OWN: Final = frozenset(
    stem(name)
    for name in words_of(
        """
        acheteur autoriteConcedante lieuExecution dureeMois dateNotification datePublicationDonnees offresRecues marcheInnovant
        sousTraitanceDeclaree typeGroupementOperateurs modalitesExecution actesSousTraitance idAccordCadre dateSignature
        dateDebutExecution valeurGlobale concessionnaires
        """
    )
)
"""Names that no other list of purchases has. « objet » is not one of them: records of BOAMP have it too, as those of
APProch have « code_s_cpv »."""


def may_be_contract(record: Iterable[object]) -> bool:
    """Whether the names of a record may be those of a contract, in a document where other records are contracts."""
    return not _TELLING.isdisjoint(_outer(record))


def is_contract(record: Iterable[object]) -> bool:
    """Whether the names of a record prove that its document holds contracts."""
    names = _outer(record)
    return not _TELLING.isdisjoint(names) and not _OWN.isdisjoint(names)


def _outer(record: Iterable[object]) -> set[str]:
    return {stem(str(name).partition(".")[0]) for name in record}
