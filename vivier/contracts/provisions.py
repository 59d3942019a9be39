"""What the words of a notice say of reservations, clauses and criteria. Confidences are ours
(docs/contracts.md, « Evidence of a provision »).

Words are weaker than codes. Buying training or employment services is no provision: there the words of insertion say nothing,
unless an article, a coded field or a reservation says that the market is reserved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from mappings import read_table
from vivier.contracts.objects import folded
from vivier.contracts.reservation import excerpt_of, lots_cited, named, read_reservation, reserved_sentences
from vivier.law.articles import ReservedFor
from vivier.model.contract import ProvisionEvidence
from vivier.procurement import Provision, Signal

SAID_RESERVED: Final = 0.8
"""A sentence says that it is reserved, without saying for whom."""
WORDS: Final = 0.6
"""A criterion or a condition tells its aim in words."""
POSSIBLE: Final = 0.2
"""Nothing but a CPV of the list of social services: the social economy is possible."""

WORKSHOPS: Final = frozenset(
    (
        "res-ws",
        "RESTRICTED_SHELTERED_WORKSHOP",
        "RESTRICTED_SHELTERED_PROGRAM",
        "RESTRICTED_TO_SHELTERED_WORKSHOPS",
        "RESTRICTED_TO_FRAMEWORK",
        "ATELIERS_PROTEGES",
        "EMPLOIS_PROTEGES",
    )
)
"""Coded fields that reserve to EA and ESAT or to SIAE without telling which."""

_INSERTION: Final = (
    r"\b(?:heures?|clauses?|actions?|demarches?|objectifs?|parcours|publics?|personnes?|dispositifs?|engagements?)"
    r" (?:\w+ ){0,2}(?:d'|en )insertion\b"
    r"|\binsertion (?:sociale|professionnelle|socio\w*|par l'activite|par l'emploi|par le travail|des? (?:publics|personnes))"
)
_SOCIAL: Final = re.compile(
    _INSERTION
    + r"|\b(?:clauses?|criteres?|performances?|aspects?|volets?|dimensions?|qualite|engagements?|responsabilite|demarches?)"
    r" (?:\w+ (?:et )?)?socia(?:le|les|l|ux)\b"
    r"|\b(?:personnes? (?:eloignees? de l'emploi|en situation de handicap|handicapees?)|demandeurs? d'emploi)\b"
    r"|\begalite (?:professionnelle|femmes?|entre les femmes|hommes?)|\brse\b"
)
_ENVIRONMENTAL: Final = re.compile(
    r"\benvironnementa(?:l|le|les|ux)\b|\bdeveloppement durable\b|\becolog\w+|\b(?:bilan|empreinte|impact) carbone\b"
    r"|\b(?:protection|respect|preservation) de l'environnement\b|\bachats? durables?\b|\brse\b"
)
# « sans dispositions environnementales », « aucune clause sociale », « clause sociale : non »
_DENIED: Final = re.compile(r"\b(?:sans|aucun|aucune|pas de|absence de) (?:\w+ ){0,3}$")
_SERVICE_OBJECT: Final = re.compile(
    r"\b(?:prestations?|marches?|actions?|services?|accompagnement|dispositifs?|formations?) (?:\w+ ){0,3}"
    r"(?:d'insertion|(?:de |d')?(?:formation|placement|orientation|remobilisation|accompagnement) (?:\w+ ){0,2}"
    r"(?:professionnelle?s?|vers l'emploi|a l'emploi|dans l'emploi|socioprofessionnelle?))"
    r"|\bformations? (?:professionnelles?|qualifiantes?|des? (?:demandeurs|agents|salaries))"
    r"|\binsertion (?:sociale et )?professionnelle\b|\bbilans? de competences\b"
)
_SERVICE_CPV: Final = ("80", "7961", "79634")


@dataclass(frozen=True)
class Told:
    """A provision told by words. ``lots`` are those its sentence names; none: it speaks of all it stands for."""

    provision: Provision
    signal: Signal
    value: str
    excerpt: str
    confidence: float
    reserved_for: tuple[ReservedFor, ...] = ()
    lots: tuple[str, ...] = ()


def reservations_of(text: str, *, reserved: bool = False) -> tuple[Told, ...]:
    """Reservations a text tells of. ``reserved``: a coded field says so already, then words may say for whom."""
    findings = read_reservation(text)
    said = tuple(reserved_sentences(text))
    if not (reserved or said or any(one.signal == "article" for one in findings)):
        return ()
    told = [
        Told("reserved", one.signal, one.value, one.excerpt, one.confidence, one.reserved_for, one.lots)
        for one in findings
    ]
    if not told:
        told = [
            Told("reserved", "words", "réservé", excerpt_of(one), SAID_RESERVED, (), lots_cited(one)) for one in said
        ]
    return tuple(told)


def aims_of(text: str, social: Provision, *, services: bool) -> Iterator[Told]:
    """Social and environmental aims of a criterion (``social`` « criterion ») or of a condition (« clause »).

    ``services``: what is bought is training or employment, words of insertion are its object.
    """
    plain = folded(text)
    # a sentence that reserves speaks of disabled people too: it is a reservation, not a clause
    for pattern, provision, heard in (
        (_SOCIAL, social, not services and not reservations_of(text)),
        (_ENVIRONMENTAL, "environmental", True),
    ):
        match = pattern.search(plain) if heard else None
        if match is not None and not _DENIED.search(plain[: match.start()]):
            yield Told(provision, "words", match.group(), excerpt_of(text, match.start()), WORDS)


def buys_employment(texts: Iterable[str | None], cpv: Iterable[str]) -> bool:
    """Whether what is bought is training, placement or insertion itself (docs/contracts.md, « Words »)."""
    if any(_SERVICE_OBJECT.search(folded(text)) for text in texts if text):
        return True
    return any(code.startswith(_SERVICE_CPV) for code in cpv)


def families_of(evidence: Iterable[ProvisionEvidence]) -> tuple[ReservedFor, ...]:
    """Whom a notice is reserved for, by its evidence; nothing when it is not reserved, or not for anybody we can tell.

    « Mission of public service » (ESS) is ticked beside the workshops, or for SIAE: beside one of them it names nobody.
    """
    reserved = [one for one in evidence if one.provision == "reserved"]
    others = any(one.value in WORKSHOPS for one in reserved)
    sure = {f for one in reserved if one.confidence >= SAID_RESERVED for f in one.reserved_for}
    coded_only = all(one.signal in ("notice_code", "cpv") for one in reserved if "ESS" in one.reserved_for)
    found = named(reserved)
    return tuple(f for f in found if f != "ESS" or not coded_only or not (others or sure - {"ESS"}))


@lru_cache(maxsize=1)
def social_services() -> frozenset[str]:
    """CPV codes of the social and other specific services of the European list."""
    return frozenset(row["code"] for row in read_table("cpv_social"))
