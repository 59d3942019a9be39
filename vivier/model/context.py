"""What registers say around suppliers, without making one: the state of an establishment, the point of an address, an area."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from vivier.model.base import Model
from vivier.model.place import Point, Precision


class Establishment(Model):
    """What SIRENE says of one SIRET. ``None``: not said by what was read; the files and the API do not say the same.

    ``known`` is ``False`` when SIRENE was asked and does not have the number. ``headcount`` is the code of the INSEE band,
    never a number. ``turnover`` is in euros, of the legal unit. ``diffusion``: « O » shown, « P » or « N » restricted.
    """

    siret: str
    known: bool = True
    closed: bool | None = None
    successor: str | None = None
    naf: str | None = None
    legal_category: str | None = None
    legal_name: str | None = None
    headcount: str | None = None
    headcount_year: int | None = None
    turnover: float | None = None
    turnover_year: int | None = None
    diffusion: Literal["O", "P", "N"] | None = None
    mission: bool | None = None
    read_on: date | None = None

    @property
    def sole_trader(self) -> bool:
        """Whether the legal category begins with 1: a natural person."""
        return (self.legal_category or "").startswith("1")

    @property
    def restricted(self) -> bool:
        """Whether the person asked SIRENE not to be shown."""
        return self.diffusion in ("P", "N")


class LegalName(Model):
    """The name of a legal unit that buys or wins contracts, as SIRENE publishes it. ``None``: asked, and not to be shown (a
    natural person, a restricted diffusion, no name)."""

    siren: str
    name: str | None = None
    read_on: date | None = None


class Located(Model):
    """The answer of a geocoder for one address, whose key is :func:`vivier.runs.context.address_key`. ``score``: 0 to 1."""

    key: str
    point: Point
    precision: Precision
    score: Annotated[float, Field(ge=0, le=1)]
    commune: str | None = None
    read_on: date | None = None


AreaCode = Literal["qpv", "frr", "zrr"]


class Area(Model):
    """A priority area: a list of communes (FRR, ZRR) or a contour (QPV, GeoJSON geometry in WGS84 degrees).

    ``outside`` are the communes the list names as not classed, or in part: a merger with one of them leaves a part out.
    """

    zone: AreaCode
    code: str | None = None
    name: str | None = None
    communes: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    contour: dict[str, Any] | None = None
