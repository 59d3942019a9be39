"""The query of what a supplier did not win: its profile, the time looked at, and one fact if only one is wanted."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from vivier.contracts.leads_query import ProfileQuery, check_profile

Fact = Literal["nothing", "supposed", "trade", "farther", "partner", "kind", "label"]
"""What was missing: nothing known; only that a supposed trade be published; a trade, kilometres, partners, a kind, a label."""


class MissedQuery(ProfileQuery):
    """Reserved and clause contracts that a supplier did not win."""

    months: Annotated[int, Field(ge=1, le=120, description="marchés notifiés, appels parus depuis tant de mois")] = 36
    more_km: Annotated[
        int, Field(ge=5, le=200, description="kilomètres de plus, au-delà de la zone, où l'on regarde")
    ] = 50
    fact: Annotated[
        tuple[Fact, ...],
        Field(
            max_length=7,
            description="ce qui manquait : nothing (rien de connu), supposed (publier un métier supposé), trade, farther, partner, kind, label",
        ),
    ] = ()

    @model_validator(mode="after")
    def _of_somebody(self) -> MissedQuery:
        check_profile(self)
        return self
