"""What may be said of a supplier: a kind, a label, an offer, a size, a reference."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from vivier.model.base import Model
from vivier.model.place import UndeclaredZone, Zone

Evidence = Literal["declared", "certified", "statute", "contract", "job", "text", "name", "activity"]
"""How a trade is known, from strong to weak. ``statute``: the law of a kind says that it lends people, whatever the trade;
``activity``: the trade is only supposed, from the activity code (NAF)."""

ServiceType = Literal["service", "goods", "staffing"]
"""*prestation*, *fourniture*, *mise à disposition*."""


class Agreement(Model):
    """A kind held by a structure (ESAT, EI…) and the dates of the agreement. ``None``: date not published.

    ``scope`` is ``legal_unit`` when the source speaks of the whole legal unit (SIREN) and not of the site. ``proved_until`` is set
    by the indexer when no end is published: the last day of the legal term, counted from the last proof.
    """

    kind: str
    scope: Literal["legal_unit"] | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    proved_until: date | None = None
    number: str | None = None


class Label(Model):
    """A label with what it covers and until when. Dates are inclusive; ``None``: date not published.

    ``title`` is what its issuer calls it (« QualiPAC »); ``audience`` whom a qualification is for, when the issuer says so.
    """

    code: str
    scope: Literal["site", "legal_unit", "product", "qualification"] = "site"
    domain: str | None = None
    title: str | None = None
    number: str | None = None
    issuer: str | None = None
    audience: Literal["individuals", "professionals"] | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    suspended: bool = False
    proof_url: str | None = None


class Offer(Model):
    """One thing a supplier offers: trade, service types and zone hold together.

    ``trade`` is a code of the trade table, ``None`` when the source does not say what the structure does. Then
    ``supposed_trade`` is the one that its activity code lets suppose, which is never a fact, and ``family`` a group of trades,
    when no narrower word is known: by its evidence it is supposed (``activity``) or stated. ``title`` and ``description`` are the supplier's own words. ``valid_from`` and ``valid_until`` (inclusive) are those of the
    labels that prove it; ``None``: unknown, or not dated at all. The zone of an offer that has ended still says where the
    supplier works.
    """

    trade: str | None = None
    supposed_trade: str | None = None
    family: str | None = None
    service_types: tuple[ServiceType, ...] = ()
    zone: Zone = UndeclaredZone()
    evidence: Evidence | None = None
    title: str | None = None
    description: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None


class Capacity(Model):
    """A size with its unit: never mixed, never guessed. ``status`` is the source's own word (« autorisée »).
    ``eur_year`` is a turnover; ``volume_eur_year`` the orders that the supplier says it can take, beside those it has.

    ``up_to`` makes it a band, from ``value`` to ``up_to`` inclusive (20 to 49 persons); ``None``: the very number.
    """

    value: Annotated[float, Field(ge=0)]
    up_to: Annotated[float, Field(ge=0)] | None = None
    unit: Literal["places", "etp", "etp_insertion", "persons", "eur_year", "volume_eur_year"]
    status: str | None = None
    year: int | None = None


class NotOffered(Model):
    """What a supplier says that it does not do: ``trade``, of the table, with its narrower ones, or ``words`` of its own."""

    trade: str | None = None
    words: str | None = None


class Learnt(Model):
    """What answers tell of a trade that no source gives: how many say that it is done (``yes``) or not (``no``), as they count
    (:mod:`vivier.belief.learnt`)."""

    trade: str
    yes: float
    no: float


class Reference(Model):
    """A client or contract the supplier puts forward."""

    client: str
    title: str | None = None
    year: int | None = None
