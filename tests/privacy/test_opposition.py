"""A structure that opposed is shown nowhere: not imported, not built, and gone at once from what was built before."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from crawlers.run import import_files
from indexer.publish import publish
from search_api.app import create_app
from tests.crawlers.samples import counts
from tests.engine.conftest import engine
from vivier.engine import open_engine
from vivier.engine.withheld import WithheldStore
from vivier.errors import InvalidRequest, NotFound
from vivier.exports import prepare
from vivier.exports.files import pieces_of
from vivier.lexicon import load_lexicon
from vivier.privacy.opposition import Opposition, OppositionUnreadable
from vivier.search.operators import All, Measure, Search
from vivier.search.port import Store
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings
from vivier.suppliers.explain import explain
from vivier.suppliers.find import find, get
from vivier.suppliers.query import SupplierQuery

__all__ = ["engine"]
TODAY = date(2026, 11, 24)
OPPOSED, OTHER = "99910010000018", "99910030800017"
SALT = "un sel assez long pour servir"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.model_validate({"home": tmp_path / "home", "opposition_salt": SALT})


ROWS = (
    f"Lavoir opposé;{OPPOSED};ESAT;35000;Rennes;blanchisserie",
    f"Lavoir du quai;{OTHER};ESAT;35000;Rennes;blanchisserie",
    "Jardins sans numéro;;ACI;35000;Rennes;entretien-espaces-verts",
    f"Ligne refusée;{OPPOSED};SCOP;35000;Rennes;",
)


def bring(
    settings: Settings, folder: Path, rows: tuple[str, ...] = ROWS
) -> tuple[int, int, dict[str, int], dict[str, int]]:
    path = folder / "liste.csv"
    path.write_text("\n".join(["Nom;SIRET;Type;Code postal;Ville;Métiers", *rows]) + "\n", encoding="utf8")
    return counts(import_files("list", [path], settings))


@pytest.fixture
def service(engine: Store, settings: Settings, tmp_path: Path) -> Iterator[tuple[Store, Opposition]]:
    """Each engine in turn, serving three suppliers, none of whom opposed yet."""
    bring(settings, tmp_path)
    opposition = Opposition(settings)
    served = WithheldStore(engine, opposition)
    publish(served, settings, load_lexicon(), skip_judged=True)
    yield served, opposition


def everything(served: Store, id_: str) -> list[object]:
    """What every way of asking shows of one supplier, and the figures it is counted in."""
    lexicon, snapshot = load_lexicon(), Snapshot(served)
    found = find(SupplierQuery(facets=("kind", "trade")), snapshot, lexicon, TODAY)
    exported = b"".join(pieces_of(prepare(SupplierQuery(), snapshot, lexicon, TODAY), "csv")).decode("utf8")
    return [
        found.total,
        id_ in {result.id for result in found.results},
        {name: dict(counted.values) for name, counted in found.answer.facets.items()},
        get(id_, snapshot) is not None,
        id_ in snapshot.suppliers.get([id_]),
        "Lavoir opposé" in exported,
        id_ in {hit.id for hit in snapshot.suppliers.scan(All())},
        id_ in {hit.id for hit in snapshot.suppliers.stream(Search())},
        sum(snapshot.suppliers.group(All(), "departement", (Measure("n"),)).counts("n").values()),
    ]


def test_a_supplier_opposed_after_the_build_is_gone_from_the_next_answer_on(
    service: tuple[Store, Opposition],
) -> None:
    served, opposition = service
    id_ = next(hit.id for hit in served.open("suppliers").scan(All()) if OPPOSED in hit.record["identifiers"])
    before = everything(served, id_)
    assert before[:2] == [3, True] and before[3:] == [True, True, True, True, True, 3]
    assert opposition.add(OPPOSED)
    after = everything(served, id_)
    assert after[:2] == [2, False] and after[3:] == [False, False, False, False, False, 2]
    assert after[2]["kind"] == {"ACI": 1, "ESAT": 1}  # type: ignore[index]
    with pytest.raises(NotFound):
        explain(id_, SupplierQuery(), Snapshot(served), load_lexicon(), TODAY)


@pytest.mark.slow
def test_what_a_browser_kept_of_an_opposed_supplier_is_not_confirmed(service: tuple[Store, Opposition]) -> None:
    served, opposition = service
    id_ = next(hit.id for hit in served.open("suppliers").scan(All()) if OPPOSED in hit.record["identifiers"])
    addresses = [f"/v1/suppliers/{id_}", "/v1/suppliers", "/v1/suppliers.csv", "/v1/suppliers.geojson"]
    with TestClient(create_app(served, load_lexicon(), today=lambda: TODAY)) as client:
        tags = {address: client.get(address).headers["ETag"] for address in addresses}
        assert {client.get(a, headers={"If-None-Match": tag}).status_code for a, tag in tags.items()} == {304}
        opposition.add(OPPOSED)
        answers = {a: client.get(a, headers={"If-None-Match": tag}) for a, tag in tags.items()}
    assert [answer.status_code for answer in answers.values()] == [404, 200, 200, 200]
    assert not any("opposé" in answer.text for answer in answers.values())


@pytest.mark.slow
def test_a_build_after_the_opposition_leaves_the_supplier_out_and_counts_it(
    service: tuple[Store, Opposition], settings: Settings
) -> None:
    served, opposition = service
    opposition.add(OPPOSED)
    done = publish(served, settings, load_lexicon(), skip_judged=True, accept_drops=True)
    assert (done.generation.documents, done.counts["opposed"]) == (2, 1)


@pytest.mark.parametrize("when", ["before the import", "after the import"])
def test_an_opposition_older_than_the_first_index_leaves_a_house_in_service_without_the_supplier(
    engine: Store, settings: Settings, tmp_path: Path, when: str
) -> None:
    opposition = Opposition(settings)
    served = WithheldStore(engine, opposition)
    if when == "before the import":
        opposition.add(OPPOSED)
    bring(settings, tmp_path)
    opposition.add(OPPOSED)
    publish(served, settings, load_lexicon(), skip_judged=True)
    assert everything(served, "Lavoir opposé")[0] == 2
    shown = [hit.record for hit in served.open("suppliers").scan(All())]
    assert len(shown) == 2 and OPPOSED not in str(shown) and "opposé" not in str(shown)


def test_a_generation_that_is_not_in_service_withholds_from_its_own_suppliers(
    service: tuple[Store, Opposition], settings: Settings, tmp_path: Path
) -> None:
    served, opposition = service
    former = served.live("suppliers").name
    bring(settings, tmp_path, rows=ROWS[1:])
    live = publish(served, settings, load_lexicon(), skip_judged=True).generation.name
    opposition.add(OPPOSED)
    assert [served.open("suppliers", name).search(Search()).total for name in (live, former)] == [2, 2]
    assert [len(list(served.open("suppliers", name).scan(All()))) for name in (live, former)] == [2, 2]


def test_an_opposed_row_is_counted_and_written_nowhere(settings: Settings, tmp_path: Path) -> None:
    assert bring(settings, tmp_path) == (4, 3, {"kind_unknown": 1}, {})
    Opposition(settings).add(f"{OPPOSED[:9]} {OPPOSED[9:]}")
    assert bring(settings, tmp_path) == (4, 2, {}, {"opposed": 2})
    last = sorted((settings.records / "list").glob("2*"))[-1]
    written = "".join(path.read_text(encoding="utf8") for path in last.iterdir())
    assert "opposé" not in written and "refusée" not in written and OPPOSED not in written


def test_the_list_says_nobody_s_number(settings: Settings) -> None:
    opposition = Opposition(settings)
    assert opposition.add(OPPOSED) and not opposition.add(OPPOSED)
    written = opposition.path.read_text(encoding="ascii")
    assert OPPOSED not in written and OPPOSED[:9] not in written
    assert opposition.path.stat().st_mode & 0o077 == 0
    assert opposition.holds(OPPOSED) and not opposition.holds(OTHER) and not opposition.holds(None)


def test_two_who_add_at_once_are_both_on_the_list(settings: Settings) -> None:
    numbers = [OPPOSED, OTHER, "99910040700017", "90000000100017", "90000000100025", "91000000900019"]
    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(lambda number: Opposition(settings).add(number), numbers))
    assert all(Opposition(settings).holds(number) for number in numbers)


def test_a_list_without_its_salt_is_refused_not_ignored(settings: Settings, tmp_path: Path) -> None:
    Opposition(settings).add(OPPOSED)
    for salt in (None, "un autre sel, assez long aussi"):
        other = Settings.model_validate({"home": settings.home, "opposition_salt": salt})
        with pytest.raises(OppositionUnreadable, match="VIVIER_OPPOSITION_SALT"):
            bring(other, tmp_path)


@pytest.mark.slow
def test_a_service_that_cannot_apply_the_list_answers_nobody(settings: Settings, tmp_path: Path) -> None:
    bring(settings, tmp_path)
    with closing(open_engine(settings)) as served:
        publish(served, settings, load_lexicon(), skip_judged=True)
        Opposition(settings).add(OPPOSED)
    without = settings.model_copy(update={"opposition_salt": None})
    with closing(open_engine(without)) as served, TestClient(create_app(served, load_lexicon())) as client:
        statuses = {
            path: client.get(path).status_code for path in ("/health", "/ready", "/v1/suppliers", "/v1/suppliers.csv")
        }
    assert statuses == {"/health": 200, "/ready": 503, "/v1/suppliers": 503, "/v1/suppliers.csv": 503}


def test_what_is_no_siret_is_not_put_on_the_list(settings: Settings) -> None:
    for text in ("99910010000019", "abc", "999100100"):
        with pytest.raises(InvalidRequest, match="SIRET"):
            Opposition(settings).add(text)
