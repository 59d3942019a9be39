"""Every source has a day of data, from which its age, its badge and its warnings are counted; an agreement whose last proof is
older than its legal term is to be checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawlers.kit import Intake
from crawlers.registry import sources
from crawlers.run import import_files
from indexer.doctor import diagnose
from indexer.gather import Gathered
from indexer.merge import merge
from tests.crawlers.samples import samples
from tests.indexer.records import record
from tests.real_home import real_home
from vivier.desk.facts.candidates import SupplyAsked, candidates
from vivier.desk.method.gate import gate
from vivier.engine import open_engine
from vivier.law.articles import STATUS_WORDS
from vivier.law.kinds import KINDS, proved_until
from vivier.lexicon import Lexicon
from vivier.runs.freshness import SourceState, source_states
from vivier.runs.records import current_run, read_statistics
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings
from vivier.suppliers.sources import cards, list_badge
from vivier.validity import state_on

TODAY = date(2026, 11, 24)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """The real lists in service."""
    with closing(open_engine(real_home(tmp_path_factory.mktemp("real")))) as engine:
        yield Snapshot(engine)


def states(snapshot: Snapshot) -> dict[str, SourceState]:
    return {state.id: state for state in source_states(snapshot.suppliers.generation, TODAY)}


# --- the day of the data


@pytest.mark.slow
def test_no_list_of_2019_is_said_to_be_of_today(real: Snapshot) -> None:
    asp, geiq = states(real)["asp"], states(real)["geiq"]
    assert asp.age_text == "données du 31/07/2019 (7\u00a0ans), cadence non publiée : liste de 2019"
    assert (geiq.age_days, geiq.stale, geiq.badge) == (2551, True, "liste de 2019")


@pytest.mark.slow
def test_a_list_without_any_day_has_an_unknown_age(real: Snapshot) -> None:
    esat = states(real)["esat"]
    assert esat.updated_at is None
    assert esat.age_text.startswith("lues le ")
    assert "date des données inconnue" in esat.age_text
    assert "jour" not in esat.age_text.partition(",")[0]


def test_every_title_that_names_a_month_has_its_vintage() -> None:
    """« (novembre 2019) » in the title of a closed list is the day of its data."""
    named = [source.card for source in sources().values() if source.card.title.rstrip(")")[-4:].isdigit()]
    assert {card.id for card in named} >= {"asp", "geiq"}
    for card in named:
        if card.id != "finess_legacy":  # its file says its day
            assert card.vintage is not None and str(card.vintage.year) in card.title, card.id


def test_the_latest_day_of_the_rows_is_that_of_a_source_without_its_own(settings: Settings) -> None:
    source = sources()["marche"]
    intake = Intake(source.card, datetime(2026, 11, 24, tzinfo=UTC))
    for day in (date(2026, 3, 1), date(2026, 9, 1), date(2031, 1, 1), None):
        intake.provenance(day)
    assert intake.data_day == date(2026, 9, 1)


def test_the_day_of_a_file_wins_over_the_vintage_of_its_list() -> None:
    source = sources()["asp"]
    intake = Intake(source.card, datetime(2026, 11, 24, tzinfo=UTC))
    assert intake.provenance().updated_at == date(2019, 7, 31)
    intake.updated_at = date(2020, 1, 31)
    assert intake.data_day == intake.provenance().updated_at == date(2020, 1, 31)


def test_the_doctor_counts_the_age_of_the_data_and_not_of_our_copy(settings: Settings) -> None:
    import_files("asp", samples("asp"), settings)
    check = next(check for check in diagnose(settings) if check.name == "source asp")
    assert check.old  # it works, on data past their time
    assert "données du 31/07/2019" in check.text
    assert "liste de 2019, à renouveler" in check.text
    assert "0 jour" not in check.text


def test_the_run_of_a_sample_keeps_the_vintage(settings: Settings) -> None:
    import_files("geiq", samples("geiq"), settings)
    assert read_statistics(current_run(settings.records, "geiq")).updated_at == "2019-11-30"


@pytest.mark.slow
def test_a_supplier_that_old_lists_alone_know_has_their_badge(real: Snapshot) -> None:
    known = cards(real.suppliers.generation)
    assert list_badge({"sources": [{"source_id": "asp"}]}, known, TODAY) == "liste de 2019"
    assert list_badge({"sources": [{"source_id": "asp"}, {"source_id": "siae"}]}, known, TODAY) == "liste de 2021"
    assert list_badge({"sources": [{"source_id": "asp"}, {"source_id": "esat"}]}, known, TODAY) is None
    assert list_badge({"sources": [{"source_id": "asp"}]}, known, date(2020, 1, 1)) is None


# --- the legal term of an agreement


def test_a_legal_term_has_a_status_and_a_source() -> None:
    for kind in KINDS.values():
        assert (kind.term_years is None) == (not kind.term_source) == (not kind.term_status), kind.code
        assert kind.term_years is None or (kind.term_years > 0 and kind.term_status in STATUS_WORDS), kind.code


def test_the_last_day_of_a_term_is_the_same_day_years_later() -> None:
    assert proved_until("EI", date(2019, 7, 31)) == date(2022, 7, 31)
    assert proved_until("GEIQ", date(2020, 2, 29)) == date(2021, 2, 28)
    assert proved_until("SEP", date(2019, 7, 31)) is None


def test_an_agreement_counts_from_the_last_source_that_gives_it() -> None:
    old = record("asp", "a", kind="EI", siret="90000000100017", updated=date(2019, 7, 31))
    newer = record("siae", "b", kind="EI", siret="90000000100017", updated=date(2021, 2, 28))
    (supplier,) = merge([old, newer]).suppliers
    (agreement,) = supplier.agreements
    assert agreement.value.proved_until == date(2024, 2, 28)


def test_a_row_that_did_not_change_is_proved_by_the_list_that_still_gives_it() -> None:
    unchanged = record("siae", "a", kind="EI", updated=date(2020, 1, 1))
    (supplier,) = merge([unchanged], days={"siae": date(2026, 11, 1)}).suppliers
    assert supplier.agreements[0].value.proved_until == date(2029, 11, 1)


def test_a_list_that_is_not_filtered_on_agreements_in_force_proves_none_by_still_giving_a_row(
    settings: Settings, lexicon: Lexicon
) -> None:
    import_files("emplois", samples("emplois"), settings)
    import_files("siae", samples("siae"), settings)
    gathered = Gathered(settings.records, lexicon.gazetteer)
    assert gathered.statistics["emplois"].updated_at is not None
    assert list(gathered.days) == ["siae"]
    (supplier,) = merge([record("emplois", "a", kind="EI", updated=date(2020, 1, 1))], days=gathered.days).suppliers
    assert supplier.agreements[0].value.proved_until == date(2023, 1, 1)


def test_an_agreement_past_the_term_of_its_last_proof_is_to_be_checked() -> None:
    held = {"kind": "EI", "proved_until": "2022-07-31"}
    assert state_on(held, date(2022, 7, 31)) == "unknown"
    assert state_on(held, TODAY) == "to_check"
    assert state_on({**held, "valid_until": "2027-01-01"}, TODAY) == "valid"


@pytest.mark.slow
def test_what_is_to_be_checked_is_shown_and_left_out_of_the_eligible(real: Snapshot, lexicon: Lexicon) -> None:
    asked = SupplyAsked(("nettoyage-locaux",), ("region:53",), TODAY, any_trade=True)
    pool = candidates(asked, real, lexicon)
    insertion = [one for one in pool if set(one.to_check) & {"EI", "ACI"}]
    assert insertion and not any(one.kinds for one in insertion)
    assert any("ESAT" in one.kinds for one in pool)
    supply = gate([one for one in pool if one.in_trade], "L2113-13", TODAY)
    assert supply.count == 0
    then = candidates(SupplyAsked(asked.trades, asked.territories, date(2022, 1, 1), any_trade=True), real, lexicon)
    assert any("EI" in one.kinds for one in then)
