"""National forms of BOAMP since 2022 (« FNSimple ») and their kin: MAPA, DSP, DIVERS (contracts.md 5.2).

FNSimple is read as seen in real notices. The others share its spirit (``organisme``, then ``initial``, ``attribution``,
``rectif``, ``annulation``) and were not seen: everything is optional, and texts count wherever they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from crawlers.contracts.organisations import Party
from crawlers.notices.criteria import weighted
from crawlers.notices.raw import NOBODY, Part, RawNotice, Said
from crawlers.notices.tree import Node
from crawlers.notices.values import lot_number, read_moment

SHAPES: Final = {"FNSimple": "boamp_fnsimple", "MAPA": "boamp_mapa", "DSP": "boamp_dsp", "DIVERS": "boamp_divers"}
CODED: Final = 0.9
_PERSONAL: Final = frozenset(
    (
        "nomContact",
        "telContact",
        "melContact",
        "correspondant",
        "CORRESPONDANT",
        "MEL",
        "TEL",
        "FAX",
        "mel",
        "tel",
        "fax",
        "contact",
    )
)
_NATURES: Final = {
    "initial": "call",
    "attribution": "award",
    "rectif": "correction",
    "rectificatif": "correction",
    "annulation": "cancellation",
}
_CATEGORIES: Final = {"travaux": "travaux", "fournitures": "fournitures", "services": "services"}
_ENDS: Final = ("dateReceptionOffres", "dateReceptionCandidatures", "dateLimiteReception", "dateLimite")


def read_national(root: Node) -> RawNotice:
    """The notice; its number and dates come with the flat record."""
    body = next((one for one in root.children if one.name in _NATURES), root)
    organisation = next(root.deep("organisme"), Node("none"))
    market = body.one("natureMarche") or next(body.deep("natureMarche"), body)
    return RawNotice(
        number=None,
        form=SHAPES.get(root.name, "boamp_divers"),
        nature=_NATURES.get(body.name),
        whole=_whole(body, market),
        lots=_lots(market),
        buyer=_party(organisation),
        place=(organisation.words("cp"), organisation.words("ville"), None),
        category=next((_CATEGORIES[one.name] for one in market.all("natureMarche/*") if one.name in _CATEGORIES), None),
        procedure=_procedure(body),
    )


def _party(organisation: Node) -> Party:
    name, id_ = organisation.words("nomOfficiel"), organisation.words("codeIdentificationNational")
    kind = next((one.name.upper() for one in organisation.all("typeIdentificationNational/*")), None)
    return NOBODY if name is None and id_ is None else (kind, id_, name)


def _procedure(body: Node) -> str | None:
    names = " ".join(one.name.lower() for one in body.all("procedure/*"))
    if "procedureadaptee" in names:
        return "adaptee"
    return next(
        (
            code
            for word, code in (("ouvert", "ouvert"), ("restreint", "restreint"), ("negoci", "negociation"))
            if word in names
        ),
        None,
    )


def _whole(body: Node, market: Node) -> Part:
    procedure = body.one("procedure") or Node("none")
    amount = market.words("valeurEstimee/valeur")
    deadline = next((one.whole() for one in body.deep(*_ENDS)), None)
    return Part(
        title=market.words("intitule") or next((one.whole() for one in body.deep("intitule", "objet")), None),
        description=market.words("description"),
        cpv=_cpv(market),
        months=market.words("dureeMois"),
        amount_min=market.words("valeurEstimee/fourchette/valeurBasse") or amount,
        amount_max=market.words("valeurEstimee/fourchette/valeurHaute") or amount,
        deadline=read_moment(deadline),
        criteria=weighted(procedure.words("criteresAttrib") or ""),
        conditions=procedure.words("conditionsParticulieres") or market.words("conditionsParticulieres"),
        texts=list(_texts(body)),
        said=list(_reserved(market)),
        winners=[
            (None, one.words("codeIdentificationNational"), one.words("denomination")) for one in body.deep("titulaire")
        ],
    )


def _cpv(holder: Node) -> list[str]:
    code = holder.one("codeCPV") or Node("none")
    return [one.whole() for one in code.deep("classPrincipale", "classSupplementaire")]


def _reserved(market: Node) -> Iterator[Said]:
    """« Marché réservé : oui »; for whom is read in the words under the box."""
    if market.has("reservationMarche/oui"):
        yield Said("reserved", "reservationMarche", CODED)


def _texts(body: Node) -> Iterator[str]:
    """Every text of some length, but contacts: a reservation may be told anywhere."""
    for child in body.children:
        if child.name in _PERSONAL or child.name in ("criteresAttrib", "description", "intitule", "lotsMarche"):
            continue
        own = (child.text or "").strip()
        if len(own) > 20:
            yield own
        yield from _texts(child)


def _lots(market: Node) -> list[Part]:
    lots = market.all("lotsMarche/oui/lot") or market.all("lotsMarche/lot") or list(market.deep("lotMarche", "lot"))
    return [
        Part(
            number=lot_number(one.words("numero") or one.words("num") or one.words("numLot")) or str(position),
            title=one.words("intitule") or one.words("description"),
            description=one.words("description"),
            cpv=_cpv(one),
            months=one.words("dureeMois"),
            amount_min=one.words("valeurEstimee/valeur"),
            amount_max=one.words("valeurEstimee/valeur"),
            texts=list(_texts(one)),
            said=list(_reserved(one)),
        )
        for position, one in enumerate(lots, start=1)
    ]
