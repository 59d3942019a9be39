"""The layout of « a list of one's own »: what a line of JSON may say of a supplier.

Its JSON Schema, ``docs/schemas/supplier-list.schema.json``, is written by ``python -m scripts.build_docs``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, Literal, Union

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from vivier.law.kinds import KINDS
from vivier.law.labels import LABELS
from vivier.lists import words
from vivier.model import Capacity, CountryZone, Precision, RadiusZone, UndeclaredZone

Day = Annotated[date, BeforeValidator(words.french_date)]
Amount = Annotated[float, BeforeValidator(words.french_number), Field(ge=0)]
Year = Annotated[int, Field(ge=1900, le=2100)]
Short = Annotated[str, Field(min_length=1, max_length=300)]
Territory = Annotated[
    str,
    BeforeValidator(words.long_territory),
    Field(
        pattern=r"^(FR|commune:(\d{2}|2[AB])\d{3}|arrondissement:\d{5}|epci:\d{9}"
        r"|departement:(\d{2}|2[AB]|9[78]\d)|region:\d{2})$",
        description="typed territory id: FR, region:84, departement:38, epci:200046977, commune:38185",
    ),
]
TradeCode = Annotated[str, BeforeValidator(words.trade_code)]
ServiceTypeCode = Annotated[Literal["service", "goods", "staffing"], BeforeValidator(words.french_service_type)]


class Listed(BaseModel):
    """Base of every object of a list: an unknown field is an error, so that a misspelt one is never lost."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)


class Dated(Listed):
    """Something held between two inclusive days; a day left out is not known."""

    number: Short | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Dated:
        if self.valid_from and self.valid_until and self.valid_from > self.valid_until:
            raise PydanticCustomError("date_invalid", "« valid_from » est après « valid_until »")
        return self


def _listed(table: Mapping[str, object]) -> Callable[[dict[str, object]], None]:
    """Adds the codes of a table to the schema of a field, when the schema is made: nothing is read at import."""

    def add(schema: dict[str, object]) -> None:
        schema["enum"] = sorted(table)

    return add


class ListedKind(Dated):
    """A kind and its agreement. The short form ``"EI"`` or ``"EI:2027-12-31"`` is accepted too."""

    kind: Annotated[str, BeforeValidator(words.kind_code), Field(json_schema_extra=_listed(KINDS))]


class ListedLabel(Dated):
    """A label. The short form ``"RGE"`` or ``"RGE:2027-06-30"`` is accepted too."""

    code: Annotated[str, BeforeValidator(words.label_code), Field(json_schema_extra=_listed(LABELS))]
    scope: Literal["site", "legal_unit", "product", "qualification"] = "site"
    domain: Short | None = None
    issuer: Short | None = None
    suspended: bool = False
    proof_url: str | None = None


class ListedAddress(Listed):
    """The seat. ``insee`` is a commune or arrondissement code; ``lon`` and ``lat`` are WGS84 degrees, both or none."""

    line: Short | None = None
    post_code: Annotated[str, Field(pattern=r"^\d{5}$")] | None = None
    town: Short | None = None
    insee: Annotated[str, Field(pattern=r"^(\d{2}|2[AB])\d{3}$")] | None = None
    lon: Annotated[float, BeforeValidator(words.french_number), Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, BeforeValidator(words.french_number), Field(ge=-90, le=90)] | None = None
    precision: Precision = "unknown"

    @model_validator(mode="after")
    def _both(self) -> ListedAddress:
        if (self.lon is None) != (self.lat is None):
            raise PydanticCustomError("value_invalid", "« lon » et « lat » vont ensemble")
        return self


class ListedTerritories(Listed):
    """Serves the listed territories; none listed is an unknown zone, as when the field is absent."""

    type: Literal["territories"] = "territories"
    territories: Annotated[list[Territory], Field(max_length=2000)]


ListedZone = Annotated[
    CountryZone | RadiusZone | ListedTerritories | UndeclaredZone,
    Field(discriminator="type"),
    BeforeValidator(words.zone_of_text),
]


class ListedOffer(Listed):
    """One thing offered: trade, service types and zone hold together."""

    trade: TradeCode | None = None
    service_types: Annotated[list[ServiceTypeCode], BeforeValidator(words.split_bars)] = []
    zone: ListedZone = UndeclaredZone()
    title: Short | None = None
    description: str | None = None


class ListedReference(Listed):
    """A client the supplier puts forward. The short form, a client's name, is accepted too."""

    client: Short
    title: Short | None = None
    year: Year | None = None


def _opened(key: str, whole: type[Listed]) -> BeforeValidator:
    """Open the short form of an object: ``"EI:2027-12-31"`` is ``{"kind": "EI", "valid_until": "2027-12-31"}``."""

    def opened(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        word, mark, day = value.partition(":") if key != "client" else (value, "", "")
        return {key: word.strip(), **({"valid_until": day.strip()} if mark else {})}

    return BeforeValidator(opened, json_schema_input_type=Union[str, whole])  # noqa: UP007 - `str | Annotated[...]` is no type at run time


KindEntry = Annotated[ListedKind, _opened("kind", ListedKind)]
LabelEntry = Annotated[ListedLabel, _opened("code", ListedLabel)]
ReferenceEntry = Annotated[ListedReference, _opened("client", ListedReference)]


class ListedSupplier(Listed):
    """One supplier. Only ``name`` is compulsory; what is left out is unknown, never zero nor « no »."""

    id: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    name: Short
    brand: Short | None = None
    acronym: Short | None = None
    siren: str | None = None
    siret: str | None = None
    finess: str | None = None
    kinds: Annotated[list[KindEntry], BeforeValidator(words.split_bars)] = []
    labels: Annotated[list[LabelEntry], BeforeValidator(words.split_bars)] = []
    address: ListedAddress = ListedAddress()
    offers: list[ListedOffer] = []
    turnover: Annotated[Amount | None, Field(description="euros a year")] = None
    turnover_year: Year | None = None
    staff: Annotated[Amount | None, Field(description="persons")] = None
    etp: Annotated[Amount | None, Field(description="full-time equivalents")] = None
    etp_insertion: Annotated[Amount | None, Field(description="full-time equivalents under an insertion contract")] = (
        None
    )
    places: Annotated[Amount | None, Field(description="authorised or installed places")] = None
    volume: Annotated[
        Amount | None, Field(description="euros a year that it says it can take, beside what it does")
    ] = None
    not_done: Annotated[list[TradeCode], BeforeValidator(words.split_bars)] = []
    capacities: list[Capacity] = []
    networks: Annotated[list[Short], BeforeValidator(words.split_bars)] = []
    references: Annotated[list[ReferenceEntry], BeforeValidator(words.split_bars)] = []
    website: str | None = None
    description: str | None = None
    naf: Annotated[str, Field(pattern=r"^\d{2}\.?\d{2}[A-Z]$")] | None = None
    closed: Annotated[bool, BeforeValidator(words.yes_or_no)] | None = None
    updated_at: Day | None = None


class ListHeader(Listed):
    """Who made the list: the optional first line ``{"list": {…}}``."""

    producer: Short | None = None
    dataset: Short | None = None
    licence: Short | None = None
    url: str | None = None
    updated_at: Day | None = None


class ListHeaderLine(Listed):
    """The first line of a list that says where it comes from."""

    list: ListHeader


def schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of one line of a list: a supplier, or the header on the first line."""
    supplier, header = ListedSupplier.model_json_schema(), ListHeaderLine.model_json_schema()
    shared = {**supplier.pop("$defs", {}), **header.pop("$defs", {})}
    shared |= {"Supplier": supplier, "Header": header}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One line of a supplier list",
        "description": "JSON lines, UTF-8. Every line is a supplier; the first one may say where the list comes from.",
        "anyOf": [{"$ref": "#/$defs/Supplier"}, {"$ref": "#/$defs/Header"}],
        "$defs": dict(sorted(shared.items())),
    }
