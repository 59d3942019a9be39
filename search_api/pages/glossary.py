"""The glossary: each term that pages use and a reader may not know, in one sentence. Kinds, labels and articles come from the tables of
law. A test holds it to the pages: an abbreviation that a page shows is defined here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from vivier.law.articles import ARTICLES
from vivier.law.kinds import KINDS
from vivier.law.labels import LABELS


@dataclass(frozen=True)
class Term:
    """A term, its definition, and the other forms under which pages show it."""

    name: str
    meaning: str
    forms: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """The id of the term in the page."""
        return "mot-" + "".join(letter if letter.isalnum() else "-" for letter in self.name.lower())


OURS: Final = (
    Term(
        "Âge des données",
        "Temps écoulé depuis le jour dont parle une source, ou, faute de date publiée, depuis le jour où nous l'avons lue. "
        "Une liste de plus de deux ans est signalée par son année.",
        ("liste de",),
    ),
    Term(
        "À interroger",
        "Structure inclusive du secteur dont aucune source ne publie le métier : elle pourrait répondre, il faut le lui demander.",
        ("métier non publié, à interroger",),
    ),
    Term(
        "Auto-évaluation",
        "Questionnaire court sur vos familles d'achat. Il classe celles par lesquelles commencer ; rien n'est enregistré.",
    ),
    Term(
        "Avis (de l'étude)",
        "Ce que l'étude d'un lot conseille : réserver, réserver si deux structures confirment, poser une clause, un critère, ou rien de cela.",
        ("réserver si",),
    ),
    Term(
        "Considération",
        "Ce qu'un marché demande de social ou d'environnemental : une réservation, un critère d'attribution ou une clause d'exécution.",
        ("considération sociale", "considération environnementale"),
    ),
    Term(
        "Couverture",
        "Part de la population d'un territoire qui vit dans les communes où une structure intervient.",
        ("couvre",),
    ),
    Term(
        "Donnée fictive",
        "Donnée inventée pour la démonstration. Un bandeau le dit en haut de chaque page.",
        ("Données fictives",),
    ),
    Term(
        "Dossier de sourcing",
        "Trace d'une recherche de fournisseurs : ce qui a été demandé, trouvé et écarté, avec les sources. Il peut être comparé plus tard aux données du jour.",
        ("dossier",),
    ),
    Term(
        "Filière",
        "L'ensemble des structures qui exercent un métier ; sa profondeur est leur nombre dans un territoire.",
        ("profondeur",),
    ),
    Term(
        "Fin au plus tard",
        "Date à laquelle un marché se termine s'il va à son terme, reconductions comprises. Il peut finir avant.",
        ("au plus tard",),
    ),
    Term(
        "Inconnu",
        "Personne ne l'a publié. Ce n'est ni zéro, ni « non » : les inconnus sont comptés à part.",
        ("non publié", "non renseignée", "inconnue"),
    ),
    Term("Métier", "Une activité de notre table de deux cents métiers, chacune reliée aux codes CPV, NAF et ROME."),
    Term(
        "Métier proche",
        "Métier plus large que celui demandé, ou de la même famille : la structure pourrait convenir.",
    ),
    Term(
        "Métier supposé",
        "Métier que seul le code d'activité de la structure laisse penser. C'est une supposition, affichée comme telle et jamais comptée comme connue.",
        ("supposé",),
    ),
    Term(
        "Opportunité",
        "Pour une structure : un avis ouvert, un marché à renouveler, un projet d'achat ou une clause à placer.",
        ("piste",),
    ),
    Term(
        "Ordre neutre",
        "Ordre tiré au sort et reproductible : il ne favorise personne, et la même adresse redonne le même ordre.",
    ),
    Term(
        "Preuve",
        "Ce qui dit qu'une structure exerce un métier : sa déclaration, un label, un marché gagné, une offre d'emploi, un texte, son nom.",
    ),
    Term(
        "Programme d'achats",
        "Liste des achats prévus par un acheteur, une ligne par lot. Vivier en lit jusqu'à trois cents à la fois.",
        ("programme",),
    ),
    Term(
        "Un peu plus loin",
        "Structure qui répond à tout, sauf au lieu : son siège est à moins de deux cents kilomètres.",
    ),
    Term(
        "Zone d'intervention",
        "Là où une structure travaille. Quand elle n'est pas publiée, nous supposons un cercle autour de son siège, et nous le disons.",
        ("zone",),
    ),
)
FIELD: Final = (
    Term("Accord-cadre", "Marché qui fixe des conditions pour des commandes à venir, jusqu'à un montant maximum."),
    Term("ADEME", "Agence de la transition écologique."),
    Term("API", "Adresse à laquelle un programme pose une question et reçoit des données, sans passer par les pages."),
    Term("APProch", "Site où les acheteurs publics annoncent leurs projets d'achat."),
    Term(
        "ASP",
        "Agence de services et de paiement : elle verse les aides à l'insertion et publie des listes de structures.",
    ),
    Term("Atom", "Format de flux : un lecteur de flux montre ce qui est nouveau, sans compte."),
    Term("BOAMP", "Bulletin officiel des annonces des marchés publics."),
    Term(
        "Clause sociale",
        "Condition d'exécution : une part des heures du marché est réservée à des personnes éloignées de l'emploi.",
        ("clause d'insertion",),
    ),
    Term("Concession", "Contrat par lequel un opérateur exploite un service ou un ouvrage et en porte le risque."),
    Term("CPV", "Vocabulaire commun des marchés publics : le code européen de ce qui est acheté."),
    Term("Critère social", "Critère d'attribution : la qualité sociale de l'offre compte dans la note."),
    Term("CSV", "Fichier de données en colonnes, lisible par tout tableur."),
    Term("DECP", "Données essentielles de la commande publique : ce que les acheteurs publient de leurs marchés."),
    Term("DEEE", "Déchets d'équipements électriques et électroniques."),
    Term("DILA", "Direction de l'information légale et administrative : elle publie le BOAMP."),
    Term("EPCI", "Intercommunalité : métropole, communauté d'agglomération ou de communes."),
    Term("ETP", "Équivalent temps plein : une personne à temps plein, ou deux à mi-temps."),
    Term("Facilitateur", "Personne qui aide les acheteurs à écrire et à suivre les clauses sociales d'un territoire."),
    Term("FINESS", "Répertoire national des établissements sanitaires et médico-sociaux."),
    Term("GeoJSON", "Fichier de points et de contours, lisible par tout logiciel de cartes."),
    Term("HT", "Hors taxes. Tous les montants de marchés sont hors taxes, sur toute la durée."),
    Term("IAE", "Insertion par l'activité économique : EI, ACI, AI, ETTI et EITI.", ("SIAE",)),
    Term("iCal", "Format de calendrier : les dates s'ajoutent à votre agenda.", ("ICS",)),
    Term("INSEE", "Institut national de la statistique et des études économiques."),
    Term("JSON", "Fichier de données pour les programmes."),
    Term("Lot", "Partie d'un marché attribuée séparément."),
    Term(
        "Marché réservé",
        "Marché ou lot auquel seules certaines structures peuvent répondre.",
        ("réservation", "réserver"),
    ),
    Term("MCP", "Protocole par lequel un assistant conversationnel interroge un service (Model Context Protocol)."),
    Term("NAF", "Nomenclature d'activités française : le code d'activité d'une entreprise (code APE)."),
    Term("PDF", "Document prêt à imprimer, lisible sur tout appareil."),
    Term(
        "PNAD",
        "Plan national pour des achats durables : 30 % de marchés à considération sociale, 100 % à considération environnementale.",
    ),
    Term("QPV", "Quartier prioritaire de la politique de la ville."),
    Term("ROME", "Répertoire opérationnel des métiers et des emplois de France Travail."),
    Term(
        "SHA-256", "Calcul qui donne une empreinte d'un fichier : si un caractère change, l'empreinte change.", ("SHA",)
    ),
    Term("SIREN", "Numéro à neuf chiffres d'une entreprise ou d'un organisme."),
    Term("SIRET", "Numéro à quatorze chiffres d'un établissement : le SIREN et cinq chiffres."),
    Term("SPASER", "Schéma de promotion des achats publics socialement et écologiquement responsables."),
    Term("TED", "Journal européen des marchés publics."),
    Term("XLSX", "Fichier de tableur."),
)


def from_law() -> Iterator[Term]:
    """The kinds of structure, then the labels, as the tables of law name them."""
    for code, kind in KINDS.items():
        reserved = [article for article, answer in kind.articles.items() if answer == "yes" and article in ARTICLES]
        named = " et ".join(reserved)
        answered = f" Peut répondre à un marché réservé au titre de {named}." if reserved else ""
        yield Term(code, f"{kind.name}.{answered}")
    for code, label in LABELS.items():
        if code != label.name:
            yield Term(label.name, f"Label : {label.certifies}.", (code,))


def articles() -> tuple[Term, ...]:
    """The articles of the code de la commande publique that pages name."""
    return tuple(Term(code, article.title + ".") for code, article in ARTICLES.items())


def sections() -> tuple[tuple[str, tuple[Term, ...]], ...]:
    """Titles and terms of the page, each list in alphabetical order."""
    kinds = tuple(sorted(from_law(), key=lambda term: term.name.lower()))
    return (
        ("Les mots de Vivier", OURS),
        ("Structures et labels", kinds),
        ("Articles du code de la commande publique", articles()),
        ("Achat public et données", FIELD),
    )


def defined() -> frozenset[str]:
    """Every name and form that the glossary defines, in lower case."""
    terms = [term for _, listed in sections() for term in listed]
    return frozenset(form.lower() for term in terms for form in (term.name, *term.forms))
