"""Trades told by names and presentations."""

from __future__ import annotations

import pytest

from indexer.enrich import with_told_trades
from indexer.merge import merge
from mappings import read_table
from vivier.model import Offer, Provenance, Record, Supplier, TerritoriesZone
from vivier.trade_words import load_trade_words
from vivier.trades import load_trades

SOURCE = Provenance(source_id="test", producer="essai", dataset="essai (fictif)", licence="fictif")


def supplier(name: str, description: str | None = None, offers: tuple[Offer, ...] = ()) -> Supplier:
    record = Record(source_id="1", provenance=SOURCE, name=name, description=description, offers=offers)
    return with_told_trades(merge([record]).suppliers[0], load_trade_words())


def told(given: Supplier) -> dict[str | None, str | None]:
    return {fact.value.trade: fact.value.evidence for fact in given.offers}


@pytest.mark.parametrize(
    ("name", "trade"),
    [
        ("EURL PAYSAGE FICTIF", "entretien-espaces-verts"),
        ("Fictif Propreté", "nettoyage-locaux"),
        ("LES JARDINS DE COCAGNE FICTIFS", "maraichage"),
        ("Interim Fictif", "mise-a-disposition-personnel"),
    ],
)
def test_a_telling_word_of_the_name_gives_a_trade(name: str, trade: str) -> None:
    assert told(supplier(name)) == {trade: "name"}


@pytest.mark.parametrize(
    "name", ["FOYER D ACCUEIL FICTIF", "INSERT FICTIF", "RESTAURANTS DU COEUR FICTIFS", "RESSOURCES FICTIVES"]
)
def test_a_word_that_stands_in_names_for_something_else_gives_none(name: str) -> None:
    assert told(supplier(name)) == {}


def test_a_presentation_tells_by_phrases_of_several_words() -> None:
    text = "Structure fictive. Entretien des espaces verts et nettoyage de bureaux, pour l'insertion sociale."
    assert told(supplier("FICTIF", text)) == {"entretien-espaces-verts": "text", "nettoyage-locaux": "text"}


def test_a_stated_trade_is_never_added_to() -> None:
    stated = (Offer(trade="impression", evidence="declared"),)
    assert told(supplier("Fictif Propreté", offers=stated)) == {"impression": "declared"}


def test_the_zone_stated_without_a_trade_is_kept_with_the_trade_told() -> None:
    zone = TerritoriesZone(territories=("departement:35",))
    assert [fact.value.zone for fact in supplier("Fictif Propreté", offers=(Offer(zone=zone),)).offers] == [zone]


def test_what_is_told_is_ours_and_says_where_it_comes_from() -> None:
    provenance = supplier("Fictif Propreté").offers[0].provenance
    assert (provenance.basis, provenance.source_id) == ("inferred", "test")


def test_the_words_of_names_are_of_trades_of_the_table() -> None:
    assert [row["trade"] for row in read_table("trade_name_words") if row["trade"] not in load_trades()] == []
