"""SIRENE around suppliers: closures, successions, sole traders, sizes; from files and from the API."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from crawlers.context import sirene, sirene_api
from crawlers.context.run import add_context, ask_context
from crawlers.kit import WrongFile
from indexer.document import DocumentMaker
from tests.context.house import (
    BAND,
    CIRCLE,
    CLOSED,
    FILES,
    HIDDEN,
    LISTED,
    NOW,
    OPEN,
    STOCKS,
    SUCCESSOR,
    TRADER,
    merged,
    only,
    put_records,
)
from tests.indexer.records import record
from tests.world import World, served
from vivier.errors import ImportRefused, NotFound
from vivier.lexicon import load_lexicon
from vivier.model import Capacity, Label, NotOffered, Offer
from vivier.model.context import Establishment
from vivier.runs.context import read_facts
from vivier.settings import Settings
from vivier.territory.reach import load_reach_index

RGE = (Label(code="RGE", scope="qualification"),)


def told(settings: Settings, siret: str, **more: object) -> Settings:
    put_records(settings, [record("essai", "1", siret=siret, **more)])
    add_context("sirene", STOCKS, settings, now=NOW)
    return settings


def test_a_closed_establishment_is_closed_with_the_provenance_of_sirene(settings: Settings) -> None:
    supplier = only(told(settings, CIRCLE))
    assert supplier.closed is not None and supplier.closed.value is True
    assert supplier.closed.provenance.source_id == "sirene"
    assert supplier.closed.provenance in supplier.sources


def test_an_open_establishment_gets_the_naf_of_sirene(settings: Settings) -> None:
    supplier = only(told(settings, OPEN, naf="0000Z"))
    assert supplier.closed is not None and supplier.closed.value is False
    assert supplier.naf is not None and supplier.naf.value == "8121Z"


def test_a_closed_siret_becomes_the_latest_open_successor_s_and_stays_an_identifier(settings: Settings) -> None:
    supplier = only(told(settings, CLOSED))
    assert supplier.siret is not None and supplier.siret.value == SUCCESSOR
    assert supplier.siren is not None and supplier.siren.value == SUCCESSOR[:9]
    assert CLOSED in supplier.identifiers
    assert "siret_replaced" in supplier.issues
    assert supplier.closed is not None and supplier.closed.value is False


def test_a_record_under_the_old_siret_joins_the_one_under_the_new(settings: Settings) -> None:
    put_records(settings, [record("essai", "1", siret=CLOSED), record("essai", "2", siret=SUCCESSOR)])
    add_context("sirene", STOCKS, settings, now=NOW)
    assert set(only(settings).identifiers) == {SUCCESSOR[:9], CLOSED, SUCCESSOR, "essai:1", "essai:2"}


def test_a_circle_of_successions_is_not_followed(settings: Settings) -> None:
    supplier = only(told(settings, CIRCLE))
    assert supplier.siret is not None and supplier.siret.value == CIRCLE


def test_a_headcount_is_a_band_that_no_bound_passes_for_a_number(settings: Settings) -> None:
    supplier = only(told(settings, BAND))
    (size,) = [fact.value for fact in supplier.capacities]
    assert size == Capacity(value=20, up_to=49, unit="persons", status="tranche d'effectif salarié", year=2023)
    document = DocumentMaker(load_lexicon(), load_reach_index()).make(supplier)
    assert (document["staff"], document["staff_to"]) == (20, 49)


def test_a_number_of_persons_goes_before_a_band(settings: Settings) -> None:
    given = (Capacity(value=31, unit="persons", year=2019),)
    supplier = only(told(settings, BAND, capacities=given))
    document = DocumentMaker(load_lexicon(), load_reach_index()).make(supplier)
    assert (document["staff"], document["staff_to"]) == (31, 31)


def test_a_sole_trader_that_no_official_list_publishes_is_not_shown(settings: Settings) -> None:
    done = merged(told(settings, TRADER, basis="declared"))
    assert done.suppliers == []
    assert done.counts["sole_trader_left_out"] == 1


def test_a_sole_trader_of_an_official_list_keeps_only_what_that_list_says(settings: Settings) -> None:
    offers = (Offer(trade="isolation", evidence="certified"), Offer(trade="peinture", evidence="declared"))
    supplier = only(
        told(settings, LISTED, labels=RGE, offers=offers, website="https://site.example", description="Bonjour")
    )
    assert [offer.value.trade for offer in supplier.offers] == ["isolation"]
    assert supplier.website is supplier.description is None
    assert supplier.name.value == "Atelier du Drac"


def test_a_sole_trader_not_to_be_shown_is_reduced_to_a_commune_and_loses_its_name(settings: Settings) -> None:
    supplier = only(told(settings, HIDDEN, labels=RGE, name="Personne Inventée", brand="Inventée"))
    assert supplier.address is not None
    address = supplier.address.value
    assert (address.line, address.commune, address.precision) == (None, "38421", "commune")
    assert "Invent" not in supplier.model_dump_json()
    assert {"address_withheld", "name_withheld"} <= set(supplier.issues)


def test_a_society_with_a_mission_bears_its_label_on_the_legal_unit(settings: Settings) -> None:
    (label,) = [fact.value for fact in only(told(settings, OPEN)).labels]
    assert (label.code, label.scope) == ("SOCIETE_MISSION", "legal_unit")


def test_a_legal_name_is_one_more_name_to_be_found_by(settings: Settings) -> None:
    assert only(told(settings, OPEN)).other_names == ("ATELIERS DU PORT SAS",)


def test_no_name_of_a_person_is_read_from_the_stocks_or_the_api(settings: Settings) -> None:
    told(settings, LISTED, labels=RGE)
    add_context("sirene", [FILES / "recherche-entreprises.json"], settings, now=NOW)
    written = "".join(path.read_text(encoding="utf8") for path in settings.context.rglob("*.json*"))
    assert "FICTIF" not in written


def test_the_api_gives_turnover_with_its_newest_published_year_over_what_was_known(settings: Settings) -> None:
    told(settings, OPEN)
    add_context("sirene", [FILES / "recherche-entreprises.json"], settings, now=NOW)
    sizes = {fact.value.unit: fact.value for fact in only(settings).capacities}
    assert sizes["eur_year"] == Capacity(value=1_200_000, unit="eur_year", status="unité légale", year=2022)
    assert (sizes["persons"].value, sizes["persons"].up_to) == (50, 99)


def test_rows_of_other_establishments_are_counted_as_not_ours(settings: Settings) -> None:
    put_records(settings, [record("essai", "1", siret=OPEN)])
    report = add_context("sirene", STOCKS[:1], settings, now=NOW)
    assert (report.seen, report.kept, report.skipped) == (10, 1, {"not_ours": 9})


def test_a_file_of_another_layout_is_refused_and_what_is_known_stays(settings: Settings) -> None:
    told(settings, OPEN)
    with pytest.raises(WrongFile, match="StockEtablissement"):
        add_context("sirene", [FILES / "zrr-essai.csv"], settings)
    assert [fact.siret for fact in read_facts(settings.context, "sirene", Establishment)] == [OPEN]


def test_a_row_of_another_width_is_counted_and_the_others_read(settings: Settings, tmp_path: Path) -> None:
    put_records(settings, [record("essai", "1", siret=OPEN)])
    file = tmp_path / "stock.csv"
    file.write_text(STOCKS[0].read_text(encoding="utf8") + "coupée,ici\n", encoding="utf8")
    report = add_context("sirene", [file], settings, now=NOW)
    assert (report.seen, report.kept, report.set_aside) == (11, 1, {"cells_count": 1})


def test_an_unknown_context_names_the_known_ones(settings: Settings) -> None:
    with pytest.raises(NotFound, match="sirene, ban, zones"):
        add_context("sirenne", STOCKS, settings)


def test_an_absence_never_erases_a_value() -> None:
    former = Establishment(siret=OPEN, closed=False, turnover=10.0, turnover_year=2022)
    fresh = Establishment(siret=OPEN, closed=True)
    assert sirene.combined(former, fresh) == former.model_copy(update={"closed": True})


def test_the_longest_unread_is_asked_first_and_what_was_read_this_month_is_not() -> None:
    former = {
        OPEN: Establishment(siret=OPEN, read_on=date(2026, 11, 20)),
        BAND: Establishment(siret=BAND, read_on=date(2026, 1, 1)),
    }
    assert sirene.to_ask({OPEN, BAND, CLOSED}, former, date(2026, 11, 24), limit=5) == [CLOSED, BAND]


def test_the_managers_are_not_asked_of_the_api() -> None:
    (start,) = sirene_api.plan_of([OPEN]).what.starts  # type: ignore[union-attr]
    assert "minimal=true" in start
    assert "dirigeants" not in start


@pytest.mark.slow
def test_the_api_is_asked_siret_by_siret_and_one_it_does_not_know_is_said(settings: Settings) -> None:
    put_records(settings, [record("essai", "1", siret=OPEN), record("essai", "2", name="Autre", siret=BAND)])
    empty, full = ((FILES / f"recherche-{name}.json").read_bytes() for name in ("vide", "entreprises"))
    starts = sirene_api.plan_of([OPEN, BAND]).what.starts  # type: ignore[union-attr]
    world = World(pages={start.removeprefix(f"https://{sirene_api.HOST}"): page for start, page in zip(starts, (full, empty), strict=True)})  # fmt: skip
    with served(world):
        report = ask_context("sirene", settings, mirror=world.url)
    assert report.kept == 2
    issues = {s.siret.value: s.issues for s in merged(settings).suppliers if s.siret is not None}
    assert "unknown_siret" in issues[BAND]
    assert "unknown_siret" not in issues[OPEN]


def test_nothing_is_asked_when_all_was_read_this_month(settings: Settings, tmp_path: Path) -> None:
    put_records(settings, [record("essai", "1", siret=OPEN)])
    add_context("sirene", STOCKS, settings)
    with pytest.raises(ImportRefused, match="Rien à demander"):
        ask_context("sirene", settings)


def test_an_answer_cut_short_is_refused(settings: Settings, tmp_path: Path) -> None:
    cut = tmp_path / "cut.json"
    cut.write_text(json.dumps({"results": []})[:-2])
    with pytest.raises(WrongFile, match="JSON complet"):
        add_context("sirene", [cut], settings)


def test_what_a_sole_trader_does_not_show_is_not_shown_as_the_value_of_another_source(settings: Settings) -> None:
    other = record("autre", "1", siret=HIDDEN, labels=RGE, line="7 rue Cachée", website="https://cachee.example")
    put_records(settings, [other], "autre")
    supplier = only(told(settings, HIDDEN, labels=RGE, line="5 rue Cachée", website="https://cachette.example"))
    assert len(supplier.sources) == 3 and "cach" not in supplier.model_dump_json().lower()


def test_a_sole_trader_keeps_no_field_that_nobody_named(settings: Settings) -> None:
    given = {"networks": ("Réseau",), "not_offered": (NotOffered(words="le samedi"),), "phone": "0199000000"}
    supplier = only(told(settings, LISTED, labels=RGE, **given))
    assert supplier.networks == supplier.not_offered == () and supplier.phone is None
