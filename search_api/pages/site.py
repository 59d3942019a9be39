"""The plan of the site: three spaces, the pages of each, the pages about the service. Header, menu, breadcrumb, descriptions,
robots.txt and sitemap.xml are made from it. A page of the site is told once, here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from vivier.settings import Operator


@dataclass(frozen=True)
class Search:
    """What the search box of the header searches on some pages: the address it asks, its parameter, what it is called."""

    action: str
    name: str
    label: str


@dataclass(frozen=True)
class Spot:
    """A page of the site: its address, its name in menus, what it is for. ``below``: other addresses that are parts of it."""

    path: str
    name: str
    description: str
    below: tuple[str, ...] = ()
    search: Search | None = None

    def holds(self, path: str) -> bool:
        """Whether an address is this page, or under it."""
        return any(path == own or path.startswith(f"{own}/") for own in (self.path, *self.below))


@dataclass(frozen=True)
class Space:
    """A space: one kind of reader, and the pages made for that reader. ``short`` is its name in an address; ``question``: its link on the start
    page; ``also``: pages of
    another space that serve here too; ``below``: addresses of its readers that no menu has."""

    path: str
    name: str
    reader: str
    promise: str
    short: str
    question: str
    pages: tuple[Spot, ...]
    also: tuple[Spot, ...] = ()
    below: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        """Whether an address is for the readers of this space."""
        own = any(path == own or path.startswith(f"{own}/") for own in (self.path, *self.below))
        return own or any(spot.holds(path) for spot in self.pages)

    @property
    def description(self) -> str:
        """What the space is for, in a sentence."""
        return self.promise

    def address_of(self, spot: Spot) -> str:
        """The address of a page of its menu: one of another space says from which it was opened."""
        return f"{spot.path}?{OPENED}={self.short}" if spot in self.also else spot.path

    @property
    def menu(self) -> tuple[Spot, ...]:
        return (*self.also, *self.pages)


POUR: Final = "pour"
"""The parameter of a page that says whom it is for, in the space of structures."""
STRUCTURES: Final = "/espace/structure"
PROFILED: Final = (
    STRUCTURES,
    "/pistes",
    "/acheteurs",
    "/titulaires-a-appeler",
)
"""The pages of that space whose own parameters say it."""
OPENED: Final = "espace"
"""The parameter of a page that serves two spaces: the one it was opened from."""
IN_NOTICES: Final = Search("/avis", "need", "Chercher dans les avis")
SUPPLIERS: Final = Spot(
    "/fournisseurs",
    "Fournisseurs",
    "Chercher des fournisseurs inclusifs et éco-labellisés par métier, lieu, type de structure et label.",
    below=("/comparer", "/courriel/suppliers"),
)
CONSULTATION: Final = Spot(
    "/consultation",
    "Consultation",
    "Étudier un lot ou un programme d'achats : réserver, poser une clause, un critère, avec les chiffres et le dossier.",
    below=("/dossiers", "/enquetes", "/ecrire", "/suivi-heures"),
)
CLAUSIER: Final = Spot(
    "/clausier",
    "Clausier",
    "Des clauses sociales et environnementales par métier, remplies des chiffres du lot, et ce que d'autres ont écrit.",
)
COST: Final = Spot(
    "/cout-global",
    "Coût global",
    "Comparer des offres sur leur cycle de vie : achat, utilisation, maintenance, fin de vie, carbone.",
)
LEDGER: Final = Spot(
    "/mes-fournisseurs",
    "Mes fournisseurs",
    "Mesurer la part inclusive et labellisée d'un fichier d'achats, et trouver d'autres structures.",
)
ASSESSMENT: Final = Spot(
    "/auto-evaluation",
    "Auto-évaluation",
    "Savoir par quelles familles d'achat commencer : quelques questions, des priorités et des conseils.",
)
LEADS: Final = Spot(
    "/pistes",
    "Opportunités",
    "Avis ouverts, marchés à renouveler, projets d'achat et clauses à placer, pour une structure.",
    below=("/courriel/leads", "/titulaires-a-appeler"),
    search=IN_NOTICES,
)
BUYERS: Final = Spot(
    "/acheteurs",
    "Acheteurs à démarcher",
    "Les acheteurs publics à démarcher, par métier et par lieu, avec leurs marchés et leurs considérations sociales.",
    search=Search("/acheteurs", "q", "Chercher un acheteur"),
)
NOTICES: Final = Spot(
    "/avis",
    "Avis et projets",
    "Avis de marchés publics et projets d'achat, avec ce qu'ils réservent ou demandent de social et d'environnemental.",
    below=("/courriel/notices",),
    search=IN_NOTICES,
)
CONTRACTS: Final = Spot(
    "/marches",
    "Marchés attribués",
    "Marchés publics attribués : acheteur, titulaire, montant, fin, considérations sociales et environnementales.",
    below=("/courriel/contracts",),
    search=Search("/marches", "need", "Chercher dans les marchés"),
)
FILIERES: Final = Spot(
    "/filieres",
    "Filières",
    "Combien de structures exercent un métier, territoire par territoire : carte, tableau, fichiers.",
)
INDICATORS: Final = Spot(
    "/indicateurs",
    "Indicateurs",
    "Part des marchés publics à considération sociale ou environnementale, face aux cibles nationales.",
)
RESOURCES: Final = Spot(
    "/ressources",
    "Ressources",
    "Clausiers, guides, labels, réseaux d'acheteurs et de facilitateurs, par métier et par lieu.",
    below=("/territoire",),
)
SPACES: Final = (
    Space(
        "/espace/acheteur",
        "Acheteur",
        "Vous achetez",
        "Trouvez qui peut répondre, puis choisissez comment l'écrire dans votre consultation.",
        "acheteur",
        "Vous achetez ? Étudiez un lot",
        (SUPPLIERS, CONSULTATION, LEDGER, CLAUSIER, COST, ASSESSMENT),
    ),
    Space(
        STRUCTURES,
        "Structure inclusive",
        "Vous dirigez une structure inclusive",
        "Voyez chaque matin les marchés à votre portée, et les acheteurs à appeler.",
        "structure",
        "Vous êtes une structure ? Votre fiche, vos marchés",
        (LEADS, BUYERS, NOTICES, CONTRACTS),
        below=("/suivi", "/i", "/r"),
    ),
    Space(
        "/espace/facilitateur",
        "Facilitateur",
        "Vous êtes facilitateur de la clause sociale",
        "Triez un programme d'achats, mesurez une filière, suivez les résultats.",
        "facilitateur",
        "Vous êtes facilitateur ? Triez un programme",
        (FILIERES, INDICATORS, RESOURCES),
        also=(CONSULTATION,),
        below=("/reseau",),
    ),
)
HOME: Final = Spot(
    "/",
    "Accueil",
    "Trouver des fournisseurs inclusifs et éco-labellisés en France, par métier et par territoire. Service non officiel.",
)
API: Final = Spot(
    "/api-et-donnees",
    "API et données",
    "Reprendre une recherche de Vivier dans un programme ou un tableur : appels à copier, fichiers, licences.",
    below=("/docs",),
)
HELP: Final = Spot(
    "/aide", "Aide", "Questions fréquentes : chercher, lire un résultat, préparer une consultation, suivre."
)
GLOSSARY: Final = Spot("/glossaire", "Glossaire", "Les mots de Vivier et de l'achat inclusif, chacun en une phrase.")
QUALITY: Final = Spot(
    "/qualite",
    "Qualité des données",
    "D'où viennent les données, leur âge, ce qu'elles disent et ce qu'elles ne disent pas.",
)
SOURCES: Final = Spot(
    "/licences", "Sources et licences", "Qui produit les données de ce service, à quelle date, sous quelle licence."
)
PLAN: Final = Spot("/plan-du-site", "Plan du site", "Toutes les pages de ce service, par espace.")
ABOUT: Final = Spot("/a-propos", "À propos", "Ce qu'est Vivier, ce qu'il n'est pas, et comment il classe.")
ACCESSIBILITY: Final = Spot(
    "/accessibilite",
    "Accessibilité : non conforme",
    "Ce qui a été vérifié de l'accessibilité de Vivier, et ce qui ne l'a pas été.",
)
LEGAL: Final = Spot(
    "/mentions-legales", "Mentions légales", "Qui exploite ce service, qui l'héberge, sous quelles licences."
)
PERSONAL: Final = Spot(
    "/donnees-personnelles",
    "Données personnelles",
    "Quelles données personnelles Vivier écarte ou garde, pourquoi, et comment s'y opposer.",
)
ABOUTS: Final = (ABOUT, HELP, GLOSSARY, QUALITY, API, ACCESSIBILITY, LEGAL, PERSONAL, SOURCES, PLAN)
"""Pages of the foot, about the service."""
APIS: Final[Mapping[str, str]] = {
    "/fournisseurs": "/v1/suppliers",
    "/marches": "/v1/contracts",
    "/avis": "/v1/notices",
    "/acheteurs": "/v1/buyers",
    "/pistes": "/v1/leads",
    "/espace/structure": "/v1/leads",
    "/indicateurs": "/v1/indicators",
    "/ressources": "/v1/resources",
    "/filieres": "/v1/depth",
    "/clausier": "/v1/clauses",
    "/territoire": "/v1/support",
    "/titulaires-a-appeler": "/v1/holders-to-call",
}
"""The resource of the API behind each page that has one."""
SEARCH: Final = Search("/fournisseurs", "need", "Chercher un fournisseur")


@dataclass(frozen=True)
class Plan:
    """The pages of the site that a service has: its spaces, and the pages of its foot."""

    spaces: tuple[Space, ...]
    abouts: tuple[Spot, ...] = ABOUTS

    def only(self, serves: Callable[[str], bool]) -> Plan:
        """The plan without the pages that are not served; a space without any page is left out."""
        shown = (_only(space, serves) for space in self.spaces)
        return Plan(tuple(space for space in shown if space.pages), tuple(spot for spot in ABOUTS if serves(spot.path)))

    def spots(self) -> Iterator[Spot]:
        """Every page of the plan but the spaces."""
        yield HOME
        for space in self.spaces:
            yield from space.pages
        yield from self.abouts

    def spot_at(self, path: str) -> Spot | None:
        """The page of the plan that an address is, or is under."""
        return next((spot for spot in self.spots() if spot.holds(path) and (spot is not HOME or path == "/")), None)

    def space_at(self, path: str) -> Space | None:
        """The space that an address belongs to."""
        return next((space for space in self.spaces if space.holds(path)), None)


WHOLE: Final = Plan(SPACES)


def _only(space: Space, serves: Callable[[str], bool]) -> Space:
    pages, also = (tuple(spot for spot in spots if serves(spot.path)) for spots in (space.pages, space.also))
    return replace(space, pages=pages, also=also)


def write_to(operator: Operator) -> str | None:
    """The address of a link to who runs the service; ``None`` when no contact is set, or when it is neither mailbox nor page."""
    contact = operator.contact or ""
    if contact.startswith(("https://", "http://")):
        return contact
    return f"mailto:{contact}" if "@" in contact and " " not in contact else None
