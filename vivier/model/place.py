"""Addresses, points and zones of intervention."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from vivier.model.base import Model

Precision = Literal["address", "street", "commune", "unknown"]
"""What the point locates. A commune point is the reference point of the commune, never « at 400 m »."""


class Point(Model):
    """WGS84 degrees. Longitude 0 is a place (Greenwich crosses France); (0, 0) is not."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]


class Address(Model):
    """A postal address as published, and what was resolved from it.

    ``commune`` is an INSEE code of the present vintage (``"35238"``), ``arrondissement`` the municipal one when known.
    ``score`` (0–1) is that of the geocoder, when the point is its answer and not the source's.
    """

    line: str | None = None
    post_code: str | None = None
    town: str | None = None
    commune: str | None = None
    arrondissement: str | None = None
    point: Point | None = None
    precision: Precision = "unknown"
    score: Annotated[float, Field(ge=0, le=1)] | None = None


class CountryZone(Model):
    """Serves the whole country."""

    type: Literal["country"] = "country"


class RadiusZone(Model):
    """Serves every commune whose reference point is within ``km`` kilometres of the seat, or of the reference point of the commune ``around``
    (its INSEE code) when one is chosen."""

    type: Literal["radius"] = "radius"
    km: Annotated[float, Field(gt=0, le=1000)]
    around: Annotated[str, Field(pattern=r"^(\d{2}|2[AB])\d{3}$")] | None = None


class TerritoriesZone(Model):
    """Serves the listed territories, typed ids in the long form (``departement:38``)."""

    type: Literal["territories"] = "territories"
    territories: Annotated[tuple[str, ...], Field(min_length=1)]


class UndeclaredZone(Model):
    """No zone was published: an explicit state, answered with the stated default of the kind and shown as such."""

    type: Literal["undeclared"] = "undeclared"


Zone = Annotated[CountryZone | RadiusZone | TerritoriesZone | UndeclaredZone, Field(discriminator="type")]
