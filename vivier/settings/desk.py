"""Settings of the consultation desk."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from vivier.settings.home import InHome


class OfDesk(InHome):
    """How long a dossier is kept."""

    dossier_days: Annotated[
        int, Field(ge=1, le=3_650, description="days a dossier is kept, printed in it when it is issued")
    ] = 365
