"""Reads reservations, clauses and criteria in the words of a notice. Confidences are ours
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
from vivier.contracts.reservation import Finding, excerpt_of, lots_cited, named, read_reservation, reserved_sentences
from vivier.law.articles import ReservedFor
from vivier.model.contract import ProvisionEvidence
from vivier.procurement import Provision

SENTENCE_RESERVES: Final = 0.8
"""Confidence when a sentence reserves a market without naming for whom."""
WORDS: Final = 0.6
"""Confidence when the words of a criterion or of a condition state its aim."""
POSSIBLE: Final = 0.2
"""Confidence when the only signal is a CPV code of the list of social services: a reservation to the social economy is
possible."""

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
"""Coded fields that reserve to EA and ESAT or to SIAE without a distinction."""

_INSERTION: Final = (
    r"\b(?:heures?|clauses?|actions?|demarches?|objectifs?|parcours|publics?|personnes?|dispositifs?|engagements?|difficultes?)"
    r" (?:\w+ ){0,2}(?:d'|en )insertion\b"
    r"|\binsertion (?:sociale|professionnelle|socio\w*|par l'activite|par l'emploi|par le travail|des? (?:publics|personnes))"
)
_SOCIAL: Final = re.compile(
    _INSERTION
    + r"|\b(?:clauses?|criteres?|performances?|aspects?|volets?|dimensions?|qualite|engagements?|responsabilite|demarches?)"
    r" (?:\w+ (?:et )?)?socia(?:le|les|l|ux)\b"
    r"|\bcaractere (?:\w+ et )?social\b|\bpersonnes? en difficulte\b"
    r"|\b(?:personnes? (?:eloignees? de l'emploi|en situation de handicap|handicapees?)|demandeurs? d'emploi)\b"
    r"|\begalite (?:professionnelle|femmes?|entre les femmes|hommes?)|\brse\b"
)
_STATED: Final = re.compile(r"\bconditions d'execution (?:\S+ ){0,4}caractere (?:\w+ et )?social\b")
"""What states a clause even where insertion is what is bought."""
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
class WordedProvision(Finding):
    """A provision that the words of a notice state. No lot named by its sentence: it covers all the lots of the notice."""

    provision: Provision = "reserved"


def reservations_of(text: str, *, reserved: bool = False) -> tuple[WordedProvision, ...]:
    """Reservations that a text states. ``reserved``: a coded field states the reservation already, and the words are read for
    the families, even where a sentence does not say « réservé »."""
    findings = read_reservation(text, reserved=reserved)
    sentences = tuple(reserved_sentences(text))
    if not (reserved or sentences or any(finding.signal == "article" for finding in findings)):
        return ()
    provisions = [WordedProvision(**vars(finding)) for finding in findings]
    return tuple(provisions) or tuple(
        WordedProvision("words", "réservé", excerpt_of(sentence), (), SENTENCE_RESERVES, lots_cited(sentence))
        for sentence in sentences
    )


def aims_of(text: str, social: Provision, *, services: bool) -> Iterator[WordedProvision]:
    """Social and environmental aims of a criterion (``social`` « criterion ») or of a condition (« clause »).

    ``services``: what is bought is training or employment, words of insertion are its object.
    """
    plain = folded(text)
    # A sentence that reserves also names disabled people: it is a reservation, not a clause.
    for pattern, provision, heard in (
        (_STATED if services else _SOCIAL, social, not reservations_of(text)),
        (_ENVIRONMENTAL, "environmental", True),
    ):
        match = pattern.search(plain) if heard else None
        if match is not None and not _DENIED.search(plain[: match.start()]):
            excerpt = excerpt_of(text, match.start())
            yield WordedProvision("words", match.group(), excerpt, (), WORDS, provision=provision)


def buys_employment(texts: Iterable[str | None], cpv: Iterable[str]) -> bool:
    """Whether what is bought is training, placement or insertion itself (docs/contracts.md, « Words »)."""
    if any(_SERVICE_OBJECT.search(folded(text)) for text in texts if text):
        return True
    return any(code.startswith(_SERVICE_CPV) for code in cpv)


def families_of(evidence: Iterable[ProvisionEvidence]) -> tuple[ReservedFor, ...]:
    """Families for which a notice is reserved, by its evidence; empty when it is not reserved, or for an unknown family.

    Buyers tick « mission of public service » (ESS) beside the workshops or SIAE: beside one of these it is ignored.
    """
    reserved = [piece for piece in evidence if piece.provision == "reserved"]
    others = any(piece.value in WORKSHOPS for piece in reserved)
    sure = {f for piece in reserved if piece.confidence >= SENTENCE_RESERVES for f in piece.reserved_for}
    coded_only = all(piece.signal in ("notice_code", "cpv") for piece in reserved if "ESS" in piece.reserved_for)
    found = named(reserved)
    return tuple(f for f in found if f != "ESS" or not coded_only or not (others or sure - {"ESS"}))


@lru_cache(maxsize=1)
def social_services() -> frozenset[str]:
    """CPV codes of the social and other specific services of the European list."""
    return frozenset(row["code"] for row in read_table("cpv_social"))
