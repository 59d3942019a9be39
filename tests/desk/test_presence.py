"""A zone that nobody published sends nobody away: who sits in a place or reaches a part of it is to be asked, on both engines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crawlers.run import import_files
from indexer.publish import publish
from search_api.desk.pages.filieres import sentence
from tests.desk.awarded import TODAY, TRADE, put, structure
from tests.engine.conftest import ENGINES, opened
from tests.real_home import real_home
from tests.shared_data import shared_data
from vivier.desk.consultation import Desk, LotStudy
from vivier.desk.facts.candidates import SupplyAsked, places
from vivier.desk.facts.presence import Presence, presence
from vivier.desk.method.depth import Depth
from vivier.desk.method.verdict import Lot
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.desk.study import Study, study
from vivier.desk.study_settings import StudySettings
from vivier.desk.tell.depth_map import DepthAsked, depth_map
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.port import Store
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

pytestmark = pytest.mark.slow

FINISTERE, BREST, LORIENT = "departement:29", "29019", "56121"
SENTENCE = "connue sur ce territoire"
UNPUBLISHED = [
    structure(0, "ESAT", trade=None, commune=BREST, zone=None),
    structure(1, "AI", trade=None, commune=BREST, zone=None),
    structure(2, "EI", commune=BREST, zone=None),
    structure(3, "ACI", trade=None, commune=LORIENT, zone=None),
]
"""Three in Brest and one in Lorient: thirty kilometres around a seat never hold half of the Finistère."""
PUBLISHED = [structure(4, "ESAT", trade=None, commune=BREST, zone="commune:29019")]


@pytest.fixture(params=ENGINES, scope="module")
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with opened(request.param, request, tmp_path_factory.mktemp("presence")) as fresh:
        put(fresh, load_lexicon(), [*UNPUBLISHED, *PUBLISHED], None)
        yield fresh


@pytest.fixture(params=ENGINES, scope="module")
def real(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The real lists in service."""
    if request.param == "embedded":
        with closing(open_engine(real_home(tmp_path_factory.mktemp("home")))) as copied:
            yield copied
        return
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    for source, name in (
        ("esat", "esat_liste_officielle_brut.csv"),
        ("siae", "siae_marche_2020.csv"),
        ("asp", "siae_asp_2019_07.csv"),
        ("geiq", "geiq_2019_11.csv"),
        ("ess_numerique", "ess_numerique_2026_echantillon.csv"),
    ):
        import_files(source, [shared_data("suppliers", name)], settings)
    with opened(request.param, request, tmp_path_factory.mktemp("real")) as fresh:
        publish(fresh, settings, load_lexicon(), skip_judged=True)
        yield fresh


def studied(engine: Store, lexicon: Lexicon, territory: str = FINISTERE, trade: str = TRADE) -> Study:
    return study(Lot(100_000, 24), SupplyAsked((trade,), (territory,), TODAY), Snapshot(engine), lexicon)


def consulted(engine: Store, lexicon: Lexicon, territory: str = FINISTERE, trade: str = TRADE) -> LotStudy:
    told = {"trade": trade, "place": territory, "amount": "100000", "months": "24"}
    return Desk(Snapshot(engine), lexicon, StudySettings(TODAY)).lot(understand(Row(1, told), lexicon))


def row(engine: Store, lexicon: Lexicon, territory: str = FINISTERE, trade: str = TRADE) -> Depth:
    (found,) = depth_map(DepthAsked((trade,), TODAY, territories=(territory,)), Snapshot(engine), lexicon).rows
    return found.depth


def test_who_sits_there_or_reaches_a_part_is_counted_to_ask_and_never_as_able(engine: Store, lexicon: Lexicon) -> None:
    made = studied(engine, lexicon).feasibility
    assert [one.supply.count for one in made.assessments] == [0, 0, 0, 0]
    assert {one.code: one.supply.to_ask for one in made.assessments} == {
        "L2113-12": 1,
        "L2113-13": 3,
        "L2113-14": 4,
        "L2113-15": 0,
    }
    assert (made.hours.sure, len(made.hours.to_ask)) == (0, 4)
    assert made.best.central.high.two == 0.0


def test_the_reason_tells_who_is_there_and_that_they_are_to_be_asked(engine: Store, lexicon: Lexicon) -> None:
    found = studied(engine, lexicon)
    assert SENTENCE not in f"{found.text} {found.advice}"
    assert "4 sites ont leur siège ici, 5 en couvrent au moins une partie" in found.advice.reason
    assert "4 structures de métier, zone ou agrément à confirmer sont à appeler" in " ".join(found.advice.facts)


def test_they_are_in_the_list_to_consult_with_what_is_not_published(engine: Store, lexicon: Lexicon) -> None:
    listed = {one.structure.site.id: one.role for one in consulted(engine, lexicon).contacts}
    assert listed == {"v000": "to_ask_both", "v001": "to_ask_zone", "v002": "to_ask_zone", "v003": "to_ask_both"}


def test_a_map_of_depth_counts_the_same_and_leaves_its_class_to_be_confirmed(engine: Store, lexicon: Lexicon) -> None:
    found = row(engine, lexicon)
    there = places((FINISTERE,), lexicon)
    assert presence(there, TODAY, Snapshot(engine), lexicon.gazetteer) == Presence(seated=4, reaching=5, silent=3)
    assert (found.around.seated_sites, found.around.untold) == (4, 3)
    assert (found.count, found.around.partly, found.around.unplaced) == (0, 1, 1)
    assert found.level == "à appeler" and found.to_ask == 1


def test_a_map_counts_apart_who_does_the_trade_with_an_agreement_to_check(real: Store, lexicon: Lexicon) -> None:
    found = depth_map(DepthAsked(("nettoyage-locaux",), TODAY), Snapshot(real), lexicon)
    assert (found.country.count, found.country.around.to_check) == (0, 67)
    assert 0 < max(row.depth.around.to_check for row in found.rows) <= 67
    assert "67 structures font ce métier, avec un agrément à vérifier : à appeler." in sentence(found)


def test_nobody_is_said_to_be_known_where_nobody_is(engine: Store, lexicon: Lexicon) -> None:
    found = studied(engine, lexicon, "departement:2B")
    assert f"Aucune structure {SENTENCE}" in found.advice.reason
    assert found.feasibility.present == Presence()
    assert row(engine, lexicon, "departement:2B").remarks == ()


def test_a_published_zone_that_is_too_small_leaves_nobody_to_ask_and_is_told(
    tmp_path: Path, lexicon: Lexicon, request: pytest.FixtureRequest
) -> None:
    with opened("embedded", request, tmp_path) as alone:
        put(alone, lexicon, PUBLISHED, None)
        made = studied(alone, lexicon)
    assert made.feasibility.hours.possible == 0 and made.advice.lever == "none"
    assert "1 site a son siège ici, 1 en couvre au moins une partie" in made.advice.reason


@pytest.mark.parametrize(
    ("code", "seated", "reaching"),
    [("29", 69, 103), ("40", 41, 41), ("22", 39, 89), ("61", 33, 70), ("56", 64, 93), ("01", 49, 180), ("55", 40, 129)],
)
def test_no_real_departement_where_structures_sit_is_said_to_have_none(
    real: Store, lexicon: Lexicon, code: str, seated: int, reaching: int
) -> None:
    asked = real, lexicon, f"departement:{code}", "nettoyage-locaux"
    lot = consulted(*asked)
    assert lot.feasibility is not None and lot.advice is not None
    present = lot.feasibility.present
    assert present is not None and (present.seated, present.reaching) == (seated, reaching)
    assert SENTENCE not in f"{lot.text} {lot.advice}" and lot.advice.lever in ("reserve_if", "clause")
    assert (row(*asked).around.seated_sites, row(*asked).around.untold) == (present.seated, present.silent)
    roles = Counter(one.role for one in lot.contacts)
    asked_of = ("to_ask", "to_ask_zone", "to_ask_both", "to_check")
    made = lot.feasibility
    could = len(made.hours.to_ask) if made.to_confirm is None else len(made.best.prospects.every)
    assert sum(roles[role] for role in asked_of) >= could >= 13
