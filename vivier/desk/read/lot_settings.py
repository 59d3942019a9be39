"""The settings of a study that a lot may have of its own: declared once, read the same from a file, a form, JSON or the command line.

A setting given to the consultation holds for every lot that does not say its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from vivier.desk.read import cells
from vivier.errors import FieldError, InvalidRequest
from vivier.law.rules import EXCEPTIONS, BuyerClass

YES_NO: Final[Mapping[str, str]] = {"oui": "oui", "non": "non"}


@dataclass(frozen=True)
class Setting:
    """One setting. ``title``: label of the page, and heading of the column; ``hint``: how to write it; ``choices``: its values, when
    they are a closed list, by what is typed; ``headings``: other names of the column; ``default``: what holds when nobody says."""

    name: str
    title: str
    hint: str
    read: Callable[[str, str], tuple[Any, cells.Mentions]]
    choices: Mapping[Any, str] = field(default_factory=dict)
    headings: tuple[str, ...] = ()
    default: str = "à préciser"


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting(
        "buyer",
        "Classe de l'acheteur",
        "Elle dit le seuil européen.",
        cells.buyer,
        cells.BUYERS,
        ("type d'acheteur", "categorie d'acheteur", "classe acheteur"),
        "collectivité, établissement public",
    ),
    Setting(
        "launched",
        "Date de lancement",
        "Par exemple 15/03/2027. D'autres obligations valent avant le 22/08/2026.",
        cells.launched,
        {},
        ("lancement", "date de consultation", "date de publication", "publication", "date prevue"),
        "la date de l'analyse",
    ),
    Setting(
        "social_condition",
        "Condition sociale prévue",
        "Une clause sociale d'exécution (heures d'insertion…).",
        cells.yes_no,
        YES_NO,
        ("condition sociale", "clause sociale", "clause sociale prevue", "clause d'insertion"),
    ),
    Setting(
        "environmental_condition",
        "Condition environnementale prévue",
        "Une condition d'exécution : matériaux, véhicules, déchets…",
        cells.yes_no,
        YES_NO,
        ("condition environnementale", "clause environnementale", "clause environnementale prevue"),
    ),
    Setting(
        "environmental_criterion",
        "Critère environnemental prévu",
        "Un critère de choix des offres.",
        cells.yes_no,
        YES_NO,
        ("critere environnemental", "critere environnemental d'attribution"),
    ),
    Setting(
        "exception",
        "Motif pour écarter la condition sociale",
        "Seulement si vous l'écartez : il faudra le motiver.",
        cells.exception,
        EXCEPTIONS,
        ("exception", "motif d'exception", "motif de derogation"),
        "aucun",
    ),
    Setting(
        "response_rate",
        "Taux de réponse supposé",
        "Part des structures qui répondraient, par exemple 15 %.",
        cells.rate,
        {},
        ("taux de reponse",),
        "10 %, ou celui des marchés réservés du métier",
    ),
    Setting(
        "taken_over",
        "Part du personnel repris",
        "Le nouveau titulaire reprend le personnel de l'ancien : 70 % ; « non » si personne.",
        cells.taken_over,
        {},
        ("personnel repris", "reprise du personnel", "part personnel repris", "taux de reprise"),
        "inconnu",
    ),
    Setting(
        "labour_share",
        "Part de main-d'œuvre dans le prix",
        "Par exemple 65 %.",
        cells.share,
        {},
        (
            *("part main d'oeuvre", "part de main d'oeuvre", "part de la main d'oeuvre"),
            *("main d'oeuvre", "% main d'oeuvre", "part mo"),
        ),
        "celle du métier, si elle est connue",
    ),
    Setting(
        "hourly_cost",
        "Coût horaire complet, en euros",
        "Entre 25 et 40.",
        cells.hourly_cost,
        {},
        ("cout horaire", "taux horaire", "cout horaire complet"),
        "30, à confirmer",
    ),
)
BY_NAME: Final[Mapping[str, Setting]] = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True)
class Own:
    """The settings of one lot. ``None``: that of the consultation holds. ``taken_over`` and ``labour_share`` are shares,
    ``hourly_cost`` euros."""

    buyer: BuyerClass | None = None
    launched: date | None = None
    social_condition: bool | None = None
    environmental_condition: bool | None = None
    environmental_criterion: bool | None = None
    exception: str | None = None
    response_rate: float | None = None
    taken_over: float | None = None
    labour_share: float | None = None
    hourly_cost: float | None = None


def own_settings(values: Mapping[str, str]) -> tuple[Own, tuple[FieldError, ...], tuple[str, ...]]:
    """Reads the settings of a lot from its cells. Never raises: gives the settings, the errors by column, and what is told."""
    found: dict[str, Any] = {}
    errors: list[FieldError] = []
    mentions: list[str] = []
    for setting in SETTINGS:
        try:
            found[setting.name], described = setting.read(values.get(setting.name, ""), setting.name)
            mentions.extend(described)
        except InvalidRequest as error:
            errors.extend(error.errors)
    return Own(**found), tuple(errors), tuple(mentions)
