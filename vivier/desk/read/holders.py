"""The query of the holders worth a call for a profile."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from vivier.contracts.leads_query import ProfileQuery, check_profile

Work = Literal["clause", "subcontract"]
"""Why a holder is called: it owes hours by a social clause, or it declares to subcontract."""


class HoldersQuery(ProfileQuery):
    """Holders to call for a profile, or in a place."""

    work: Annotated[
        Work,
        Field(
            description="clause : titulaires d'un marché à clause sociale en cours ; subcontract : titulaires qui déclarent sous-traiter"
        ),
    ] = "clause"

    @model_validator(mode="after")
    def _of_somebody(self) -> HoldersQuery:
        check_profile(self)
        return self
