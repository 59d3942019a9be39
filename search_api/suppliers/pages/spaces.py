"""Prepares the home pages of the three spaces: their tasks, each with a sentence, a button and one figure that is true today."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from search_api.context import Context
from search_api.doors import Contracts
from search_api.pages import site
from search_api.pages.site import Space
from vivier.french import number
from vivier.lexicon import Lexicon
from vivier.runs.quality import quality_of
from vivier.search.operators import Collection
from vivier.search.snapshot import Snapshot
from vivier.self_assessment import questions
from vivier.suppliers.find import find
from vivier.suppliers.query import SupplierQuery

MONTHS: Final = 12
"""A contract that ends within so many months is said to end soon."""


@dataclass(frozen=True)
class Figure:
    """A number and what it counts; ``text`` is ``None`` when nothing of that kind is indexed here."""

    text: str | None
    counts: str


@dataclass(frozen=True)
class Task:
    """What a reader comes to do."""

    title: str
    sentence: str
    button: str
    url: str
    figure: Figure


@dataclass(frozen=True)
class Facts:
    """Where figures are read."""

    snapshot: Snapshot
    lexicon: Lexicon
    today: date
    contracts: Contracts | None = None

    def documents(self, collection: Collection) -> int | None:
        """How many documents a collection has; ``None`` when it is not indexed."""
        live = self.snapshot.live(collection)
        return live[0].documents if live else None


_Count = Callable[[Facts], int | None]


def _suppliers(facts: Facts) -> int | None:
    if not facts.snapshot.live("suppliers"):
        return None
    return find(SupplierQuery(per_page=1, facets=()), facts.snapshot, facts.lexicon, facts.today).total


def _trades(facts: Facts) -> int:
    return len(tuple(facts.lexicon.trades))


def _questions(facts: Facts) -> int:
    return len(questions())


def _ending(facts: Facts) -> int | None:
    contracts = facts.contracts
    return None if contracts is None else contracts.ending(MONTHS, facts.snapshot, facts.lexicon, facts.today)


def _buyers(facts: Facts) -> int | None:
    return facts.documents("buyers") if facts.documents("contracts") is not None else None


def _open_notices(facts: Facts) -> int | None:
    contracts = facts.contracts
    return None if contracts is None else contracts.open_notices(facts.snapshot, facts.lexicon, facts.today)


def _departements(facts: Facts) -> int | None:
    live = facts.snapshot.live("suppliers")
    quality = quality_of(live[0]) if live else None
    return None if quality is None else sum(1 for id_ in quality.departements if id_)


def _contracts(facts: Facts) -> int | None:
    return facts.documents("contracts")


@dataclass(frozen=True)
class _Written:
    """A task as it is written; ``singular`` or ``plural`` follows its figure."""

    title: str
    sentence: str
    button: str
    url: str
    count: _Count
    singular: str
    plural: str


_TASKS: Final[Mapping[str, tuple[_Written, ...]]] = {
    "/espace/acheteur": (
        _Written(
            "Trouver des fournisseurs",
            "Écrivez votre besoin avec vos mots : métier, lieu, distance. Chaque réponse dit pourquoi elle est proposée.",
            "Chercher des fournisseurs",
            site.SUPPLIERS.path,
            _suppliers,
            "structure recensée",
            "structures recensées",
        ),
        _Written(
            "Préparer une consultation",
            "Décrivez un lot, ou déposez votre programme : réserver, poser une clause, un critère ? L'étude le dit, chiffres à l'appui.",
            "Étudier un lot",
            site.CONSULTATION.path,
            _trades,
            "métier reconnu dans l'objet d'un lot",
            "métiers reconnus dans l'objet d'un lot",
        ),
        _Written(
            "Savoir par où commencer",
            "Quelques questions sur vos familles d'achat, et vous repartez avec des priorités et des conseils. Rien n'est enregistré.",
            "Évaluer mes achats",
            site.ASSESSMENT.path,
            _questions,
            "question, sans compte ni inscription",
            "questions, sans compte ni inscription",
        ),
    ),
    "/espace/structure": (
        _Written(
            "Trouver des opportunités",
            "Dites qui vous êtes : un nom, un SIRET, ou vos métiers et votre lieu. Vous voyez ce qui est à votre portée.",
            "Voir mes opportunités",
            site.LEADS.path,
            _open_notices,
            "avis ouvert aujourd'hui",
            "avis ouverts aujourd'hui",
        ),
        _Written(
            "Choisir qui appeler",
            "Les acheteurs qui achètent vos métiers près de chez vous, et quand leur prochain marché se termine.",
            "Voir les acheteurs",
            site.BUYERS.path,
            _buyers,
            "acheteur dont les marchés sont connus",
            "acheteurs dont les marchés sont connus",
        ),
        _Written(
            "Voir venir les renouvellements",
            "Les marchés qui se terminent bientôt, avec leur titulaire actuel, leur montant et leur date de fin au plus tard.",
            "Voir les marchés à renouveler",
            f"{site.CONTRACTS.path}?ending_months={MONTHS}&sort=ends",
            _ending,
            "marché finit dans les douze mois",
            "marchés finissent dans les douze mois",
        ),
    ),
    "/espace/facilitateur": (
        _Written(
            "Trier un programme d'achats",
            "Déposez la liste des achats prévus : chaque ligne reçoit un avis, avec ses raisons et ce qu'il reste à vérifier.",
            "Déposer un programme",
            f"{site.CONSULTATION.path}?{site.OPENED}=facilitateur",
            _trades,
            "métier reconnu dans l'objet d'un lot",
            "métiers reconnus dans l'objet d'un lot",
        ),
        _Written(
            "Mesurer une filière",
            "Combien de structures exercent un métier, département par département, et combien restent à appeler.",
            "Mesurer une filière",
            site.FILIERES.path,
            _departements,
            "département où une structure au moins est connue",
            "départements où une structure au moins est connue",
        ),
        _Written(
            "Suivre les résultats",
            "La part des marchés qui comportent une considération sociale ou environnementale, face aux cibles nationales.",
            "Voir les indicateurs",
            site.INDICATORS.path,
            _contracts,
            "marché connu",
            "marchés connus",
        ),
    ),
}


def tasks(space: Space, context: Context) -> tuple[Task, ...]:
    """The tasks of a space that this service has the page for, with their figures on the day."""
    facts = Facts(context.snapshot, context.lexicon, context.today(), context.doors.contracts)
    every = _TASKS[space.path]
    return tuple(_task(written, facts) for written in every if context.serves(written.url.partition("?")[0]))


def _task(written: _Written, facts: Facts) -> Task:
    count = written.count(facts)
    few = count is not None and count < 2
    figure = Figure(None if count is None else number(count), written.singular if few else written.plural)
    return Task(written.title, written.sentence, written.button, written.url, figure)
