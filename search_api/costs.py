"""What a request costs, by its path: the lane where it waits, and the units that its client spends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from vivier.identity import words_of

Lane = Literal["free", "search", "export", "study", "given"]
LANE: Final = "vivier.lane"
"""Key of the lane of a request in its ASGI scope."""
REFUSED: Final = "vivier.refused"
"""Key of the reason why a request was refused before any work, in its ASGI scope."""
COSTS: Final[Mapping[Lane, int]] = {"free": 0, "search": 1, "given": 5, "study": 10, "export": 20}
"""What a request of each lane costs its client (:mod:`search_api.rates`), in searches: measured ratios of processor, rounded."""
_FREE: Final = words_of("/health /ready /static/ /robots.txt /sitemap.xml /favicon.ico /docs /v1/openapi.json")
_STUDIES: Final = words_of(
    """
    /v1/feasibility /v1/consultations /v1/depth /v1/needs/batch /v1/indicators /v1/support
    /v1/holders-to-call /v1/ledger /consultation /etudes /filieres /indicateurs
    /mes-fournisseurs /territoire /titulaires-a-appeler
    """
)
_SMALL_FILES: Final = ("/cout-global", "/suivi-heures", "/comparer", "/consultation/etudes")
"""Workbooks of what one page holds: they cost what the page costs."""
_GIVEN: Final = (
    *words_of(
        "/v1/dossiers /v1/rounds /dossiers /enquetes /suivi-heures/ /r/ /i/ /suivi/ /revue /reseau /v1/members-lists"
    ),
    *("/courriel", "/ecrire"),
)
_FORMS: Final = ("/completer", "/lien", "/signaler", "/s-opposer")
"""Ends of the addresses of the forms of a sheet."""
_EXPORTS: Final = (".csv", ".xlsx", ".jsonl", ".geojson")


def lane_of(path: str) -> Lane:
    """The lane of a path: what costs nothing, files of a whole list, studies, what people give, and searches for all the rest."""
    if path.startswith(_FREE):
        return "free"
    if path.endswith(_EXPORTS) and not path.startswith(_SMALL_FILES):
        return "export"
    if path.startswith(_STUDIES):
        return "study"
    return "given" if path.startswith(_GIVEN) or path.endswith(_FORMS) else "search"
