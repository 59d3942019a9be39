"""Names that SIRENE gives to buyers and holders that no record names: bodies only, with their provenance."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow  # type: ignore[import-untyped]
import pyarrow.parquet as parquet  # type: ignore[import-untyped]
import pytest

from crawlers.context import sirene, sirene_api
from crawlers.context.run import add_context, ask_context, parties_of
from crawlers.run import import_files
from indexer.contracts.publish import publish_contracts
from tests.world import World, served
from vivier.engine import open_engine
from vivier.errors import NotFound
from vivier.lexicon import load_lexicon
from vivier.model import Notice
from vivier.model.context import Establishment, LegalName
from vivier.privacy.opposition import Opposition
from vivier.runs.context import read_names
from vivier.runs.records import current_run, read_models
from vivier.search.operators import Search, Terms
from vivier.settings import Settings

SAMPLE = Path(__file__).parents[1] / "fixtures" / "sources" / "decp" / "sample-1-2022.json"
NOTICES = SAMPLE.parents[1] / "boamp" / "sample-1.json"
BUYER, HOLDER, TRADER = "100000116", "100000215", "100000223"
HEADER = (
    "siren,statutDiffusionUniteLegale,nomUniteLegale,categorieJuridiqueUniteLegale,denominationUniteLegale,"
    "societeMissionUniteLegale"
)
DAY = date(2026, 11, 24)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Settings:
    import_files("decp", [SAMPLE], settings)
    stock = tmp_path / "StockUniteLegale.csv"
    rows = (f"{BUYER},O,,7354,SYNDICAT FICTIF DES EAUX,", f"{HOLDER},O,,5499,JARDINS FICTIFS SARL,")
    stock.write_text("\n".join((HEADER, *rows, f"{TRADER},O,NOM-FICTIF,1000,NOM-FICTIF,")), encoding="utf8")
    add_context("sirene", [stock], settings)
    return settings


@pytest.fixture
def contract(home: Settings) -> Iterator[dict[str, object]]:
    engine = open_engine(home)
    publish_contracts(engine, home, load_lexicon())
    yield engine.open("contracts").search(Search(where=Terms("holders", (HOLDER,)), limit=1)).hits[0].record
    engine.close()


@pytest.mark.slow
def test_a_buyer_and_a_holder_without_a_name_take_that_of_sirene(contract: dict[str, object]) -> None:
    assert contract["buyer"]["name"] == "SYNDICAT FICTIF DES EAUX"  # type: ignore[index]
    assert contract["holders"][0]["name"] == "JARDINS FICTIFS SARL"  # type: ignore[index]


@pytest.mark.slow
def test_a_name_of_sirene_says_where_it_comes_from(contract: dict[str, object]) -> None:
    assert contract["buyer"]["name_source"] == "sirene"  # type: ignore[index]
    credited = [one for one in contract["sources"] if one["source_id"] == "sirene"]  # type: ignore[attr-defined]
    assert credited[0]["licence"] == "Licence Ouverte 2.0" and credited[0]["fetched_at"]


def test_a_sole_trader_is_remembered_without_a_name(home: Settings) -> None:
    known = {one.siren: one.name for one in read_names(home.context)}
    assert known[HOLDER] == "JARDINS FICTIFS SARL" and known.get(TRADER) is None
    files = (home.context / "sirene").rglob("*.jsonl")
    assert not any("NOM-FICTIF" in file.read_text(encoding="utf8") for file in files)


@pytest.mark.parametrize(
    "said",
    [
        {"legal_category": "1000"},
        {"legal_category": None},
        {"legal_category": "5710", "diffusion": "P"},
        {"legal_category": "5710", "legal_name": "[ND]"},
        {"legal_category": "5710", "legal_name": None},
    ],
)
def test_a_person_a_restricted_or_an_unknown_body_has_no_name(said: dict[str, str | None]) -> None:
    fact = Establishment.model_validate({"siret": f"{HOLDER}00010", "legal_name": "QUI QUE CE SOIT", **said})
    assert sirene.name_of(fact, DAY) == LegalName(siren=HOLDER, name=None, read_on=DAY)


def test_a_later_run_keeps_the_names_known_before(home: Settings, tmp_path: Path) -> None:
    other = tmp_path / "autre.csv"
    other.write_text("\n".join((HEADER, f"{BUYER},O,,7354,SYNDICAT RENOMMÉ,")), encoding="utf8")
    add_context("sirene", [other], home)
    known = {one.siren: one.name for one in read_names(home.context)}
    assert known == {**known, BUYER: "SYNDICAT RENOMMÉ", HOLDER: "JARDINS FICTIFS SARL"}


def test_a_name_asked_once_is_not_asked_again_within_a_year() -> None:
    parties = {BUYER: f"{BUYER}00010", HOLDER: f"{HOLDER}00010", TRADER: ""}
    former = {BUYER: LegalName(siren=BUYER, name=None, read_on=date(2026, 1, 5))}
    assert sirene.to_name(parties, former, DAY, 10) == [f"{HOLDER}00010"]
    assert f"{BUYER}00010" in sirene.to_name(parties, former, date(2027, 2, 1), 10)


def test_a_stock_in_parquet_says_what_the_csv_says(settings: Settings, tmp_path: Path) -> None:
    """As data.gouv.fr publishes it: the legal category is a number there. Names of persons are columns that are not read."""
    import_files("decp", [SAMPLE], settings)
    rows = [(BUYER, "O", None, 7354, "SYNDICAT FICTIF DES EAUX"), (TRADER, "O", "NOM-FICTIF", 1000, None)]
    cells = dict(zip(HEADER.split(","), zip(*rows, strict=True), strict=False))
    stock = tmp_path / "StockUniteLegale.parquet"
    parquet.write_table(pyarrow.table({**cells, "societeMissionUniteLegale": [None, "N"]}), stock)
    add_context("sirene", [stock], settings)
    assert {one.siren: one.name for one in read_names(settings.context)} == {
        BUYER: "SYNDICAT FICTIF DES EAUX",
        TRADER: None,
    }


def test_a_stock_given_as_a_source_is_sent_to_the_verb_that_reads_it(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="vivier context sirene"):
        import_files("sirene", [tmp_path / "StockUniteLegale.csv"], settings)


def test_the_parties_of_notices_are_named_too(settings: Settings) -> None:
    import_files("boamp", [NOTICES], settings)
    run = current_run(settings.records, "boamp")
    assert parties_of(settings).keys() == {notice.buyer.siren for notice in read_models(run, Notice)} - {None} != set()


@pytest.mark.slow
def test_the_api_is_asked_for_buyers_and_holders_and_answers_with_their_names(settings: Settings) -> None:
    import_files("decp", [SAMPLE], settings)
    parties = sirene.to_name(parties_of(settings), {}, DAY, 100)
    starts = sirene_api.plan_of(parties).what.starts  # type: ignore[union-attr]
    world = World(pages={start.removeprefix(f"https://{sirene_api.HOST}"): _answer(siret) for start, siret in zip(starts, parties, strict=True)})  # fmt: skip
    with served(world):
        ask_context("sirene", settings, mirror=world.url)
    known = {one.siren: one.name for one in read_names(settings.context)}
    assert known == {siret[:9]: f"SOCIÉTÉ {siret[:9]}" for siret in parties} and HOLDER in known


def _answer(siret: str) -> bytes:
    site = {"siret": siret, "etat_administratif": "A", "statut_diffusion_etablissement": "O"}
    unit = {"nature_juridique": "5499", "nom_raison_sociale": f"SOCIÉTÉ {siret[:9]}", "siege": site}
    return json.dumps({"results": [unit], "total_results": 1}).encode()


def test_an_opposed_holder_loses_the_name_that_sirene_gave(home: Settings) -> None:
    salted = Settings.model_validate({"home": home.home, "opposition_salt": "un sel assez long pour servir"})
    engine = open_engine(salted)
    publish_contracts(engine, salted, load_lexicon())
    Opposition(salted).add(f"{HOLDER}00010")
    holder = (
        engine.open("contracts").search(Search(where=Terms("holders", (HOLDER,)), limit=1)).hits[0].record["holders"]
    )
    assert "JARDINS" not in str(holder) and holder[0]["siret"] == f"{HOLDER}00010"
    engine.close()
