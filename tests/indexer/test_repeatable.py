"""From the same records, the same documents, whatever the order; from build to build, the same ids."""

from __future__ import annotations

import json
import random
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from indexer.build import make_documents
from indexer.demo import demo_records
from indexer.doctor import diagnose
from indexer.doubts import read_doubts
from indexer.gather import Gathered
from indexer.merge import merge
from indexer.publish import Published, publish
from indexer.stock import Ready
from tests.indexer.records import ACI_SIRET, record, write_run
from vivier.engine import open_engine
from vivier.engine.embedded.store import EmbeddedStore
from vivier.errors import InvalidRequest
from vivier.lexicon import load_lexicon
from vivier.model import Record
from vivier.search.operators import All
from vivier.settings import Settings

pytestmark = pytest.mark.slow

REGISTERED = record("siae", "1", "LES TOITS DU VERCORS", siret=ACI_SIRET, kind="ACI")
LISTED = record("list", "a", "Les Toits du Vercors", kind="ACI")
NEIGHBOUR = record("list", "b", "Tremplin", line="120 chemin des Vignes")
TREMPLIN = record("siae", "2", "Tremplin", siret="90000000100025", line="4 rue Basse")


def told_again(base: Record, source: str) -> Record:
    """The record as a list without identifiers tells it."""
    provenance = base.provenance.model_copy(update={"source_id": source, "basis": "declared"})
    hidden = {"siren": None, "siret": None, "finess": None, "name": base.name.upper(), "provenance": provenance}
    return base.model_copy(update=hidden)


def documents(records: Path, sources: list[str]) -> bytes:
    """Every document of a build that reads the sources in this order."""
    lexicon = load_lexicon()
    gathered = Gathered(records, lexicon.gazetteer, sources)
    suppliers = merge(gathered, roles=gathered.roles).suppliers
    return b"\n".join(
        orjson.dumps([document, words])
        for made in make_documents(Ready(suppliers), lexicon, lambda chunk, made: made)
        for document, words in zip(made.documents, made.words, strict=True)
    )


def test_the_same_records_in_any_order_give_the_same_documents_byte_for_byte(tmp_path: Path) -> None:
    base = list(demo_records(300))
    dice = random.Random(5)
    for home in ("one", "two"):
        for source in ("demo", "list", "siae"):
            records = base if source == "demo" else [told_again(record, source) for record in base[:120]]
            shuffled = dice.sample(records, len(records))
            write_run(tmp_path / home, source, shuffled)
    assert documents(tmp_path / "one", ["demo", "list", "siae"]) == documents(
        tmp_path / "two", ["siae", "list", "demo"]
    )


def published(home: Path, *, decisions: str = "") -> Published:
    """A generation of the home, put in service."""
    settings = Settings(home=home)
    if decisions:
        settings.decisions.parent.mkdir(exist_ok=True)
        settings.decisions.write_text("gauche,droite,decision,motif,date\n" + decisions, encoding="utf8")
    with closing(open_engine(settings)) as engine:
        return publish(engine, settings, load_lexicon(), accept_drops=True, skip_judged=True)


def ids(home: Path, done: Published) -> dict[str, str]:
    """The id of each source key."""
    hits = EmbeddedStore(home / "generations").open("suppliers", done.generation.name).scan(All())
    return {key: hit.id for hit in hits for key in hit.record["identifiers"] if ":" in key}


def test_an_id_outlives_the_arrival_and_the_departure_of_a_source(tmp_path: Path) -> None:
    write_run(tmp_path / "records", "list", [LISTED])
    alone = ids(tmp_path, published(tmp_path))
    write_run(tmp_path / "records", "siae", [REGISTERED])
    both = ids(tmp_path, published(tmp_path))
    (tmp_path / "records" / "list" / "current").unlink()
    assert both == {"list:a": alone["list:a"], "siae:1": alone["list:a"]}
    assert ids(tmp_path, published(tmp_path)) == {"siae:1": alone["list:a"]}


@pytest.mark.slow
def test_a_doubtful_pair_is_listed_then_decided(tmp_path: Path) -> None:
    write_run(tmp_path / "records", "list", [NEIGHBOUR])
    write_run(tmp_path / "records", "siae", [TREMPLIN])
    settings = Settings(home=tmp_path)
    assert len(set(ids(tmp_path, published(tmp_path)).values())) == 2
    (pair,) = read_doubts(settings.doubts)
    checks = {check.name: check.text for check in diagnose(settings)}
    assert "1 paire à relire" in checks["identité"]
    decided = f"{pair['gauche']},{pair['droite']},fusionner,vu sur place,2026-11-24\n"
    assert len(set(ids(tmp_path, published(tmp_path, decisions=decided)).values())) == 1
    assert read_doubts(settings.doubts) == []


@pytest.mark.slow
def test_a_decisions_file_in_doubt_refuses_the_build_and_leaves_everything_as_it_was(tmp_path: Path) -> None:
    write_run(tmp_path / "records", "siae", [REGISTERED])
    published(tmp_path)
    before = Settings(home=tmp_path).ids.read_bytes()
    with pytest.raises(InvalidRequest):
        published(tmp_path, decisions="list:a,siae:1,fusionner,,2026-11-24\n")
    assert Settings(home=tmp_path).ids.read_bytes() == before
    assert json.loads(before)["keys"] == [f"siret:{ACI_SIRET}", "source:siae:1"]
