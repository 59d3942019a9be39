"""Signals, in the text of a contract or notice, of the families it is reserved for, each with its words and a confidence.

Rules, patterns and confidences: docs/contracts.md, « Evidence of a provision » (ours, to be calibrated). Who may be named: CCP
L2113-12 (EA, ESAT), L2113-13 (SIAE), L2113-13-1 (prison), L2113-14 (both), L2113-15 and 16 (ESS); L3113-1, -2, -2-1 for concessions, which are never reserved to both together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from vivier.law.articles import ReservedFor
from vivier.model.contract import ProvisionEvidence
from vivier.procurement import Signal
from vivier.text.folding import fold

EXCERPT = 240
"""Characters of the sentence shown as proof, at most."""

NAMED: Final = 0.4
"""A family is named from this confidence on; below, it is only possible."""


@dataclass(frozen=True)
class Finding:
    """One signal of a reservation: ``value`` is the article or word found, ``excerpt`` the sentence where it is,
    ``lots`` the numbers of the lots that the sentence names. ``implied``: the words name a family without saying « réservé », in a
    market that is known to be reserved."""

    signal: Signal
    value: str
    excerpt: str
    reserved_for: tuple[ReservedFor, ...]
    confidence: float
    lots: tuple[str, ...] = ()
    implied: bool = False


class _Implying(Protocol):
    """A signal that may be implied."""

    @property
    def implied(self) -> bool: ...

    @property
    def confidence(self) -> float: ...

    @property
    def reserved_for(self) -> tuple[ReservedFor, ...]: ...


F = TypeVar("F", bound=_Implying)


@dataclass(frozen=True)
class _Rule:
    """``confidence`` where nothing else is needed, or where the sentence says « réservé » when ``needs_reserve``; ``implied`` where it
    does not and the market is known to be reserved."""

    signal: Signal
    pattern: re.Pattern[str]
    reserved_for: tuple[ReservedFor, ...]
    confidence: float | None
    needs_reserve: bool = False
    implied: float | None = None


def _rule(
    signal: Signal,
    pattern: str,
    kinds: tuple[ReservedFor, ...],
    confidence: float | None,
    *,
    needs_reserve: bool = False,
    implied: float | None = None,
) -> _Rule:
    return _Rule(signal, re.compile(pattern), kinds, confidence, needs_reserve, implied)


_FAMILY: Final = 0.6
"""Confidence of the name of a family in a market known to be reserved, when its sentence does not say « réservé »."""
_AIM: Final = 0.5
"""Confidence of the people that a market known to be reserved gives work to, by its object."""
_FOR: Final = r"\breserve(?:e|s|es)? (?:a|aux?|pour)\b[^.;]{0,80}?"
_DISABLED: Final = r"\b(?:personnes?|travailleurs?|salaries?|publics?) (?:\w+ ){0,2}(?:handicapee?s?\b|en situation de handicap\b|porteu\w+ de handicap\b)"
_FAR_FROM_WORK: Final = (
    r"\b(?:personnes?|travailleurs?|publics?) (?:\w+ ){0,2}(?:(?:tres )?eloignee?s? (?:de l'emploi|du marche)|en difficultes?|defavorisee?s?|en insertion)\b"
    r"|\bdemandeurs? d'emploi\b"
)
_DONE_BY: Final = (
    r"(?<!\betre )(?<!\bheures )(?<!\bpartie )\b(?:realise|execute|assure|effectue|fourni)e?s? par (?:une?|des|les) "
)
_BY_DISABLED: Final = _DONE_BY + r"(?:e\.?s\.?a\.?t\b|entreprises? adaptees?\b(?! (?:aux?|a)\b))"
_BY_INSERTION: Final = (
    _DONE_BY + r"(?:siae\b|(?:structures?|chantiers?|entreprises?) d'insertion\b)"
    r"|\b(?:marche|lot|accord-cadre)s? reserve(?:e|s|es)? a l'insertion\b(?![^.;]{0,60}handicap)"
)
_L = r"\bl?\.?\s*"
_RULES: Final = (
    _rule("article", _L + r"2113\s*-\s*12\b", ("EA_ESAT",), 0.95),
    _rule("article", _L + r"3113\s*-\s*1\b", ("EA_ESAT",), 0.95),
    # « L2113-13-1 » must not pass for « L2113-13 », nor « L3113-2-1 » for « L3113-2 »
    _rule("article", _L + r"2113\s*-\s*13\b(?!\s*-\s*1)", ("SIAE",), 0.95),
    _rule("article", _L + r"3113\s*-\s*2\b(?!\s*-\s*1)", ("SIAE",), 0.95),
    _rule("article", _L + r"2113\s*-\s*13\s*-\s*1\b", ("PRISON",), 0.95),
    _rule("article", _L + r"3113\s*-\s*2\s*-\s*1\b", ("PRISON",), 0.95),
    _rule("article", _L + r"2113\s*-\s*14\b", ("EA_ESAT", "SIAE"), 0.95),
    _rule("article", _L + r"3113\s*-\s*3\b", ("EA_ESAT", "SIAE"), 0.95),
    _rule("article", _L + r"2113\s*-\s*1[56]\b", ("ESS",), 0.95),
    _rule("other_code", r"\bl\.?\s*5132\s*-\s*4\b", ("SIAE",), 0.85),
    _rule("other_code", r"\bl\.?\s*5213\s*-\s*13\b", ("EA_ESAT",), 0.85),
    _rule("other_code", r"\bl\.?\s*344\s*-\s*2\b", ("EA_ESAT",), 0.85),
    _rule("other_code", r"2015\s*-\s*899\b.{0,80}\b36\b.{0,10}\bii\b", ("SIAE",), 0.6, needs_reserve=True),
    _rule("other_code", r"2015\s*-\s*899\b.{0,80}\b36\b.{0,10}\bi\b", ("EA_ESAT",), 0.6, needs_reserve=True),
    _rule(
        "words",
        r"\bentreprises? adaptees?\b|\besat\b|\b(?:aide|accompagnement) par le travail\b",
        ("EA_ESAT",),
        0.8,
        needs_reserve=True,
        implied=_FAMILY,
    ),
    _rule(
        "words",
        r"\bsiae\b|\binsertion par l'activite economique\b|\b(?:structures?|chantiers?|entreprises?) d'insertion\b",
        ("SIAE",),
        0.8,
        needs_reserve=True,
        implied=_FAMILY,
    ),
    # of the former forms; the whole phrase names also those who work for « personnes défavorisées »
    _rule("words", r"\bateliers? proteges?\b(?![^.;]{0,160}defavorise)", ("EA_ESAT",), 0.8, needs_reserve=True),
    # « prestations réalisées par un E.S.A.T. »: the object names who works
    _rule("words", _BY_DISABLED, ("EA_ESAT",), 0.8),
    _rule("words", _BY_INSERTION, ("SIAE",), 0.8),
    _rule("words", r"\beconomie sociale et solidaire\b", ("ESS",), 0.8, needs_reserve=True),
    _rule("words", r"\betablissements? penitentiaires?\b", ("PRISON",), 0.8, needs_reserve=True),
    # « réservé à l'insertion des personnes handicapées »; an object may be the transport of disabled people and be reserved to others
    _rule("words", r"\b(?:aux|a des|des) ea\b", ("EA_ESAT",), 0.8, needs_reserve=True),
    _rule("words", _FOR + _DISABLED, ("EA_ESAT",), 0.8),
    _rule("words", _FOR + f"(?:{_FAR_FROM_WORK})", ("SIAE",), 0.8),
    _rule("words", r"\btravailleurs? handicapes?\b", ("EA_ESAT",), None, implied=_FAMILY),
    _rule(
        "words",
        r"\b(?:insertion|emploi|integration)\b[^.;]{0,40}? (?:de |des |d')" + _DISABLED,
        ("EA_ESAT",),
        None,
        implied=_AIM,
    ),
    _rule(
        "words",
        r"\b(?:prestations?|marches?|actions?|operations?|services?) d'insertion\b(?![^.;]{0,60}handicap)"
        r"|\binsertion (?:socio-?professionnelle|sociale et professionnelle|professionnelle|par l'emploi|par le travail)\b(?! (?:de |des |d')\w+ handicap)",
        ("SIAE",),
        None,
        implied=_AIM,
    ),
)
# Tested on the text as written, before it is folded: most texts contain no such word, and folding is slow.
_WORTH_READING: Final = re.compile(
    r"r[eé]\u0301?serv|\d{3,4}\s*[-\u2010-\u2015]\s*\d|\bpar\s(?:une?|des|les)\s(?:e\.?s\.?a\.?t|siae|entreprise|structure|chantier)",
    re.IGNORECASE,
)
# « l'acheteur se réserve le droit », « 500 heures réservées à l'insertion » reserve no market
_RESERVE: Final = re.compile(
    r"(?<!\bse )(?<!\bheures )\breserv(?:e|ee|es|ees|ation|ations|er)\b(?! (?:le droit|la possibilite|la faculte))(?![^.;]{0,120}: ?non\b)"
)
_NOUN: Final = re.compile(r"\b[rR]\u00e9serves?\b|(?<=\bSOUS )RESERVES?\b|(?<=\bsous )reserves?\b")
_RESERVES: Final = re.compile(
    r"\b(?:marche|lot|accord-cadre|accord|contrat|consultation|concession)s?\b(?:(?!\bheures?\b)[^.;]){0,60}?(?<!\bse )(?<!\bnon )"
    r"\breserve(?:e|s|es)?\b(?! (?:le droit|la possibilite|la faculte))"
)
_TO_STRUCTURES: Final = re.compile(
    r"(?<!\bse )(?<!\bnon )\breserve(?:e|s|es)? (?:\w+ )?(?:a|aux?|pour) (?:(?:des?|les?|une?|la) )?(?:\w+ ){0,2}?"
    r"(?:ea|esat|siae|entreprises? (?:adaptees?|d'insertion)|ateliers? proteges?|structures? (?:d'insertion|de l'insertion|inclusives?|employant))\b"
)
"""« prestations réservées aux EA et ESAT »: whoever such structures are named for, it is no place but a purchase."""
_WORKED_BY: Final = re.compile(f"{_BY_DISABLED}|{_BY_INSERTION}")
_TO_OTHERS: Final = re.compile(
    r"\breserve(?:e|s|es)? (?:\w+ment )?(?:aux?\b|a (?:l'|(?:la|les|des?|une?)\b))(?! ?(?:titre|sens|article)\b)"
    r"(?![^.;]{0,80}?(?:insertion|insere|adapte|protege|handicap|inclusi|solidaire|emplo|travail|chomage|penitentiaire|structure|association"
    r"|\b(?:esat|ea|eatt|ei|aci|etti|geiq|s?iae|ess|esus|stpa|[23]113)\b))"
)
"""« réservé aux entreprises d'assurances », « à la profession d'avocat », « à l'exécution du contrat »: to nobody whom a market is reserved for."""
_PLOTS: Final = re.compile(r"\blotissements?\b|\blots? (?:a batir|libres?|viabilises?)\b")
"""Where such words are, a « lot » is a piece of land."""
_LOTS: Final = re.compile(
    r"\blots?\s*(?:n\s*[°ºo]?s?\s*)?:?\s*(\d{1,3}(?:\s*(?:,|;|et|ou|&|a|au|-)\s*(?:le\s+)?(?:lots?\s*)?(?:n\s*[°ºo]?\s*)?\d{1,3}\b)*)"
)
_THROUGH: Final = re.compile(r"(\d{1,3})\s*(?:a|au|-)\s*(?:lots?\s*)?(?:n\s*[°ºo]?\s*)?(\d{1,3})")
MOST_LOTS: Final = 60
# « places réservées aux personnes handicapées », « parking réservé aux usagers » reserve a place, not a market
_PLACES: Final = re.compile(
    r"\b(?:places?|stationnements?|parkings?|emplacements?|voies?|couloirs?|espaces?(?! verts?)|salles?|logements?|acces|zones?|locaux|local|aires?)"
    r" (?:\w+ ){0,2}reserve(?:e|s|es)?\b"
)
# « non réservé », « n'est pas réservé », « ne sont pas réservés », « sans réservation », « aucun lot réservé »
_NOT_RESERVED: Final = re.compile(
    r"\bnon\s+reserve|\bn'(?:est|etant)\s+pas\s+reserve|\bne\s+(?:sont|sera|seront)\s+pas\s+reserve"
    r"|\bsans\s+(?:aucune\s+)?reserv|\bpas\s+de\s+(?:marche\s+|lot\s+)?reserv|\baucun\w*\s+(?:\w+\s+)?reserv"
)
# A full stop ends a sentence, but not the one of « L. 2113-12 » or « art. 5 ».
_SENTENCES: Final = re.compile(r"(?<!\bl)(?<!\br)(?<!\bart)\.\s+(?=\S)|[;\n\r]+")


def worth_reading(text: str) -> bool:
    """Whether a text contains a word of reservation: a quick test, as most texts contain none."""
    return _WORTH_READING.search(text) is not None


def read_reservation(text: str, *, reserved: bool = False) -> tuple[Finding, ...]:
    """Signals of a reservation in a text, best first. A sentence that denies it (« non réservé ») gives none. ``reserved``: the market
    is known to be reserved, and the words that name people or a family say for whom."""
    if not (reserved or worth_reading(text)):
        return ()
    folded = _plain(text)
    found: dict[tuple[Signal, str], Finding] = {}
    for written, sentence in _sentences(text, folded):
        if _NOT_RESERVED.search(sentence) is None:
            for finding in _findings(written, sentence, reserved):
                found.setdefault((finding.signal, finding.value), finding)
    return tuple(sorted(found.values(), key=lambda finding: -finding.confidence))


def reserved_sentences(text: str) -> Iterator[str]:
    """The sentences that say a market or a lot is reserved, as written."""
    if not worth_reading(text):
        return
    for written, sentence in _sentences(text, _plain(text)):
        plain = _TO_OTHERS.sub("_", _PLACES.sub("_", sentence))
        if _PLOTS.search(plain):
            plain = re.sub(r"\blots?\b", "_", plain)
        if _NOT_RESERVED.search(sentence):
            continue
        if _RESERVES.search(plain) or _TO_STRUCTURES.search(plain) or _WORKED_BY.search(plain):
            yield written


def lots_cited(sentence: str) -> tuple[str, ...]:
    """The numbers of the lots a sentence names: « le lot 6 », « les lots n° 2, 3 et 5 », « lots 1 à 4 »."""
    cited: dict[int, None] = {}
    for match in _LOTS.finditer(_plain(sentence)):
        cited.update(dict.fromkeys(int(number) for number in re.findall(r"\d+", match[1])))
        for first, last in _THROUGH.findall(match[1]):
            if int(first) < int(last) <= int(first) + MOST_LOTS:
                cited.update(dict.fromkeys(range(int(first), int(last) + 1)))
    return tuple(str(number) for number in sorted(cited))


def best_founded(findings: Iterable[F]) -> list[F]:
    """The findings without those that are only implied when another one names a family more surely."""
    found = list(findings)
    named_by = [finding for finding in found if finding.reserved_for]
    sure = max((finding.confidence for finding in named_by if not finding.implied), default=0.0)
    best = max((finding.confidence for finding in named_by if finding.implied), default=0.0)
    return [finding for finding in found if not finding.implied or (not sure and finding.confidence == best)]


def combined(evidence: Iterable[ProvisionEvidence | Finding]) -> dict[ReservedFor, float]:
    """Confidence of each family: that of the best signal that names it, never a sum."""
    best: dict[ReservedFor, float] = {}
    for signal in evidence:
        for family in signal.reserved_for:
            best[family] = max(best.get(family, 0.0), signal.confidence)
    return best


def named(evidence: Iterable[ProvisionEvidence | Finding]) -> tuple[ReservedFor, ...]:
    """The families named with enough confidence, surest first, then by code."""
    best = combined(evidence)
    sure = [family for family, confidence in best.items() if confidence >= NAMED]
    return tuple(sorted(sure, key=lambda family: (-best[family], family)))


def _plain(text: str) -> str:
    """Lower case without accents, character for character where it can be; « réserve » (« sous réserve ») is blanked first,
    since without accents it would be « réservé »."""
    text = _NOUN.sub(lambda found: "_" * len(found.group()), text)
    return fold(text).lower().replace("\u2019", "'")


def _sentences(text: str, folded: str) -> Iterator[tuple[str, str]]:
    """Each sentence as written and folded. Folding may open a ligature: then the excerpt is the folded one."""
    aligned = text if len(text) == len(folded) else folded
    start = 0
    for stop in _SENTENCES.finditer(folded):
        yield aligned[start : stop.start()], folded[start : stop.start()]
        start = stop.end()
    yield aligned[start:], folded[start:]


def _findings(written: str, sentence: str, reserved: bool) -> Iterator[Finding]:
    sentence = _PLACES.sub(lambda found: "_" * len(found.group()), sentence)
    reserve = _RESERVE.search(sentence) is not None
    for rule in _RULES:
        explicit = rule.confidence if reserve or not rule.needs_reserve else None
        confidence = explicit if explicit is not None else rule.implied if reserved else None
        match = None if confidence is None else rule.pattern.search(sentence)
        if match is not None and confidence is not None:
            value = match.group() if rule.signal == "words" else re.sub(r"[.\s]", "", match.group()).upper()
            excerpt = excerpt_of(written, match.start())
            lots = lots_cited(sentence)
            yield Finding(rule.signal, value, excerpt, rule.reserved_for, confidence, lots, explicit is None)


def excerpt_of(sentence: str, at: int = 0) -> str:
    """The words around the signal; the whole sentence when it is short."""
    plain = " ".join(sentence.split())
    if len(plain) <= EXCERPT:
        return plain
    start = max(0, min(at - EXCERPT // 2, len(sentence) - EXCERPT))
    return "… " + " ".join(sentence[start : start + EXCERPT].split()) + " …"
