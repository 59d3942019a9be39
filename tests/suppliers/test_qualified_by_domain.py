"""An RGE qualification says one part of a building: who is qualified for walls is near, and to call, for a roof."""

from __future__ import annotations

from datetime import date

import pytest

from crawlers.sources._rge_site import offers_of
from tests.suppliers.conftest import serve
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.model import Address, Label, Point, Provenance, Record
from vivier.needs import resolve_need

pytestmark = pytest.mark.slow

SOURCE = Provenance(source_id="test", producer="essai", dataset="essai (fictif)", licence="fictif")
LYON = Address(post_code="69003", town="Lyon", commune="69123", point=Point(lon=4.85, lat=45.76), precision="address")
DOMAINS = {"Toit": "Isolation du toit 2020", "Murs": "Isolation des murs par l'extérieur"}


def qualified(name: str, domain: str) -> Record:
    labels = (Label(code="RGE", domain=domain, valid_until=date(2028, 12, 31)),)
    return Record(source_id=name, provenance=SOURCE, name=name, labels=labels, address=LYON, offers=offers_of(labels, []))  # fmt: skip


@pytest.mark.slow
def test_who_is_qualified_for_walls_does_not_answer_for_a_roof(embedded: EmbeddedStore, lexicon: Lexicon) -> None:
    house = serve(embedded, [qualified(*each) for each in DOMAINS.items()], lexicon)

    def named(group: str, trade: str) -> set[str]:
        found = house.ask(label="RGE", territory="commune:69123", group=group, trade=trade)
        return {result.record["name"]["value"] for result in found.results}

    (roof,) = resolve_need("isolation de toiture RGE à Lyon", lexicon).sectors
    assert named("exact", roof.id) == {"Toit"} and named("near_trade", roof.id) == {"Murs"}
    assert named("exact", "isolation") == {"Toit", "Murs"}
