"""Describes the environmental lever of a lot: plain JSON, and the same in French sentences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from vivier.bodies import Body
from vivier.clausier.wording import filled
from vivier.desk.method.green import ADVICE, METHOD_VERSION, WANTED, Choice, Green
from vivier.french import chance, enumerated, integer, plural, quoted
from vivier.law.products import STATUS_WORDS, ProductDuty

PROOF: Final = "Un label équivalent est accepté (R2111-16) ; à défaut, une preuve par tout moyen (R2111-17)."
"""Articles R2111-12 to R2111-17, read on a page of a third party (marche-public.info)."""
_MOST_NAMED: Final = 3


class GreenLabelBody(Body):
    code: str
    name: str
    asks: str


class GreenChoiceBody(Body):
    labels: list[GreenLabelBody]
    holders: int
    others: int
    connected: bool
    three_offers: list[float] | None
    text: str


class GreenHolderBody(Body):
    id: str
    name: str
    siret: str | None


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
    requirements: list[str]
    criterion: str | None
    duties: list[ProductDutyBody]
    method_version: str


def green_body(made: Green, launched: date) -> GreenBody:
    """The environmental lever of a lot, its duties on the day of its launch."""
    clauses = made.clauses
    return {
        "advice": made.advice,
        "advice_fr": ADVICE[made.advice],
        "text": " ".join(_sentences(made)),
        "wording": _wording(made),
        "choices": [_choice(choice) for choice in made.choices],
        "inclusive_holders": made.inclusive,
        "holders": [{"id": each.id, "name": each.name, "siret": each.siret} for each in made.holders],
        "requirements": [] if clauses is None else [filled(text, {}) for text in clauses.requirements],
        "criterion": None if clauses is None else filled(clauses.criterion, {}),
        "duties": duties_body(made.duties, launched),
        "method_version": METHOD_VERSION,
    }


def duties_body(duties: tuple[ProductDuty, ...], launched: date) -> list[ProductDutyBody]:
    """The duties on the products of a lot, on the day of its launch."""
    return [
        {
            "code": duty.code,
            "family": duty.family,
            "article": duty.article,
            "text": duty.text(launched),
            "dispense": duty.dispense,
            "status": duty.status,
            "status_fr": STATUS_WORDS[duty.status],
            "source": duty.source,
        }
        for duty in duties
    ]


def _choice(choice: Choice) -> GreenChoiceBody:
    return {
        "labels": [{"code": label.code, "name": label.name, "asks": label.asks} for label in choice.labels],
        "holders": choice.known.holders,
        "others": choice.known.doers,
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
