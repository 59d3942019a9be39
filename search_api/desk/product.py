"""The consultation desk: studies, dossiers, clauses, ledgers, supply by territory."""

from __future__ import annotations

from typing import Final

from search_api.desk.consultations import BODIES
from search_api.desk.kept import KEEPS
from search_api.desk.routes import (
    clausier,
    consultation_pages,
    consultations,
    desk,
    dossier_pages,
    dossiers,
    filieres,
    follow_up,
    holders,
    ledger,
    life_cycle,
    study_pages,
    support,
)
from search_api.problems import refused
from search_api.product import Product
from vivier.dossiers.port import DossierDamaged, DossierPurged, DossierTooLarge, ShelfFull
from vivier.settings.desk import OfDesk

DESK: Final = Product(
    name="desk",
    routers=(
        consultations.router,
        clausier.router,
        life_cycle.router,
        follow_up.router,
        ledger.router,
        consultation_pages.router,
        study_pages.router,
        dossiers.router,
        dossier_pages.router,
        desk.router,
        filieres.router,
        support.router,
        holders.router,
        holders.page_router,
    ),
    settings=(OfDesk,),
    errors={
        DossierPurged: refused(410),
        DossierDamaged: refused(500),
        DossierTooLarge: refused(413),
        ShelfFull: refused(503),
    },
    bodies=BODIES,
    keeps=KEEPS,
)
