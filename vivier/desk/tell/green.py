"""Describes the environmental lever of a lot: plain JSON, and the same in French sentences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Final

from vivier.bodies import Body, body_of
from vivier.clausier.wording import filled
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.clause import Carriers
from vivier.desk.method.green import ADVICE, METHOD_VERSION, WANTED, Choice, Green, Holder
from vivier.desk.method.lever import Lever
from vivier.french import chance, enumerated, integer, plural, quoted
from vivier.law.products import STATUS_WORDS, ProductDuty

PROOF: Final = "Un label équivalent est accepté (R2111-16) ; à défaut, une preuve par tout moyen (R2111-17)."
"""Articles R2111-12 to R2111-17, read on a page of a third party (marche-public.info)."""
_MOST_NAMED: Final = 3
_MOST_CARRYING: Final = 2
"""Structures that are paired with each holder."""
_LEAST_CARRYING: Final = 0.2
"""Probability that a structure can carry the hours, under which it is paired with nobody [ours]."""


class GreenLabelBody(Body):
    code: str
    name: str
    asks: str


class GreenChoiceBody(Body):
    """``likely``: how many of the others probably hold one of the labels, between two bounds; they are not holders known."""

    labels: list[GreenLabelBody]
    holders: int
    others: int
    likely: list[float]
    connected: bool
    three_offers: list[float] | None
    text: str


class GreenHolderBody(Body):
    id: str
    name: str
    siret: str | None


class GreenPairBody(Body):
    """Who holds the label and who carries the insertion hours; one structure twice when it does both."""

    holder: GreenHolderBody
    carrier: GreenHolderBody


class ProductDutyBody(Body):
    code: str
    family: str
    article: str
    text: str
    dispense: str
    status: str
    status_fr: str
    source: str


class GreenBody(Body):
    advice: str
    advice_fr: str
    text: str
    wording: str | None
    choices: list[GreenChoiceBody]
    inclusive_holders: int
    holders: list[GreenHolderBody]
    pairs: list[GreenPairBody]
    requirements: list[str]
    criterion: str | None
    duties: list[ProductDutyBody]
    method_version: str


def green_body(made: Green, launched: date, lever: Lever, hours: Carriers) -> GreenBody:
    """The environmental lever of a lot, its duties on the day of its launch, and who could answer it beside its social lever: ``hours`` can carry those of
    its clause."""
    clauses = made.clauses
    return {
        "advice": made.advice,
        "advice_fr": ADVICE[made.advice],
        "text": " ".join(_sentences(made)),
        "wording": _wording(made),
        "choices": [_choice(choice) for choice in made.choices],
        "inclusive_holders": made.inclusive,
        "holders": [_named(each) for each in made.holders],
        "pairs": list(_pairs(made, lever, hours)),
        "requirements": [] if clauses is None else [filled(text, {}) for text in clauses.requirements],
        "criterion": None if clauses is None else filled(clauses.criterion, {}),
        "duties": duties_body(made.duties, launched),
        "method_version": METHOD_VERSION,
    }


def _named(site: Holder | Candidate) -> GreenHolderBody:
    return {"id": site.id, "name": site.name, "siret": site.siret}


def _pairs(made: Green, lever: Lever, hours: Carriers) -> Iterator[GreenPairBody]:
    """Offers that are green and inclusive at once. An ordinary company answers no reserved lot (L2113-12 to -16), so that there only an inclusive holder
    does; beside a clause it works with who carries the hours."""
    for each in made.holders:
        if each.inclusive:
            yield {"holder": _named(each), "carrier": _named(each)}
    if lever not in ("clause", "condition"):
        return
    likely = (found.site for found in hours.first_calls if found.probability >= _LEAST_CARRYING)
    carrying = tuple(islice(likely, _MOST_CARRYING))
    for each in made.holders:
        for site in carrying:
            if not each.inclusive and site.id != each.id:
                yield {"holder": _named(each), "carrier": _named(site)}


def duties_body(duties: tuple[ProductDuty, ...], launched: date) -> list[ProductDutyBody]:
    """The duties on the products of a lot, on the day of its launch."""
    return [
        body_of(ProductDutyBody, duty, text=duty.text(launched), status_fr=STATUS_WORDS[duty.status]) for duty in duties
    ]


def _choice(choice: Choice) -> GreenChoiceBody:
    return {
        "labels": [{"code": label.code, "name": label.name, "asks": label.asks} for label in choice.labels],
        "holders": choice.known.holders,
        "others": choice.known.doers,
        "likely": [round(bound, 1) for bound in choice.known.expected],
        "connected": choice.odds is not None,
        "three_offers": None if choice.odds is None else [round(p, 4) for p in choice.odds],
        "text": _counted(choice),
    }


def _names(choice: Choice) -> str:
    return enumerated([quoted(label.name) for label in choice.labels[:_MOST_NAMED]], "ou")


def _counted(choice: Choice) -> str:
    if choice.odds is None:
        return f"{_names(choice)} : aucune liste connectée, on ne sait pas qui le détient."
    known = plural(choice.known.holders, "titulaire connu", "titulaires connus")
    least, most = (round(bound) for bound in choice.known.expected)
    if most:
        known += f", et {integer(least)} à {integer(most)} probables parmi {integer(choice.known.doers)} autres"
    low, central, high = (chance(p) for p in choice.odds)
    return f"{_names(choice)} : {known}. {integer(WANTED)} offres labellisées : {central} ({low} à {high})."


def _sentences(made: Green) -> Iterator[str]:
    match made.advice:
        case "reuse":
            yield "Consultez d'abord le réemploi : ces biens se trouvent reconditionnés ou de seconde main."
        case "require":
            yield "Le label peut être exigé : assez de titulaires peuvent répondre."
        case "score":
            yield "Notez le label sans l'exiger : rien ne prouve que trois titulaires répondraient."
        case "condition":
            yield "Aucun label de produit ne s'impose : fixez une condition d'exécution mesurable."
        case "nothing":
            yield "Aucun label recensé ne porte sur cet objet."
    if made.inclusive:
        both = plural(
            made.inclusive,
            "titulaire est aussi une structure inclusive",
            "titulaires sont aussi des structures inclusives",
        )
        yield f"{both} : un même lot peut porter les deux leviers."


def _wording(made: Green) -> str | None:
    """The sentence that a buyer may write; ``None`` without a label to name."""
    managed = made.advice == "condition"
    named = next((choice for choice in made.choices if (choice.labels[0].asks == "management") == managed), None)
    if named is None:
        return None
    names = enumerated([label.name for label in named.labels[:_MOST_NAMED]], "ou")
    match made.advice:
        case "require":
            return f"Les prestations satisfont aux exigences du label {names}, ou équivalent. {PROOF}"
        case "condition":
            return f"Le titulaire prouve ses mesures de management environnemental par {names}, ou équivalent."
        case _:
            return f"Sera notée la part des prestations couvertes par le label {names}, ou équivalent. {PROOF}"
