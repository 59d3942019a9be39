"""The types of error, by HTTP status: a stable name, a French title, the usual sentence."""

from __future__ import annotations

from dataclasses import dataclass

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class ProblemType:
    """A type of error. ``slug``: its name in ``type`` (an anchor of ``/docs``); ``detail``: its usual sentence."""

    slug: str
    title: str
    detail: str


TYPES: dict[int, ProblemType] = {
    400: ProblemType("unreadable-request", "Requête illisible", "La requête ne peut pas être lue."),
    401: ProblemType("unauthorized", "Réservé à l'exploitant", "Cette page demande le mot de passe de l'exploitant."),
    403: ProblemType(
        "forbidden", "Refusé", "Cette demande vient d'un autre site : ouvrez la page ici, et envoyez-la de là."
    ),
    404: ProblemType(
        "not-found", "Introuvable", "Rien à cette adresse. Celles de l'API sont dans sa documentation : /docs."
    ),
    405: ProblemType("method-not-allowed", "Méthode non admise", "Cette adresse n'accepte pas cette méthode."),
    406: ProblemType(
        "not-acceptable",
        "Format non disponible",
        "Formats disponibles : application/json, et application/geo+json pour une recherche de fournisseurs ; "
        "CSV, XLSX et JSON Lines ont leurs adresses (/v1/suppliers.csv, .xlsx, .jsonl).",
    ),
    408: ProblemType(
        "request-timeout",
        "Requête trop lente",
        "La requête n'est pas arrivée en entier à temps. Envoyez-la de nouveau.",
    ),
    409: ProblemType("conflict", "Impossible en l'état", "Ce qui est demandé n'est plus possible."),
    410: ProblemType("gone", "Supprimé", "Ce qui était à cette adresse a été supprimé."),
    413: ProblemType("too-large", "Corps trop grand", "Cet envoi est trop lourd : choisissez un fichier plus petit."),
    414: ProblemType(
        "uri-too-long",
        "URL trop longue",
        "L'URL dépasse 8 000 octets : donnez moins de valeurs ou des mots plus courts. La recherche de fournisseurs se fait aussi par "
        "POST, en JSON (/v1/suppliers).",
    ),
    415: ProblemType("unsupported-media-type", "Format non admis", "Le corps doit être du JSON (application/json)."),
    422: ProblemType("invalid-parameters", "Paramètres invalides", "Un paramètre est à corriger."),
    429: ProblemType(
        "too-many-requests",
        "Trop de demandes",
        "Vous avez fait trop de demandes en une minute. « Retry-After » dit dans combien de secondes recommencer.",
    ),
    500: ProblemType(
        "internal-error",
        "Erreur interne",
        "Une erreur est survenue de notre côté. Donnez « request_id » pour la signaler.",
    ),
    503: ProblemType(
        "unavailable", "Service indisponible", "Le moteur de recherche ne répond pas. Réessayez dans un instant."
    ),
}
