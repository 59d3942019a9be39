"""A département of which the lists have no inclusive structure is a gap of the lists: by a search, a study, the depth map."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from search_api.desk.pages.filieres import drawing, legend, sentence
from tests.desk.making import structure
from tests.desk.one_trade import feasibility
from tests.search_api.conftest import publish, today
from tests.search_api.corpus import suppliers
from vivier.desk.facts.presence import Presence, here
from vivier.desk.method.depth import Around, depth
from vivier.desk.method.depth_classes import SHOWN
from vivier.desk.method.feasibility import Lot
from vivier.desk.tell.advice import ASK_FIRST, UNLISTED, Advice, advice
from vivier.desk.tell.depth_map import DepthAsked, depth_map
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.search.port import Generation
from vivier.search.snapshot import Snapshot
from vivier.suppliers.unlisted import gap_text, unlisted

COUNTED = {"departement:35": {"total": 3, "EI": 2}, "departement:59": {"total": 4}, "": {"total": 1}}


def generation(departements: dict[str, Any] | None) -> Generation:
    meta = {} if departements is None else {"quality": {"departements": departements}}
    return Generation("suppliers-1", "suppliers", True, 8, datetime(2026, 11, 1, tzinfo=UTC), meta)


def found(id_: str, lexicon: Lexicon, counted: dict[str, Any] | None = None) -> list[str]:
    place = lexicon.gazetteer.get(id_)
    listed = generation(COUNTED if counted is None else counted)
    return [each.code for each in unlisted((place,), listed, lexicon.gazetteer)]


@pytest.mark.parametrize(
    ("place", "missing"),
    (
        ("departement:35", []),
        ("departement:59", ["59"]),  # suppliers, none of an inclusive kind
        ("commune:59350", ["59"]),
        ("region:53", ["22", "29", "56"]),
        ("FR", []),  # nobody reads a list of a hundred
        ("commune:97502", []),  # an overseas collectivity may have none
    ),
)
def test_the_departements_without_any_inclusive_structure(place: str, missing: list[str], lexicon: Lexicon) -> None:
    assert found(place, lexicon) == missing


def test_a_generation_that_does_not_tell_says_nothing(lexicon: Lexicon) -> None:
    north = lexicon.gazetteer.get("departement:59")
    assert unlisted((north,), generation(None), lexicon.gazetteer) == ()
    assert (
        found("departement:59", lexicon, {"departement:35": {"total": 3}}) == []
    )  # no kind anywhere: a corpus of labels alone


def test_the_sentence_names_a_few_and_counts_many(lexicon: Lexicon) -> None:
    north = lexicon.gazetteer.get("departement:59")
    assert gap_text(()) is None
    assert "dont le siège est dans le Nord :" in str(gap_text((north,)))
    others = tuple(replace(north, name=name) for name in ("Nord", "Aisne", "Oise", "Somme"))
    assert "dans 4 départements (Nord, Aisne, Oise…)" in str(gap_text(others))


LOT = Lot(amount=200_000, months=24, labour_share=0.65)


def advised(present: Presence, lot: Lot = LOT, asked: int = 0) -> Advice:
    pool = [structure(kinds=("EI",), in_trade=False, trade_known=False, believed=0.07) for _ in range(asked)]
    return advice(feasibility(lot, pool, today(), present=present))


def test_a_lot_where_the_lists_have_nobody_is_not_advised_against() -> None:
    gap = advised(Presence(reaching=1, unlisted="en Loire-Atlantique"))
    assert gap.lever == "none" and gap.title == UNLISTED
    assert "aucune structure inclusive en Loire-Atlantique" in gap.reason and "une seule, d'ailleurs" in gap.reason
    known = advised(Presence(seated=0, reaching=1))
    assert known.title == "rien d'assuré" and "leur manque" not in known.reason


def test_supplies_where_the_lists_have_nobody_are_told_their_gap_too() -> None:
    goods = replace(LOT, category="fournitures", labour_share=None)
    found = advised(Presence(unlisted="dans le Doubs"), goods)
    assert found.title == UNLISTED and "Nos listes n'ont aucune structure inclusive dans le Doubs" in found.reason


def test_a_region_of_which_the_lists_lack_some_departements_only_is_not_said_to_have_nobody() -> None:
    partly = Presence(seated=40, reaching=60, unlisted="en Loire-Atlantique")
    found = advised(partly)
    assert found.title == "rien d'assuré"
    assert (
        "d'ailleurs" not in found.reason
        and "40 sites ont leur siège ici (nos listes n'en ont aucun en Loire-Atlantique" in here(partly)
    )


def test_structures_to_ask_come_before_the_gap_in_the_title_and_light_labour_keeps_its_reason() -> None:
    asked = advised(Presence(reaching=9, unlisted="dans le Nord"), asked=9)
    assert asked.lever == "none" and asked.title.startswith(ASK_FIRST)
    light = advised(
        Presence(reaching=9, unlisted="dans le Nord"), Lot(amount=90_000, months=12, category="fournitures")
    )
    assert "ce sont des fournitures" in light.reason and "nos listes n'en ont aucun dans le Nord" in light.reason


@pytest.mark.parametrize(
    ("around", "shown"),
    (
        (Around(), "offre_absente"),
        (Around(to_check=2), "to_ask"),
        (Around(untold=40, expected=(2.0, 5.0)), "to_ask"),
        (Around(untold=1, expected=(0.0, 0.4)), "offre_absente"),
        (Around(to_check=2, unlisted=True), "unlisted"),
    ),
)
def test_a_territory_without_a_structure_counted_is_shown_by_what_can_be_asked(around: Around, shown: str) -> None:
    found = depth([], (), 0.3, around=around)
    assert found.shown == shown and found.level.startswith(SHOWN[shown]) and found.level_low == "offre_absente"


@pytest.mark.slow
def test_a_search_and_a_depth_map_say_the_gap_of_a_real_generation(tmp_path: Path, lexicon: Lexicon) -> None:
    engine = EmbeddedStore(tmp_path)
    publish(engine, suppliers(lexicon), lexicon)
    counted = engine.live("suppliers").meta["quality"]["departements"]
    held = next(id_ for id_, kinds in counted.items() if id_ and len(kinds) > 1)
    missing = next(f"departement:{code:02}" for code in range(1, 96) if f"departement:{code:02}" not in counted)
    client = TestClient(create_app(engine, lexicon, today=today))
    notices = {
        id_: " ".join(client.get(f"/v1/suppliers?territory={id_}").json()["meta"]["notices"]) for id_ in (held, missing)
    }
    assert "c'est un manque de nos listes" in notices[missing] and "nos listes" not in notices[held]
    assert "manque de nos listes" in client.get(f"/fournisseurs?territory={missing}").text
    found = depth_map(DepthAsked(("nettoyage-locaux",), today()), Snapshot(engine), lexicon)
    rows = {row.territory.id: row.depth for row in found.rows}
    assert rows[missing].around.unlisted and not rows[held].around.unlisted
    assert "nos listes n'ont personne d'ici" in rows[missing].remarks
    assert any(row.shown == "unlisted" and not row.count for row in rows.values())
    assert "Nos listes n’ont personne dans" in sentence(found)
    assert ("hors de nos listes", 7) in legend(drawing(found, lexicon.gazetteer))
    engine.close()
