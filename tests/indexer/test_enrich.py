"""Trades told by names and presentations."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from indexer.enrich import enriched
from indexer.merge import merge
from mappings import read_table
from vivier.model import Label, Offer, Provenance, Record, Supplier, TerritoriesZone
from vivier.trades.table import load_trades
from vivier.trades.words import load_trade_words

SOURCE = Provenance(
    source_id="test",
    producer="essai",
    dataset="essai (fictif)",
    licence="fictif",
    fetched_at=datetime(2026, 11, 24, tzinfo=UTC),
)
RGE = Label(code="RGE", domain="Isolation des combles perdus", valid_until=date(2027, 1, 1))


def supplier(
    name: str, description: str | None = None, offers: tuple[Offer, ...] = (), *labels: Label, won: str | None = None
) -> Supplier:
    record = Record(source_id="1", provenance=SOURCE, name=name, description=description, offers=offers, labels=labels)
    proofs = {won: SOURCE} if won else None
    return enriched(merge([record]).suppliers[0], load_trades(), load_trade_words(), proofs)


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


def test_the_domain_of_a_label_certifies_its_trade() -> None:
    found = supplier("Fictif Propreté", None, (), RGE)
    assert told(found) == {"isolation-toiture": "certified"}
    assert found.offers[0].provenance.basis == "computed"


@pytest.mark.parametrize(
    ("label", "trade"),
    [(Label(code="BIO", domain="Légumes"), "maraichage"), (Label(code="IMPRIM_VERT"), "impression")],
)
def test_an_organic_production_and_a_label_of_one_trade_certify_too(label: Label, trade: str) -> None:
    assert told(supplier("FICTIF", None, (), label)) == {trade: "certified"}


@pytest.mark.parametrize(
    "label",
    [
        RGE.model_copy(update={"suspended": True}),
        RGE.model_copy(update={"domain": "Inconnu"}),
        Label(code="ESUS", domain="Isolation des combles perdus"),
    ],
)
def test_a_label_that_is_suspended_or_has_no_trade_certifies_nothing(label: Label) -> None:
    assert told(supplier("FICTIF", None, (), label)) == {}


@pytest.mark.parametrize("dates", [(None, date(2026, 11, 23)), (date(2026, 11, 25), None), (None, date(2027, 1, 1))])
def test_what_a_label_certifies_has_its_dates(dates: tuple[date | None, date | None]) -> None:
    label = RGE.model_copy(update={"valid_from": dates[0], "valid_until": dates[1]})
    (fact,) = supplier("FICTIF", None, (), label).offers
    assert (fact.value.valid_from, fact.value.valid_until) == dates


def test_labels_that_follow_one_another_certify_one_period_and_a_gap_makes_two() -> None:
    first = RGE.model_copy(update={"valid_from": date(2020, 1, 1), "valid_until": date(2023, 12, 31)})
    next_ = RGE.model_copy(update={"valid_from": date(2024, 1, 1), "valid_until": date(2025, 12, 31)})
    later = RGE.model_copy(update={"valid_from": date(2026, 6, 1), "valid_until": None})
    found = [fact.value for fact in supplier("FICTIF", None, (), later, first, next_).offers]
    assert [(one.valid_from, one.valid_until) for one in found] == [
        (date(2020, 1, 1), date(2025, 12, 31)),
        (date(2026, 6, 1), None),
    ]


def test_a_contract_won_stands_beside_a_certificate_that_will_end() -> None:
    found = supplier("FICTIF", None, (), RGE, won="isolation-toiture")
    assert [fact.value.evidence for fact in found.offers] == ["certified", "contract"]


def test_a_certificate_that_was_over_when_read_does_not_silence_the_name() -> None:
    over = RGE.model_copy(update={"valid_until": date(2026, 11, 23)})
    assert told(supplier("Fictif Propreté", None, (), over)) == {
        "nettoyage-locaux": "name",
        "isolation-toiture": "certified",
    }


def test_a_contract_won_proves_a_trade_beside_weaker_evidence_and_not_beside_stronger() -> None:
    job = (Offer(trade="impression", evidence="job"),)
    found = supplier("FICTIF", None, job, won="impression")
    assert {fact.value.evidence for fact in found.offers} == {"job", "contract"}
    declared = (Offer(trade="impression", evidence="declared"),)
    assert told(supplier("FICTIF", None, declared, won="impression")) == {"impression": "declared"}


def test_a_declared_trade_and_a_certified_one_stand_together() -> None:
    declared = (Offer(trade="impression", evidence="declared"),)
    assert told(supplier("FICTIF", None, declared, RGE)) == {"impression": "declared", "isolation-toiture": "certified"}


def test_the_words_of_names_are_of_trades_of_the_table() -> None:
    """A row without a trade is of words that mean none: the « Restaurants du Cœur » sell no meal."""
    given = {row["trade"] for row in read_table("trade_name_words")} - {""}
    assert [code for code in given if code not in load_trades()] == []


def test_a_network_in_a_name_tells_what_its_members_do() -> None:
    assert told(supplier("Régie de quartier fictive", None)) == {"nettoyage-locaux": "name"}
    assert told(supplier("ENVIE 2E FICTIF", None)) == {"recyclage-deee": "name"}
    assert told(supplier("Les Restaurants du Cœur fictifs", None)) == {}
    assert told(supplier("Restaurant fictif", None)) == {"restaurant": "name"}
