"""Queries of contracts, notices and planned purchases. Each parameter is one declared line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from vivier import procurement
from vivier.contracts.buyers import CATEGORIES
from vivier.errors import FieldError, InvalidRequest, NotFound
from vivier.identity import digits, is_siren, is_siret
from vivier.search import codes
from vivier.search.filters import Filter
from vivier.search.point import Point, check_circle
from vivier.search.query import (
    MAX_DEPTH,
    WORDS,
    Amount,
    Codes,
    Day,
    Names,
    SearchQuery,
    check_depth,
    check_nearest,
    check_ranges,
    list_unknowns,
)
from vivier.trades.cpv import load_cpv, parse_cpv, significant

MAX_ENDING_MONTHS = 60
RESERVED_FOR = {**procurement.RESERVED_FOR, "unknown": "réservé, type non précisé"}
INCLUSIVE_MATCHES = {
    "siret": "titulaire connu comme structure inclusive",
    "siren": "autre site du titulaire connu comme inclusif",
}
YES_NO = {"yes": "oui", "no": "non"}
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


def parse_organisation(text: str, field: str = "organisation") -> str:
    """The SIREN in a SIREN or a SIRET, spaces allowed. Raises ``InvalidRequest`` naming ``field``."""
    number = digits(text)
    if is_siren(number):
        return number
    if is_siret(number):
        return number[:9]
    message = f"« {text[:80]} » n'est ni un SIREN (9 chiffres) ni un SIRET (14 chiffres) valide."
    raise InvalidRequest((FieldError(field, "invalid_identifier", message),))


def _siren(lexicon: object, text: str) -> tuple[str, ...]:
    return (parse_organisation(text),)


def parse_known_cpv(text: str) -> str:
    """A CPV code of the nomenclature, or the beginning of some. Raises ``InvalidRequest`` for an unknown code, which would find
    nothing."""
    code, cpv = parse_cpv(text), load_cpv()
    if not cpv.descendants(code):
        try:
            cpv.get(code)
        except NotFound as error:
            raise InvalidRequest((FieldError("cpv", "unknown_code", str(error)),)) from error
    return code


def parse_year(text: str) -> str:
    """A year in four digits. Raises ``InvalidRequest``."""
    if not _YEAR.fullmatch(text):
        message = f"« {text[:80]} » n'est pas une année : quatre chiffres attendus, par exemple 2024."
        raise InvalidRequest((FieldError("year", "invalid_value", message),))
    return text


def _divisions(lexicon: object) -> Mapping[str, str]:
    """The 45 CPV divisions by their two digits."""
    return load_cpv().divisions


def _cpv_stem(lexicon: object, code: str) -> tuple[str, ...]:
    """The significant digits of a code, which the index has at every level: « 77300000 » and « 773 » are the same subtree."""
    return (significant(parse_cpv(code)),)


class ListQuery(SearchQuery):
    """What every list of the supplier side shares: words, place, date, order, page."""

    q: Annotated[
        str | None, Field(min_length=2, max_length=200, description="mots cherchés, numéro ou SIREN"), WORDS
    ] = None
    need: Annotated[
        str | None,
        Field(
            max_length=5_000,
            description="recherche écrite en français, lue en métier, lieu et réservation : « nettoyage à Rennes » ; un paramètre donné à côté l'emporte",
        ),
        WORDS,
    ] = None
    territory: Annotated[
        Codes,
        Field(
            description="lieu d'exécution (à défaut siège de l'acheteur) : commune:35238, epci:…, departement:35, FR"
        ),
        Filter("Territoire", "territory"),
    ] = ()
    buyer_territory: Annotated[
        Codes, Field(description="territoire du siège de l'acheteur"), Filter("Siège de l'acheteur", "buyer_territory")
    ] = ()
    near: Annotated[Point | None, Field(description="point « lon,lat »")] = None
    radius_km: Annotated[
        float | None, Field(ge=0.1, le=200, allow_inf_nan=False, description="rayon autour de near, en km (0,1 à 200)")
    ] = None
    buyer: Annotated[
        Codes,
        Field(description="acheteurs, par SIREN ou SIRET"),
        Filter("Acheteur", "buyer", parse=parse_organisation, expand=_siren),
    ] = ()
    buyer_category: Annotated[
        Codes,
        Field(description="catégories d'acheteur"),
        Filter("Catégorie d'acheteur", "buyer_category", allowed=CATEGORIES, facet=True),
    ] = ()
    cpv: Annotated[
        Codes,
        Field(description="codes CPV : tout le sous-arbre, clé ignorée"),
        Filter("Code CPV", "cpv", expand=_cpv_stem, parse=parse_known_cpv),
    ] = ()
    division: Annotated[
        Codes,
        Field(description="divisions CPV, deux chiffres"),
        Filter("Division CPV", "division", allowed=_divisions, facet=True),
    ] = ()
    trade: Annotated[
        Codes,
        Field(description="métiers, par le CPV ou les mots de l'objet, voir /v1/trades"),
        Filter("Métier", "trades", allowed=codes.trades, facet=True),
    ] = ()
    category: Annotated[
        Codes,
        Field(description="travaux, fournitures ou services"),
        Filter("Type d'achat", "category", allowed=procurement.CATEGORIES, facet=True),
    ] = ()
    provision: Annotated[
        Codes,
        Field(
            description="considérations, toutes sources : reserved, criterion, clause, social_unspecified, environmental"
        ),
        Filter("Considération", "provisions", allowed=procurement.PROVISIONS, facet=True),
    ] = ()
    reserved_for: Annotated[
        Codes,
        Field(description="réservé à : EA_ESAT, SIAE, PRISON, ESS ; unknown : réservé sans que le type soit connu"),
        Filter("Réservé à", "reserved_for", allowed=RESERVED_FOR, facet=True),
    ] = ()
    departement: Annotated[
        Codes,
        Field(description="département : departement:35"),
        Filter("Département", "departement", allowed=codes.departements, facet=True),
    ] = ()
    region: Annotated[
        Codes,
        Field(description="région : region:53"),
        Filter("Région", "region", allowed=codes.regions, facet=True),
    ] = ()
    published_from: Annotated[
        Day | None, Field(description="publié à partir du"), Filter("Publié à partir du", "published", bound="gte")
    ] = None
    as_of: Annotated[Day | None, Field(description="date à laquelle on se place (par défaut aujourd'hui)")] = None
    page: Annotated[int, Field(ge=1, le=MAX_DEPTH, description="page, à partir de 1")] = 1
    per_page: Annotated[int, Field(ge=1, le=100, description="résultats par page (1 à 100)")] = 20
    facets: Annotated[
        tuple[str, ...] | None, Field(max_length=10, description="comptes voulus par valeur (paramètres à facette)")
    ] = None

    @model_validator(mode="after")
    def _combinations(self) -> ListQuery:
        check_circle(self.near, self.radius_km)
        check_depth(self.page, self.per_page)
        check_nearest(self.sort, self.near, self.territory)
        check_ranges(self)
        return self


class ContractQuery(ListQuery):
    """A search for awarded contracts and concessions. Values of one parameter are alternatives; parameters all hold."""

    model_config = ConfigDict(json_schema_extra=list_unknowns)
    collection = "contracts"

    published_from: Annotated[
        Day | None,
        Field(description="publié ou modifié par un avenant à partir du"),
        Filter("Publié ou modifié à partir du", "changed_on", bound="gte"),
    ] = None
    kind: Annotated[
        Codes,
        Field(description="marche ou concession"),
        Filter("Contrat", "kind", allowed=procurement.CONTRACT_KINDS, facet=True),
    ] = ()
    holder: Annotated[
        Codes,
        Field(description="titulaires, par SIREN ou SIRET"),
        Filter("Titulaire", "holders", parse=parse_organisation, expand=_siren),
    ] = ()
    holder_kind: Annotated[
        Codes,
        Field(description="types de structure inclusive du titulaire, voir /v1/kinds"),
        Filter("Type du titulaire", "inclusive_kind", allowed=codes.kinds, facet=True),
    ] = ()
    inclusive: Annotated[
        Codes,
        Field(description="titulaire connu comme inclusif : siret (ce site) ou siren (un autre site)"),
        Filter("Titulaire inclusif", "inclusive", allowed=INCLUSIVE_MATCHES, facet=True),
    ] = ()
    social: Annotated[
        Codes,
        Field(description="considération sociale déclarée : yes, no, unknown (non renseignée)"),
        Filter("Considération sociale déclarée", "social", allowed=procurement.STATES, facet=True),
    ] = ()
    environmental: Annotated[
        Codes,
        Field(description="considération environnementale déclarée : yes, no, unknown"),
        Filter("Considération environnementale déclarée", "environmental", allowed=procurement.STATES, facet=True),
    ] = ()
    procedure: Annotated[
        Codes,
        Field(description="procédure"),
        Filter("Procédure", "procedure", allowed=procurement.PROCEDURES, facet=True),
    ] = ()
    framework: Annotated[
        Codes, Field(description="accord-cadre : yes, no"), Filter("Accord-cadre", "framework", allowed=YES_NO)
    ] = ()
    renewed: Annotated[
        Codes,
        Field(description="déjà renouvelé par un marché suivant : yes, no"),
        Filter("Déjà renouvelé", "renewed", allowed=YES_NO),
    ] = ()
    consultation: Annotated[
        Codes, Field(description="lots d'une même consultation"), Filter("Consultation", "consultation")
    ] = ()
    year: Annotated[
        Codes,
        Field(description="année de première notification"),
        Filter("Année", "year", facet=True, parse=parse_year),
    ] = ()
    amount_min: Annotated[
        Amount | None,
        Field(description="montant minimal, € HT sur toute la durée"),
        Filter("Montant minimal", "amount", bound="gte", unknown="le montant"),
    ] = None
    amount_max: Annotated[
        Amount | None,
        Field(description="montant maximal, € HT sur toute la durée"),
        Filter("Montant maximal", "amount", bound="lte", unknown="le montant"),
    ] = None
    offers_min: Annotated[
        int | None,
        Field(ge=0, le=1000, description="offres reçues, au moins"),
        Filter("Offres reçues, au moins", "offers", bound="gte", unknown="le nombre d'offres reçues"),
    ] = None
    offers_max: Annotated[
        int | None,
        Field(ge=0, le=1000, description="offres reçues, au plus"),
        Filter("Offres reçues, au plus", "offers", bound="lte", unknown="le nombre d'offres reçues"),
    ] = None
    notified_from: Annotated[
        Day | None, Field(description="notifié à partir du"), Filter("Notifié à partir du", "notified", bound="gte")
    ] = None
    notified_to: Annotated[
        Day | None, Field(description="notifié jusqu'au"), Filter("Notifié jusqu'au", "notified", bound="lte")
    ] = None
    ends_from: Annotated[
        Day | None,
        Field(description="finit au plus tard à partir du"),
        Filter("Fin à partir du", "ends", bound="gte", unknown="la date de fin"),
    ] = None
    ends_to: Annotated[
        Day | None,
        Field(description="finit au plus tard jusqu'au"),
        Filter("Fin jusqu'au", "ends", bound="lte", unknown="la date de fin"),
    ] = None
    ending_months: Annotated[
        int | None,
        Field(ge=0, le=MAX_ENDING_MONTHS, description="finit entre as_of et tant de mois plus tard, bornes comprises"),
    ] = None
    missed: Annotated[
        str | None,
        Field(
            min_length=2,
            max_length=120,
            description="passés, que cette structure n'a pas eus (nom, SIRET ou identifiant) : ses métiers, réservés ou à clause, depuis 36 mois",
        ),
    ] = None
    include_unknown: Annotated[Names, Field(description="garde aussi les marchés dont cette valeur est inconnue")] = ()
    sort: Annotated[
        Literal["relevance", "notified", "ends", "amount", "distance"], Field(description="ordre des résultats")
    ] = "relevance"


class NoticeQuery(ListQuery):
    """A search for notices (BOAMP, TED) and planned purchases (APProch)."""

    collection = "notices"

    source: Annotated[
        Codes,
        Field(description="boamp, ted ou approch"),
        Filter("Source", "source", allowed=procurement.NOTICE_SOURCES, facet=True),
    ] = ()
    nature: Annotated[
        Codes,
        Field(description="nature de l'avis"),
        Filter("Nature", "nature", allowed=procurement.NOTICE_NATURES, facet=True),
    ] = ()
    status: Annotated[
        Codes,
        Field(description="état à la date as_of : open, closed, awarded, cancelled, corrected, planned"),
    ] = ()
    wanted_inclusive: Annotated[
        Codes,
        Field(description="l'acheteur souhaite le montrer aux structures inclusives : yes, no"),
        Filter("Ouvert au Marché de l'inclusion", "wanted_inclusive", allowed=YES_NO, facet=True),
    ] = ()
    deadline_from: Annotated[
        Day | None,
        Field(description="offres attendues à partir du"),
        Filter("Réponse à partir du", "deadline", bound="gte"),
    ] = None
    deadline_to: Annotated[
        Day | None, Field(description="offres attendues jusqu'au"), Filter("Réponse jusqu'au", "deadline", bound="lte")
    ] = None
    sort: Annotated[
        Literal["relevance", "published", "deadline", "distance"], Field(description="ordre des résultats")
    ] = "relevance"

    @field_validator("status")
    @classmethod
    def _statuses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [status for status in value if status not in procurement.NOTICE_STATUSES]
        if unknown:
            raise PydanticCustomError(
                "unknown_code",
                "« status » accepte : {allowed} (reçu : {listed}).",
                {
                    "listed": ", ".join(unknown),
                    "allowed": ", ".join(f"« {status} »" for status in procurement.NOTICE_STATUSES),
                },
            )
        return value
