"""Reads requests to the desk, as JSON or as a form: settings that apply to all lots, and the lots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from vivier.clausier.hours import HoursAsked
from vivier.desk.method.verdict import Options
from vivier.desk.read.amounts import amount_of
from vivier.desk.read.cells import of_cell, yes_no
from vivier.desk.read.lot_settings import BY_NAME
from vivier.desk.read.programme import MOST_LINES, Row
from vivier.desk.study_settings import StudySettings
from vivier.errors import FieldError, InvalidRequest
from vivier.law.rules import EXCEPTIONS, BuyerClass
from vivier.model.base import Given, Model
from vivier.privacy import personal
from vivier.privacy.functions import says_a_function
from vivier.search.messages import french, validated

Share = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
CellValue = Annotated[str, Field(max_length=2_000)] | float | int
Day = Annotated[date, Field(ge=date(2019, 4, 1), le=date(2100, 12, 31))]


IDENTITY: Final = ("buyer_name", "reference", "author", "signed_at")
"""The settings that say whose dossier it is. They change no figure and no order."""
_OTHER: Final = "ne nommez personne, sans courriel ni téléphone."
_NOBODY: Final[Mapping[str, str]] = {
    "buyer_name": f"dites l'organisme ; {_OTHER}",
    "reference": f"dites la référence seule ; {_OTHER}",
    "author": "dites une fonction ou un service (« service des achats », « responsable des marchés »), sans prénom, nom, courriel ni téléphone.",
    "signed_at": f"dites la commune ; {_OTHER}",
}

C = TypeVar("C", bound="ConsultationAsked")


class LotAsked(Model):
    """One lot as it is told; cells may be written as in a table (« 120 000 € », « 4 ans », « oui »). A setting of a lot is preferred
    to that of the consultation."""

    lot: Annotated[CellValue | None, Field(description="numéro du lot")] = None
    consultation: Annotated[
        CellValue | None, Field(description="consultation ou opération dont le lot fait partie")
    ] = None
    text: Annotated[CellValue | None, Field(description="le besoin, en français")] = None
    trade: Annotated[CellValue | None, Field(description="métier : code de /v1/trades, ou ses mots")] = None
    cpv: Annotated[CellValue | None, Field(description="code CPV")] = None
    place: Annotated[CellValue | None, Field(description="lieu : nom, code postal ou territoire typé")] = None
    amount: Annotated[
        CellValue | None,
        Field(
            description="montant HT sur toute la durée : nombre, fourchette (50 000 à 80 000) ou maximum (max 400 000)"
        ),
    ] = None
    annual_amount: Annotated[CellValue | None, Field(description="montant HT par an, à défaut")] = None
    minimum: Annotated[CellValue | None, Field(description="minimum HT d'un accord-cadre")] = None
    maximum: Annotated[CellValue | None, Field(description="maximum HT d'un accord-cadre")] = None
    months: Annotated[CellValue | None, Field(description="durée en mois, reconductions comprises")] = None
    category: Annotated[CellValue | None, Field(description="travaux, fournitures ou services")] = None
    kind: Annotated[CellValue | None, Field(description="marche ou concession")] = None
    buyer: Annotated[CellValue | None, Field(description="classe de l'acheteur : central, other, entity")] = None
    launched: Annotated[CellValue | None, Field(description="date de lancement")] = None
    social_condition: Annotated[CellValue | None, Field(description="condition sociale prévue : oui ou non")] = None
    environmental_condition: Annotated[
        CellValue | None, Field(description="condition environnementale prévue : oui ou non")
    ] = None
    environmental_criterion: Annotated[
        CellValue | None, Field(description="critère environnemental prévu : oui ou non")
    ] = None
    exception: Annotated[CellValue | None, Field(description="motif pour écarter la condition sociale")] = None
    response_rate: Annotated[CellValue | None, Field(description="taux de réponse supposé")] = None
    taken_over: Annotated[CellValue | None, Field(description="part du personnel repris ; absente : inconnue")] = None
    labour_share: Annotated[
        CellValue | None, Field(description="part de la main-d'œuvre dans le prix, si elle est connue")
    ] = None
    hourly_cost: Annotated[CellValue | None, Field(description="coût horaire complet, en euros")] = None

    @field_validator("*", mode="before")
    @classmethod
    def _written(cls, value: object) -> object:
        """« true » is read as the cell of a table that says yes: an answer, where one is expected, and no amount."""
        return {True: "oui", False: "non"}[value] if isinstance(value, bool) else value

    def row(self, line: int) -> Row:
        """The lot as a line of a programme."""
        given = self.model_dump(exclude_none=True)
        return Row(line, {name: text for name, value in given.items() if (text := _typed(value))})


def _typed(value: object) -> str:
    """A figure as a user would type it: no exponent, no « .0 »."""
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return " ".join(str(value).split())


class Settings(Given):
    """Settings that apply to every lot. An absent one keeps the value of the table of parameters."""

    title: Annotated[str, Field(max_length=200, description="titre du dossier")] = ""
    buyer_name: Annotated[
        str,
        Field(
            max_length=120, description="organisme qui achète, pour la première page du dossier ; jamais une personne"
        ),
    ] = ""
    reference: Annotated[str, Field(max_length=60, description="référence de la consultation")] = ""
    author: Annotated[
        str, Field(max_length=80, description="fonction ou service qui établit le dossier, jamais un nom")
    ] = ""
    signed_at: Annotated[str, Field(max_length=60, description="lieu de signature du dossier")] = ""
    place: Annotated[str, Field(max_length=120, description="lieu des lots qui n'en disent pas")] = ""
    as_of: Annotated[Day | None, Field(description="date d'analyse (par défaut aujourd'hui)")] = None
    buyer: Annotated[
        BuyerClass, Field(description="classe de l'acheteur : central, other, entity (seuils européens)")
    ] = "other"
    launched: Annotated[Day | None, Field(description="date de lancement (par défaut celle de l'analyse)")] = None
    capacity_share: Annotated[
        float | None, Field(description="part du chiffre d'affaires qu'un an de lot peut peser (0,1 à 1)")
    ] = None
    response_rate: Annotated[float | None, Field(description="taux de réponse supposé (0 à 1)")] = None
    prison: Annotated[bool, Field(description="étudier aussi le travail en prison")] = False
    by_part: Annotated[bool, Field(description="étudier aussi un département par intercommunalité")] = False
    hourly_cost: Annotated[float | None, Field(description="coût horaire complet, en euros (15 à 150)")] = None
    effort: Annotated[float | None, Field(description="effort d'insertion (0,01 à 1)")] = None
    taken_over: Annotated[
        float | None, Field(ge=0, le=1, description="part du personnel repris (0 à 1) ; absente : inconnue")
    ] = None
    labour_share: Annotated[
        Share | None, Field(description="part de la main-d'œuvre dans le prix des lots qui n'en disent pas (0 à 1)")
    ] = None
    environmental_condition: Annotated[bool | None, Field(description="condition environnementale prévue")] = None
    environmental_criterion: Annotated[bool | None, Field(description="critère environnemental prévu")] = None
    social_condition: Annotated[bool | None, Field(description="condition sociale prévue")] = None
    exception: Annotated[
        str | None, Field(description="motif pour écarter la condition sociale : " + ", ".join(EXCEPTIONS))
    ] = None
    seed: Annotated[
        str | None, Field(max_length=64, description="graine du tirage au sort : la même redonne le même ordre")
    ] = None
    consultation_amount: Annotated[
        float | None,
        Field(
            ge=0,
            allow_inf_nan=False,
            description="valeur estimée HT de toute la consultation, tous lots et reconductions compris (seuils européens)",
        ),
    ] = None

    @field_validator(*IDENTITY)
    @classmethod
    def _nobody(cls, value: str, info: ValidationInfo) -> str:
        """Refuses what may name a person: the dossier that holds it is kept and filed."""
        text, name = " ".join(value.split()), str(info.field_name)
        if text and (not says_a_function(text) if name == "author" else personal(text)):
            raise PydanticCustomError("personal_data", "{message}", {"message": f"« {name} » : {_NOBODY[name]}"})
        return text

    @field_validator("consultation_amount", mode="before")
    @classmethod
    def _amount(cls, value: object) -> object:
        return _whole_amount(value) if isinstance(value, str) else value

    @field_validator("prison", "by_part", mode="before")
    @classmethod
    def _yes_or_no(cls, value: object, info: ValidationInfo) -> object:
        if not isinstance(value, str):
            return value
        try:
            return bool(yes_no(value, str(info.field_name))[0])
        except InvalidRequest as error:
            raise of_cell(error) from None

    @field_validator(*BY_NAME, mode="before")
    @classmethod
    def _as_written(cls, value: object, info: ValidationInfo) -> object:
        """A text is read as the cell of a table is; unknown gives the default."""
        name = str(info.field_name)
        if not isinstance(value, str):
            return value
        try:
            read, _ = BY_NAME[name].read(value, name)
        except InvalidRequest as error:
            raise of_cell(error) from None
        return cls.model_fields[name].default if read is None else read

    def study_settings(self, today: date) -> StudySettings:
        """The settings in the form that the desk takes. ``today`` is the default date of the analysis."""
        return StudySettings(
            self.as_of or today,
            Options(self.capacity_share, self.response_rate, self.prison),
            self.buyer,
            self.hourly_cost,
            self.effort,
            self.taken_over,
            self.environmental_condition,
            self.environmental_criterion,
            self.social_condition,
            self.exception,
            self.seed or None,
            self.consultation_amount,
            self.launched,
            self.labour_share,
            self.by_part,
        )


def _whole_amount(text: str) -> float | None:
    """Parses a typed amount (« 473 000 € »), of the whole duration and without tax; the highest of a range."""
    try:
        amount = amount_of(text, "consultation_amount")
    except InvalidRequest as error:
        raise of_cell(error) from None
    if amount is not None and (amount.yearly or amount.taxed):
        message = (
            "« consultation_amount » : donnez le montant hors taxes de toute la durée, non celui d'un an ni le TTC."
        )
        raise PydanticCustomError("invalid_value", "{message}", {"message": message})
    return None if amount is None else amount.counted


class ConsultationAsked(Settings):
    """Lots and settings."""

    lots: Annotated[
        tuple[LotAsked, ...], Field(min_length=1, max_length=MOST_LINES, description="les lots, 300 au plus")
    ]

    detail: Annotated[
        Literal["full", "board"],
        Field(description="« board » : le tableau seul (levier, structures, heures par lot), dix fois plus court"),
    ] = "full"

    def rows(self) -> list[Row]:
        """The lots as lines, numbered from 1."""
        return [lot.row(line) for line, lot in enumerate(self.lots, 1)]


def checked(body: object) -> ConsultationAsked:
    """Validates a JSON body. Raises ``InvalidRequest`` with every value to correct; lots are named by rank (« lots.3.amount »)."""
    return checked_as(body, ConsultationAsked)


def checked_as(body: object, model: type[C]) -> C:
    """Validates a JSON body as lots and settings of a model. Raises the errors of :func:`checked`."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        values, named = body if isinstance(body, Mapping) else {}, dict[str, FieldError]()
        for fault in error.errors():  # of the branches of a union the first says what is expected: a text
            place = _where(fault["loc"])
            named.setdefault(place, replace(french({**fault, "loc": (place,)}, values), field=place))
        if any(name.startswith("lots.") for name in named):
            named.pop(
                "lots", None
            )  # a list whose items are refused counts as empty: the errors of its items are clearer
        raise InvalidRequest(tuple(named.values())) from None


def settings_of(fields: Mapping[str, str]) -> Settings:
    """Reads the settings of a form, which may have decimal commas. Raises ``InvalidRequest``."""
    numbers = ("capacity_share", "effort")
    typed = {name: text.replace(",", ".") if name in numbers else text for name, text in fields.items()}
    return validated(Settings, typed)


def _where(loc: tuple[Any, ...]) -> str:
    """The name of a field, such as « lots.3.amount », counted from 1. The branches of a union are left out."""
    parts = [str(part + 1) if isinstance(part, int) else str(part) for part in loc]
    shown = parts[:3] if parts[:1] == ["lots"] else parts[:1]
    return ".".join(shown) or "body"


class BatchQuery(Model):
    """A programme to understand."""

    column: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=200)], ...],
        Field(
            max_length=50,
            description="sens d'une colonne, « En-tête=sens » : text, place, amount, months, cpv… ; « En-tête= » l'écarte",
        ),
    ] = ()
    within: Annotated[
        str | None,
        Field(
            max_length=120,
            description="lieu où sont toutes les lignes (« 62 ») : les lieux non lus y sont cherchés, sinon comptés pour lui",
        ),
    ] = None


class LedgerQuery(Model):
    """How a ledger of purchases is read: its columns, the date of agreements and labels, the place of alternatives."""

    place: Annotated[
        str | None,
        Field(
            max_length=200,
            description="où chercher d'autres structures, en clair : commune, intercommunalité, département, région",
        ),
    ] = None
    as_of: Annotated[Day | None, Field(description="date à laquelle agréments et labels doivent valoir")] = None
    column: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=200)], ...],
        Field(
            max_length=50,
            description="sens d'une colonne, « En-tête=sens » : siret, siren, amount, credit, family, family_code, place",
        ),
    ] = ()


class HoursQuery(Model):
    """Insertion hours of a clause."""

    amount: Annotated[
        float | None,
        Field(
            ge=0,
            allow_inf_nan=False,
            description="montant HT sur la durée de la clause ; absent : accord-cadre sans minimum",
        ),
    ] = None
    months: Annotated[int, Field(ge=1, le=180, description="durée en mois, reconductions comprises")] = 12
    labour_share: Annotated[Share | None, Field(description="part de la main-d'œuvre dans le prix (0 à 1)")] = None
    trade: Annotated[
        str | None, Field(max_length=120, description="métier, pour sa part de main-d'œuvre connue : voir /v1/trades")
    ] = None
    hourly_cost: Annotated[
        float | None, Field(allow_inf_nan=False, description="coût horaire complet, en euros (15 à 150)")
    ] = None
    effort: Annotated[float | None, Field(allow_inf_nan=False, description="effort d'insertion (0,01 à 1)")] = None
    taken_over: Annotated[
        float | None,
        Field(ge=0, le=1, allow_inf_nan=False, description="part du personnel repris (0 à 1) ; absente : inconnue"),
    ] = None
    people: Annotated[int, Field(ge=1, le=10_000, description="nombre de personnes, pour les mois de parcours")] = 1
    local_fte: Annotated[
        float | None,
        Field(ge=0, allow_inf_nan=False, description="ETP d'insertion des structures locales, s'ils sont connus"),
    ] = None
    placeable: Annotated[
        float | None, Field(allow_inf_nan=False, description="part de leurs heures plaçable sur un marché (0,01 à 1)")
    ] = None

    def hours_query(self) -> HoursAsked:
        """The query in the form that the method takes."""
        return HoursAsked(**{**self.model_dump(), "taken_over": self.taken_over or 0.0})
