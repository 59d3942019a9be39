"""The home pages of the three spaces: their tasks, each a link with its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from search_api.context import Context
from search_api.pages import site
from search_api.pages.site import Space


@dataclass(frozen=True)
class Task:
    """What a reader comes to do, and the page for it."""

    title: str
    sentence: str
    url: str

    @property
    def path(self) -> str:
        """The page, whatever is asked of it."""
        return self.url.partition("?")[0]


_TASKS: Final[Mapping[str, tuple[Task, ...]]] = {
    "/espace/acheteur": (
        Task(
            "Trouver des fournisseurs",
            "Écrivez votre besoin avec vos mots : métier, lieu, distance. Chaque réponse dit pourquoi elle est proposée.",
            site.SUPPLIERS.path,
        ),
        Task(
            "Préparer une consultation",
            "Décrivez un lot, ou déposez votre programme : réserver, poser une clause, un critère ? L'étude le dit, chiffres à l'appui.",
            site.CONSULTATION.path,
        ),
        Task(
            "Savoir par où commencer",
            "Quelques questions sur vos familles d'achat, et vous repartez avec des priorités et des conseils. Rien n'est enregistré.",
            site.ASSESSMENT.path,
        ),
    ),
    "/espace/structure": (
        Task(
            "Trouver des opportunités",
            "Dites qui vous êtes : un nom, un SIRET, ou vos métiers et votre lieu. Vous voyez ce qui est à votre portée.",
            site.LEADS.path,
        ),
        Task(
            "Choisir qui appeler",
            "Les acheteurs qui achètent vos métiers près de chez vous, et quand leur prochain marché se termine.",
            site.BUYERS.path,
        ),
        Task(
            "Voir venir les renouvellements",
            "Les marchés qui se terminent bientôt, avec leur titulaire actuel, leur montant et leur date de fin au plus tard.",
            f"{site.CONTRACTS.path}?ending_months=12&sort=ends",
        ),
    ),
    "/espace/facilitateur": (
        Task(
            "Trier un programme d'achats",
            "Déposez la liste des achats prévus : chaque ligne reçoit un avis, avec ses raisons et ce qu'il reste à vérifier.",
            f"{site.CONSULTATION.path}?{site.OPENED}=facilitateur",
        ),
        Task(
            "Mesurer une filière",
            "Combien de structures exercent un métier, département par département, et combien restent à appeler.",
            site.FILIERES.path,
        ),
        Task(
            "Suivre les résultats",
            "La part des marchés qui comportent une considération sociale ou environnementale, face aux cibles nationales.",
            site.INDICATORS.path,
        ),
    ),
}


def tasks(space: Space, context: Context) -> tuple[Task, ...]:
    """The tasks of a space that this service has the page for."""
    return tuple(task for task in _TASKS[space.path] if context.serves(task.path))
