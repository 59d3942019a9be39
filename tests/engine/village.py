"""A handful of documents made by hand: each is there for what one operator must say of it."""

from __future__ import annotations

import hashlib
from typing import Any

from vivier.search.operators import Phrase
from vivier.search.port import Document
from vivier.text import load_analysis

GREENWICH = (0.0, 48.5)
LYON = (4.8357, 45.764)


def doc(id_: str, **fields: Any) -> Document:
    """A document of the suppliers' mapping with only what is given. Its tie is drawn from its id."""
    tie = int(hashlib.sha256(id_.encode()).hexdigest()[:13], 16)
    return {"id": id_, "tie": tie, "record": {"id": id_, "name": id_}, **fields}


def point(lon: float, lat: float) -> dict[str, float]:
    return {"lon": lon, "lat": lat}


def offer(trade: str, reach: str, **fields: Any) -> dict[str, Any]:
    return {"trade": [trade], "reach_full": [reach], **fields}


def phrase(words: str, field: str = "text_name", points: int = 1) -> Phrase:
    """The words as the index has them: one is a word, several a phrase."""
    return Phrase(field, tuple(load_analysis().tokens("french", words)), points)


VILLAGE: list[Document] = [
    # words
    doc("name-only", text_name=["Jardins de Bretagne"], text_offers=["entretien de locaux"], name_sort="jardins"),
    doc("offer-only", text_name=["Ateliers du Pont"], text_offers=["jardins"], name_sort="ateliers"),
    doc(
        "both-fields",
        text_name=["Jardins du Pont"],
        text_offers=["jardins et potagers"],
        text_begin=["Jardins du Pont-l'Évêque", "JPE"],
        name_sort="jardins",
    ),
    doc("two-texts", text_name=["Atelier papier", "recyclé et carton"], name_sort="papier"),
    doc("one-text", text_name=["Atelier papier recyclé"], name_sort="papier"),
    doc("twice-the-word", text_name=["Tri, tri et re-tri"], name_sort="tri"),
    # same offer
    doc(
        "split",
        offers=[offer("traiteur", "departement:35"), offer("menage", "departement:69", service_type=["fourniture"])],
        networks=["n1", "n2"],
    ),
    doc(
        "joined", offers=[offer("traiteur", "departement:69", service_type=["service", "fourniture"])], networks=["n1"]
    ),
    doc(
        "thrice",
        offers=[offer("traiteur", f"departement:{code}", service_type=["service"]) for code in ("01", "35", "38")],
        networks=["n1", "n1"],
    ),
    doc("no-offer", offers=[], networks=[]),
    # numbers and dates
    doc("small", staff=10, turnover=1e6, updated="2024-02-29"),
    doc("large", staff=500.5, turnover=0, updated="2025-01-01"),
    doc("sizes-unknown", turnover=None),
    doc("agreed", agreements=[{"kind": "ESAT", "valid_from": "2020-01-01", "valid_until": "2024-12-31"}]),
    doc("agreed-for-ever", agreements=[{"kind": "ESAT"}]),
    doc(
        "agreed-twice",
        agreements=[
            {"kind": "EI", "valid_until": "2019-12-31"},
            {"kind": "ESAT", "valid_from": "2025-01-01", "valid_until": "2025-12-31"},
        ],
    ),
    # places
    doc("on-greenwich", location=point(*GREENWICH), departement="departement:61"),
    doc("west-of-greenwich", location=point(-0.1, 48.5), departement="departement:61"),
    doc("east-of-greenwich", location=point(0.2, 48.5), departement="departement:28"),
    doc("at-zero-north", location=point(0.0, 0.0)),
    doc("lyon", location=point(*LYON), departement="departement:69"),
    doc("lyon-too", location=point(*LYON), departement="departement:69"),
    doc("reunion", location=point(55.4504, -20.8823), departement="departement:974"),
]
