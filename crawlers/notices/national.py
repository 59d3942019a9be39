"""National forms of BOAMP since 2015: FNSimple, MAPA, DSP and DIVERS, as JSON or XML.

All four have an ``organisme`` and one body (``initial``, ``rectificatif``, ``attribution``…), and share few names inside. The
paths below were learnt from notices of 2026 published elsewhere (docs/contracts.md, « Shapes and where they were seen »);
a form that has none of them still gives what its flat record says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from crawlers.contracts.organisations import Party
from crawlers.notices.corrections import corrected_deadline
from crawlers.notices.criteria import weighted
from crawlers.notices.raw import NOBODY, Criterion, Part, RawNotice, Said
from crawlers.notices.tree import Node
from crawlers.notices.values import labelled, lot_number, months_of, read_moment

SHAPES: Final = {"FNSimple": "boamp_fnsimple", "MAPA": "boamp_mapa", "DSP": "boamp_dsp", "DIVERS": "boamp_divers"}
CODED: Final = 0.9
LONGEST_TITLE: Final = 250
"""Characters of an object beyond which it is a description: MAPA has no title, and its flat record a short one."""
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
"""Moments by which to answer, the most precise first."""
_LOTS: Final = frozenset(("lots", "lot"))
_CPV: Final = ("codeCPV", "CPV")
_UNREAD: Final = frozenset(
    (
        "organisme",
        "communication",
        "adressesComplt",
        "instanceChargeeRecours",
        "organeMediation",
        "serviceRenseignement",
        "visiteDetail",
        "correspondantPRM",
        "PersonnePhysique",
        "coord",
        "adr",
        "nomContact",
        "telContact",
        "adresseMailContact",
        "lots",
        "lot",
        "intitule",
        "titreMarche",
        "description",
        "descriptionReduite",
        "criteresAttrib",
        "criteres",
    )
)
"""Contacts and addresses, and what is read for itself: no text is searched there."""
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
    """The notice; its number and dates come with what stands around it."""
    body = next((one for one in root.children if one.name in _NATURES), root)
    organisation = root.one("organisme") or next(root.deep("organisme"), Node("none"))
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
        follows=[one.whole() for one in body.deep("idWeb") if one.whole()],
        buyer=_party(organisation),
        place=_place(organisation),
        category=next(_categories(body), None),
        procedure=_procedure(body),
    )


def _nature(body: Node) -> str | None:
    """A purchase given up for good is called off, though the form is that of an award."""
    if any(one.has("resultat/sansSuite") and not one.has("decision") for one in body.all("attribution")):
        return "cancellation"
    return _NATURES.get(body.name)


def _party(organisation: Node) -> Party:
    name, id_ = _said(organisation, _NAMES), organisation.words("codeIdentificationNational")
    kind = next((one.name.upper() for one in organisation.all("typeIdentificationNational/*")), None)
    return NOBODY if name is None and id_ is None else labelled((kind if id_ else None, id_, name))


def _place(organisation: Node) -> tuple[str | None, str | None, str | None]:
    held = organisation.one("adr") or organisation
    return held.words("cp"), held.words("ville"), None


def _categories(body: Node) -> Iterator[str]:
    for holder in body.beside("natureMarche", without=_LOTS):
        yield from (_CATEGORIES[one.name] for one in holder.children if one.name in _CATEGORIES)


def _procedure(body: Node) -> str | None:
    names = " ".join(one.name.lower() for one in body.all("procedure/*") if one.ticked)
    return next((code for word, code in _PROCEDURES if word in names), None)


def _said(holder: Node, names: Sequence[str]) -> str | None:
    """The first of these names that holds a text, among the children of ``holder``."""
    return next((text for name in names if (text := holder.words(name))), None)


def _whole(body: Node) -> Part:
    objects = [one for name in _OBJECTS for one in body.all(name)] or [body]
    title = next((text for one in objects if (text := _said(one, _TITLES))), None)
    purpose = next((text for one in (*objects, body) if (text := one.words("objet"))), None)
    if title is None and purpose is not None and len(purpose) <= LONGEST_TITLE:
        title = purpose
    length = next(body.beside("duree", without=_LOTS), Node("none"))
    texts = list(_texts(body))
    low, high = _amounts(objects)
    described = _joined(
        purpose if purpose != title else None,
        *(one.words("description") for one in objects),
        body.words("caracteristiques/principales"),
        body.words("caracteristiques/quantites"),
    )
    return Part(
        title=title,
        description=described,
        cpv=[code for one in objects for code in _cpv(one)],
        months=next((text for one in objects if (text := one.words("dureeMois"))), None) or _months(length),
        starts=length.words("dateACompterDu") or length.words("dateDebutPrestation"),
        ends=length.words("jusquau") or length.words("dateJusquau"),
        amount_min=low,
        amount_max=high,
        deadline=_deadline(body),
        criteria=_criteria(body, without=_LOTS),
        conditions=_joined(*_clauses([described or "", *texts])),
        texts=texts,
        said=list(reserved(body, without=_LOTS)),
        winners=list(_winners(body)),
        offers=next((one.whole() for one in body.deep("nbOffresRecues")), None),
    )


def _joined(*texts: str | None) -> str | None:
    return "\n".join(dict.fromkeys(text for text in texts if text)) or None


def _deadline(body: Node) -> object:
    """The moment to answer by; of a correction, the one it gives."""
    for name in _ENDS:
        for one in body.beside(name, without=frozenset(("infosRectif",))):
            if (moment := read_moment(one.whole())) is not None:
                return moment
    return next((moment for one in body.deep("infosRectif") if (moment := corrected_deadline(one))), None)


def _amounts(holders: Sequence[Node]) -> tuple[str | None, str | None]:
    """Least and greatest value estimated."""
    for value in (
        one for holder in holders for name in ("valeurEstimee", "estimationValeur") for one in holder.all(name)
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
        one.whole() for name in _CPV for code in holder.all(name) for one in code.deep("classPrincipale") if one.whole()
    ]


def _criteria(body: Node, without: frozenset[str]) -> list[Criterion]:
    """FNSimple writes them as one text, MAPA one by one; « in the documents » names none."""
    found = [one for text in body.beside("criteresAttrib", without=without) for one in weighted(text.whole())]
    for holder in body.beside("criteres", without=without):
        for one in holder.children:
            if one.has("critere"):
                found.append(Criterion(one.words("critere") or "", None, one.words("criterePCT")))
            else:
                found += weighted(one.whole())
    return [one for one in found if one.name]


def reserved(holder: Node, without: frozenset[str] = frozenset()) -> Iterator[Said]:
    """The boxes « marché réservé ». Only « non » was seen ticked: « oui » is read as its opposite, with what stands below it.

    For whom is read in the words of the notice: no such code was seen.
    """
    for box in holder.beside("reservationMarche", "marcheReserve", without=without):
        for one in box.children:
            if one.name.lower().endswith("oui") and one.ticked:
                for name in [child.name for child in one.children if child.ticked] or [box.name]:
                    yield Said("reserved", name, CODED)


def _texts(body: Node) -> Iterator[str]:
    """Every text of some length, but contacts: a reservation may be told anywhere."""
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
        yield from (one.strip() for one in _SENTENCE.split(text) if _CLAUSE.search(one))


def _winners(body: Node) -> Iterator[Party]:
    for one in body.deep("titulaire"):
        name, id_ = _said(one, _NAMES), one.words("codeIdentificationNational")
        if name is not None or id_ is not None:
            yield labelled((None, id_, name))


def _lots(body: Node) -> list[Part]:
    """The lots. FNSimple gives them no number but in their description (« 2 : Peinture »)."""
    nodes = body.all("lots/lot") or body.all("descriptionMarche/lot")
    parts = [_lot(one) for one in nodes]
    numbers = [part.number for part in parts]
    if None in numbers or len(set(numbers)) < len(numbers):
        for position, part in enumerate(parts, start=1):
            part.number = str(position)
    return parts


def _lot(lot: Node) -> Part:
    title, described = _said(lot, _TITLES), lot.words("description")
    if title is None:
        title, described = described, None
    number = lot_number(_said(lot, ("numLot", "numero", "num")))
    prefix = _OF_LOT.match(title or "")
    if title is not None and prefix is not None and number in (None, lot_number(prefix[1])):
        number, title = lot_number(prefix[1]), title[prefix.end() :]
    length = lot.one("dureeLot") or lot.one("duree") or Node("none")
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
        said=list(reserved(lot)),
    )


def _alone(whole: Part, lot: Part) -> list[Part]:
    """A delegation that is not divided writes itself as one lot: what that lot says is said of the whole."""
    whole.cpv += [code for code in lot.cpv if code not in whole.cpv]
    whole.description = _joined(whole.description, lot.description)
    whole.conditions = _joined(whole.conditions, lot.conditions)
    whole.texts += lot.texts
    whole.said += lot.said
    for name in ("nuts", "months", "starts", "ends", "amount_min", "amount_max", "criteria"):
        setattr(whole, name, getattr(whole, name) or getattr(lot, name))
    return []
