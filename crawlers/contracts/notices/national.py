"""Reads the national forms of BOAMP since 2015: FNSimple, MAPA, DSP and DIVERS, as JSON or XML.

All four have an ``organisme`` and one body (``initial``, ``rectificatif``, ``attribution``…), and share few names
inside. The paths below were learnt from notices of 2026 published elsewhere (docs/contracts.md, « Shapes and where they
were seen »); a form that has none of them still gives the fields of its flat record.

The new deadline that a national correction gives, as a field or in a sentence of a plain form.

Nothing is guessed: a sentence that gives no hour, or does not name the deadline, gives none, and the call keeps its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Final

from crawlers.contracts.notices.criteria import weighted
from crawlers.contracts.notices.raw import NOBODY, CodedProvision, Criterion, Part, RawNotice
from crawlers.contracts.notices.tree import Node
from crawlers.contracts.notices.values import labelled, lot_number, months_of, read_moment
from crawlers.contracts.organisations import Party
from vivier.identity import words_of
from vivier.text.folding import fold

NEAR: Final = 250
"""Characters between what names the deadline and its date, at most (ours)."""
_MONTHS: Final = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre",
)  # fmt: skip
_DEADLINE: Final = re.compile(
    r"\blimites?\b|\b(?:réception|remise|dépôt|envoi)\s+des\s+(?:offres|plis|candidatures)", re.IGNORECASE
)
_OTHER: Final = re.compile(r"\b(?:visites?|questions?|renseignements?|ouverture|validité)\b", re.IGNORECASE)
_DATE: Final = (
    r"(?:\s|:|«|\"|\bau\b|\ble\b|\bjusqu['’]au\b|\b(?:lun|mar|mercre|jeu|vendre|same)di\b|\bdimanche\b)*"
    r"(?P<day>\d{1,2})(?:er)?(?:\s*[/.-]\s*(?P<number>\d{1,2})\s*[/.-]\s*|\s+(?P<name>[^\W\d_]{3,9})\s+)(?P<year>20\d\d)"
    r"[\s,]*(?:à|avant|jusqu['’]à|-|–)?\s*(?P<hour>\d{1,2})\s*(?:h(?:eures?)?+|:)\s*(?P<minute>\d{2})?"
    r"(?!\s*\(?(?:heures?\s+)?locales?)"
)
_MOVED: Final = re.compile(
    r"(?<!au lieu de )\b(?:lire|(?:re)?report[ée]e?s?|repouss[ée]e?s?|prolong[ée]e?s?|décal[ée]e?s?|nouvelle date)\b"
    + _DATE,
    re.IGNORECASE,
)
_FIXED: Final = re.compile(
    r"(?<!initialement )\bfix[ée]e?s?\b" + _DATE + r"(?=[^.]{0,20}\b(?:et non|au lieu d))", re.IGNORECASE
)


def corrected_deadline(correction: Node) -> datetime | None:
    """The deadline that an ``infosRectif`` gives, in Paris time unless a zone is written."""
    return next(chain(_fields(correction), _sentences(correction.whole())), None)


def _fields(correction: Node) -> Iterator[datetime]:
    """« rubDelais » says which delay changes, « lireDate » gives its new value. The two are side by side, at any depth."""
    if (correction.words("rubDelais") or "").lower() == "receptionoffres":
        moment = read_moment(correction.words("lireDate"))
        if moment is not None:
            yield moment
    for child in correction.children:
        yield from _fields(child)


def _sentences(text: str) -> Iterator[datetime]:
    for pattern in (_MOVED, _FIXED):
        for found in pattern.finditer(text):
            before = text[max(0, found.start() - NEAR) : found.start("day")]
            named = list(_DEADLINE.finditer(before))
            if not named or _OTHER.search(before, named[-1].start()):
                continue
            moment = read_moment(_iso(found))
            if moment is not None:
                yield moment


def _iso(found: re.Match[str]) -> str:
    """The moment as ISO. A word that is no month gives month 00, which no reader of moments accepts."""
    name = fold(found["name"] or "").lower()
    month = int(found["number"] or 0) or (_MONTHS.index(name) + 1 if name in _MONTHS else 0)
    return f"{found['year']}-{month:02d}-{int(found['day']):02d}T{int(found['hour']):02d}:{found['minute'] or '00'}:00"


SHAPES: Final = {"FNSimple": "boamp_fnsimple", "MAPA": "boamp_mapa", "DSP": "boamp_dsp", "DIVERS": "boamp_divers"}
CODED: Final = 0.9
LONGEST_TITLE: Final = 250
"""Characters of an object beyond which it is a description: MAPA has no title, and its flat record has a short one."""
_NATURES: Final = {
    "initial": "call",
    "attribution": "award",
    "rectif": "correction",
    "rectificatif": "correction",
    "annulation": "cancellation",
}
_CATEGORIES: Final = {"travaux": "travaux", "fournitures": "fournitures", "services": "services"}
_OBJECTS: Final = ("natureMarche", "descriptionMarche", "description", "descriptionReduite")
_NAMES: Final = ("nomOfficiel", "acheteurPublic", "nom", "denomination")
_TITLES: Final = ("intitule", "titreMarche")
_ENDS: Final = (
    "dateReceptionOffres",
    "receptionOffres",
    "receptionInteret",
    "dateReceptionCandidatures",
    "receptionCandidatures",
)
"""Names of the moments by which to answer, the most precise first."""
_LOTS: Final = frozenset(("lots", "lot"))
_CPV: Final = ("codeCPV", "CPV")
_UNREAD: Final = frozenset(
    words_of(
        """
        organisme communication adressesComplt instanceChargeeRecours organeMediation serviceRenseignement
        visiteDetail correspondantPRM PersonnePhysique coord adr nomContact telContact adresseMailContact lots lot
        intitule titreMarche description descriptionReduite criteresAttrib criteres
        """
    )
)
"""Elements in which no text is searched: contacts and addresses, and those that a reader of their own reads."""
_PROCEDURES: Final = (
    ("adaptee", "adaptee"),
    ("appeloffresouvert", "ouvert"),
    ("ouvert", "ouvert"),
    ("restreint", "restreint"),
    ("negoci", "negociation"),
    ("dialogue", "dialogue"),
)
_CLAUSE: Final = re.compile(
    r"\bclauses?\s+(?:\S+\s+){0,2}?(?:sociale|environnementale|d['’]insertion|d['’]ex[ée]cution)"
    r"|\bconditions?\s+d['’]ex[ée]cution\b",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"(?<=[.;])\s+|\n+")
_OF_LOT: Final = re.compile(r"\s*(?:lot\s*)?(?:n\s*[°ºo]\s*)?0*(\d{1,3}[A-Za-z]?)\s*[:.)–-]\s*(?=\S)", re.IGNORECASE)


def read_national(root: Node) -> RawNotice:
    """The notice as written. Its number and dates come from what BOAMP writes around it."""
    body = next((child for child in root.children if child.name in _NATURES), root)
    organisation = root.first("organisme") or next(root.deep("organisme"), Node("none"))
    whole = _whole(body)
    lots = _lots(body)
    if len(lots) == 1 and root.name == "DSP":
        lots = _alone(whole, lots[0])
    return RawNotice(
        number=None,
        form=SHAPES.get(root.name, "boamp_divers"),
        nature=_nature(body),
        whole=whole,
        lots=lots,
        follows=[node.whole() for node in body.deep("idWeb") if node.whole()],
        buyer=_party(organisation),
        place=_place(organisation),
        contact=(None, next((node.whole() for node in root.deep("urlProfilAch") if node.whole()), None), None),
        category=next(_categories(body), None),
        procedure=_procedure(body),
    )


def _nature(body: Node) -> str | None:
    """The nature of the notice. A purchase that is given up is a cancellation, though its form is that of an award."""
    if any(award.has("resultat/sansSuite") and not award.has("decision") for award in body.all("attribution")):
        return "cancellation"
    return _NATURES.get(body.name)


def _party(organisation: Node) -> Party:
    name, id_ = _first_text(organisation, _NAMES), organisation.words("codeIdentificationNational")
    kind = next((node.name.upper() for node in organisation.all("typeIdentificationNational/*")), None)
    return NOBODY if name is None and id_ is None else labelled((kind if id_ else None, id_, name))


def _place(organisation: Node) -> tuple[str | None, str | None, str | None]:
    address = organisation.first("adr") or organisation
    return address.words("cp"), address.words("ville"), None


def _categories(body: Node) -> Iterator[str]:
    for holder in body.beside("natureMarche", without=_LOTS):
        yield from (_CATEGORIES[child.name] for child in holder.children if child.name in _CATEGORIES)


def _procedure(body: Node) -> str | None:
    names = " ".join(node.name.lower() for node in body.all("procedure/*") if node.ticked)
    return next((code for word, code in _PROCEDURES if word in names), None)


def _first_text(holder: Node, names: Sequence[str]) -> str | None:
    """The first of these names that holds a text, among the children of ``holder``."""
    return next((text for name in names if (text := holder.words(name))), None)


def _whole(body: Node) -> Part:
    objects = [node for name in _OBJECTS for node in body.all(name)] or [body]
    title = next((text for node in objects if (text := _first_text(node, _TITLES))), None)
    purpose = next((text for node in (*objects, body) if (text := node.words("objet"))), None)
    if title is None and purpose is not None and len(purpose) <= LONGEST_TITLE:
        title = purpose
    length = next(body.beside("duree", without=_LOTS), Node("none"))
    texts = list(_texts(body))
    low, high = _amounts(objects)
    described = _joined(
        purpose if purpose != title else None,
        *(node.words("description") for node in objects),
        body.words("caracteristiques/principales"),
        body.words("caracteristiques/quantites"),
    )
    return Part(
        title=title,
        description=described,
        cpv=[code for node in objects for code in _cpv(node)],
        months=next((text for node in objects if (text := node.words("dureeMois"))), None) or _months(length),
        starts=length.words("dateACompterDu") or length.words("dateDebutPrestation"),
        ends=length.words("jusquau") or length.words("dateJusquau"),
        amount_min=low,
        amount_max=high,
        deadline=_deadline(body),
        criteria=_criteria(body, without=_LOTS),
        conditions=_joined(*_clauses([described or "", *texts])),
        texts=texts,
        coded=list(reserved(body, without=_LOTS)),
        winners=list(_winners(body)),
        offers=next((node.whole() for node in body.deep("nbOffresRecues")), None),
    )


def _joined(*texts: str | None) -> str | None:
    return "\n".join(dict.fromkeys(text for text in texts if text)) or None


def _deadline(body: Node) -> object:
    """The moment to answer by. The deadline of a correction is the new one it gives."""
    for name in _ENDS:
        for node in body.beside(name, without=frozenset(("infosRectif",))):
            if (moment := read_moment(node.whole())) is not None:
                return moment
    return next((moment for node in body.deep("infosRectif") if (moment := corrected_deadline(node))), None)


def _amounts(holders: Sequence[Node]) -> tuple[str | None, str | None]:
    """Least and greatest estimated value."""
    for value in (
        node for holder in holders for name in ("valeurEstimee", "estimationValeur") for node in holder.all(name)
    ):
        alone = value.words("valeur") or (value.text or "").strip() or None
        low, high = value.words("fourchette/valeurBasse"), value.words("fourchette/valeurHaute")
        if alone or low or high:
            return low or alone, high or alone
    return None, None


def _months(length: Node) -> object:
    months = length.words("nbMois")
    return months if months is not None else months_of(length.words("nbJours"))


def _cpv(holder: Node) -> list[str]:
    return [
        node.whole()
        for name in _CPV
        for code in holder.all(name)
        for node in code.deep("classPrincipale")
        if node.whole()
    ]


def _criteria(body: Node, without: frozenset[str]) -> list[Criterion]:
    """The criteria. FNSimple writes them as one text, MAPA one by one; « in the documents » gives no criterion."""
    found = [
        criterion for text in body.beside("criteresAttrib", without=without) for criterion in weighted(text.whole())
    ]
    for holder in body.beside("criteres", without=without):
        for child in holder.children:
            if child.has("critere"):
                found.append(Criterion(child.words("critere") or "", None, child.words("criterePCT")))
            else:
                found += weighted(child.whole())
    return [criterion for criterion in found if criterion.name]


def reserved(holder: Node, without: frozenset[str] = frozenset()) -> Iterator[CodedProvision]:
    """The boxes « marché réservé ». Only « non » was seen ticked: « oui » is read as its opposite, with the kinds
    ticked below it.

    No code that says for whom was seen: the words of the notice give it.
    """
    for box in holder.beside("reservationMarche", "marcheReserve", without=without):
        for answer in box.children:
            if answer.name.lower().endswith("oui") and answer.ticked:
                for name in [child.name for child in answer.children if child.ticked] or [box.name]:
                    yield CodedProvision("reserved", name, CODED)


def _texts(body: Node) -> Iterator[str]:
    """Every text of some length, except contacts: any of them may mention a reservation."""
    for child in body.children:
        if child.name in _UNREAD:
            continue
        own = (child.text or "").strip()
        if len(own) > 20:
            yield own
        yield from _texts(child)


def _clauses(texts: Sequence[str]) -> Iterator[str]:
    """The sentences that speak of a social or environmental clause: these forms have no field for it."""
    for text in texts:
        yield from (sentence.strip() for sentence in _SENTENCE.split(text) if _CLAUSE.search(sentence))


def _winners(body: Node) -> Iterator[Party]:
    for holder in body.deep("titulaire"):
        name, id_ = _first_text(holder, _NAMES), holder.words("codeIdentificationNational")
        if name is not None or id_ is not None:
            yield labelled((None, id_, name))


def _lots(body: Node) -> list[Part]:
    """The lots. FNSimple numbers them only in their description (« 2 : Peinture »)."""
    nodes = body.all("lots/lot") or body.all("descriptionMarche/lot")
    parts = [_lot(node) for node in nodes]
    numbers = [part.number for part in parts]
    if None in numbers or len(set(numbers)) < len(numbers):
        for position, part in enumerate(parts, start=1):
            part.number = str(position)
    return parts


def _lot(lot: Node) -> Part:
    title, described = _first_text(lot, _TITLES), lot.words("description")
    if title is None:
        title, described = described, None
    number = lot_number(_first_text(lot, ("numLot", "numero", "num")))
    prefix = _OF_LOT.match(title or "")
    if title is not None and prefix is not None and number in (None, lot_number(prefix[1])):
        number, title = lot_number(prefix[1]), title[prefix.end() :]
    length = lot.first("dureeLot") or lot.first("duree") or Node("none")
    low, high = _amounts([lot])
    texts = list(_texts(lot))
    return Part(
        number=number,
        title=title,
        description=described,
        cpv=_cpv(lot),
        nuts=lot.every("lieuCodeNUTS/codeNUTS"),
        months=lot.words("dureeMois") or _months(length),
        starts=length.words("dateACompterDu"),
        ends=length.words("dateJusquau") or length.words("jusquau"),
        amount_min=low,
        amount_max=high,
        criteria=_criteria(lot, without=frozenset()),
        conditions=_joined(*_clauses([title or "", described or "", *texts])),
        texts=texts,
        coded=list(reserved(lot)),
    )


def _alone(whole: Part, lot: Part) -> list[Part]:
    """Moves the values of the only lot to the whole notice: a delegation that is not divided is written as one lot."""
    whole.cpv += [code for code in lot.cpv if code not in whole.cpv]
    whole.description = _joined(whole.description, lot.description)
    whole.conditions = _joined(whole.conditions, lot.conditions)
    whole.texts += lot.texts
    whole.coded += lot.coded
    for name in ("nuts", "months", "starts", "ends", "amount_min", "amount_max", "criteria"):
        setattr(whole, name, getattr(whole, name) or getattr(lot, name))
    return []
