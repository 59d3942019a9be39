"""A node is asked what it was asked when it answered as the embedded engine does: a recording, and the same documents in both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.engine.compare import COLLECTION, told
from tests.engine.recorded import Recorded, lived, read, record, served
from tests.engine.village import GREENWICH, LYON, phrase
from vivier.engine.embedded.store import EmbeddedStore
from vivier.search.operators import All, Exists, Facet, Measure, Not, Part, Search, Sort, Terms, Text, Tier
from vivier.search.port import Reader, Store

KINDS: tuple[Literal["sum", "min", "max", "median"], ...] = ("sum", "min", "max", "median")
TRADES = ("traiteur", "blanchisserie", "espaces-verts")
WORDS = Text(((phrase("jardin", points=4),),))
SEARCHES = (
    Search(limit=5, offset=2, sort=(Sort("name_sort"),)),
    Search(
        text=WORDS,
        parts=(Part("any", (Tier(Terms("id", ("name-only",)), 7), Tier(All(), 2))), Part("none", ())),
        facets=(
            Facet("departement", "departement", All(), size=1, selected=("departement:75",)),
            Facet("trade", "trade", All(), path="offers", size=2),
        ),
        counts=(("placed", Exists("departement")),),
        sort=(Sort("score"),),
        limit=50,
    ),
    Search(origins=(LYON, GREENWICH), sort=(Sort("distance"),), limit=4),
    Search(origins=(LYON,), sort=(Sort("staff", descending=True),), limit=4),
)
MEASURES = (
    Measure("all"),
    Measure("placed", where=Exists("location")),
    *(Measure(f"{kind} {field}", kind, field) for field in ("staff", "updated") for kind in KINDS),
)


def asked(reader: Reader[Any]) -> dict[str, Any]:
    """What a reader answers to one question of each sort. Distances are rounded to 100 m."""
    found: dict[str, Any] = {str(place): told(reader.search(search)) for place, search in enumerate(SEARCHES)}
    found["near"] = [
        [hit.distance_km and round(hit.distance_km, 1) for hit in reader.search(search).hits] for search in SEARCHES
    ]
    found["get"] = reader.get(["small", "nobody", "lyon"])
    found["scan"] = [(hit.id, hit.record) for hit in reader.scan(Not(Exists("departement")))]
    found["ids"] = [(hit.id, hit.record) for hit in reader.scan(Exists("departement"), records=False)]
    found["stream"] = [(hit.id, hit.score) for hit in reader.stream(SEARCHES[1])]
    for name, path, entry in (("departement", None, All()), ("trade", "offers", Exists("reach_full"))):
        values = TRADES if path else ("departement:69", "departement:75")
        members = reader.members(All(), name, values, path, entry)
        found[f"members {name}"] = {value: sorted(members[value]) for value in values}
    groups = reader.group(All(), "departement", MEASURES)
    found["group"] = (
        groups.values,
        {name: [str(number) for number in column] for name, column in groups.measures.items()},
    )
    vocabulary = reader.vocabulary()
    found["words"] = (vocabulary.documents, vocabulary.entries)
    return found


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Store]:
    with closing(EmbeddedStore(tmp_path)) as store:
        yield store


def test_what_a_node_answered_is_what_the_embedded_engine_answers(embedded: Store) -> None:
    recorded = Recorded(read())
    with served(recorded) as store:
        lives, answers = lived(store), asked(store.open(COLLECTION))
    assert recorded.refused == []
    assert lives == lived(embedded)
    assert answers == asked(embedded.open(COLLECTION))


@pytest.mark.node
def test_a_node_is_asked_what_was_recorded(opensearch_url: str) -> None:
    kept = record(opensearch_url, lambda store: asked(store.open(COLLECTION)))
    assert [one[:4] for one in kept] == [one[:4] for one in read()]
