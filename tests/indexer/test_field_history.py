"""The share of the rows that have each field is kept build by build, with the limits of the next one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from crawlers.registry import source_of
from crawlers.run import import_files
from indexer.contracts.publish import publish_contracts
from indexer.demo.write import write_demo
from indexer.publish import publish
from search_api.app import create_app
from tests.crawlers.samples import samples
from tests.search_api.pages.html import Page
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon
from vivier.runs.drops import least_share, lost
from vivier.runs.filled import META, MOST_BUILDS, Filled, fields_of, history_of, history_with
from vivier.runs.records import RunStatistics
from vivier.search.port import Store
from vivier.settings import Settings


def run(number: int, kept: int = 100, **fields: int) -> RunStatistics:
    day = datetime(2026, 1, 1, tzinfo=UTC)
    return RunStatistics(
        source=source_of("decp").card,
        run=f"{number:04}",
        started_at=day,
        finished_at=day,
        files=(),
        seen=kept,
        kept=kept,
        set_aside={},
        skipped={},
        issues={},
        fields=fields,
    )


def built(*runs: RunStatistics) -> tuple[Filled, ...]:
    meta: dict[str, object] = {}
    for each in runs:
        meta = {META: history_with(meta, [each])}
    return history_of(meta, "decp")


def test_a_run_built_again_counts_once_and_the_oldest_builds_leave() -> None:
    assert [build.run for build in built(run(1), run(1), run(2))] == ["0001", "0002"]
    assert next(build.run for build in built(*map(run, range(MOST_BUILDS + 5)))) == "0005"


def test_columns_of_files_and_measures_of_units_are_no_fields() -> None:
    (build,) = built(run(1, **{"amount": 3, "amount.huge": 1, "colonne objet": 4}))
    assert build.fields == {"amount": 3}


def test_a_share_beyond_chance_is_out_of_its_limits() -> None:
    fields = {field.name: field for field in fields_of(built(run(1, cpv=80, object=50), run(2, cpv=20, object=55)))}
    assert fields["cpv"].out and not fields["object"].out
    assert fields["cpv"].shares == (0.8, 0.2)


def test_a_field_that_disappears_is_still_shown_and_an_empty_build_has_no_share() -> None:
    (field,) = fields_of(built(run(1, cpv=80), run(2, kept=0), run(3)))
    assert field.shares == (0.8, None, 0.0)


@pytest.mark.slow
@given(st.integers(4, 400), st.integers(4, 400), st.data())
def test_the_least_share_shown_is_the_one_under_which_a_run_is_refused(
    before: int, after: int, data: st.DataObject
) -> None:
    had, has = data.draw(st.integers(0, before)), data.draw(st.integers(0, after))
    refused = bool(lost({"cpv": had}, before, {"cpv": has}, after))
    if refused:
        assert has / after < least_share(had / before, before, after)
    elif had / before >= 0.5:
        assert has / after >= least_share(had / before, before, after)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    settings = Settings(home=tmp_path_factory.mktemp("fields"))
    import_files("esat", samples("esat"), settings)
    with closing(open_engine(settings)) as engine:
        publish(engine, settings, load_lexicon(), skip_judged=True)
        for name in ("sample-1-2022.json", "sample-2-2019.json"):
            import_files("decp", [path for path in samples("decp") if path.name == name], settings, accept_drops=True)
            publish_contracts(engine, settings, load_lexicon(), accept_drops=True)
        yield engine


@pytest.mark.slow
def test_the_page_and_the_api_tell_each_build_of_a_source(engine: Store) -> None:
    with TestClient(create_app(engine, load_lexicon(), today=lambda: date(2026, 11, 24))) as client:
        body = client.get("/v1/sources/decp/fields").json()
        assert len(body["builds"]) == 2
        (cpv,) = [field for field in body["fields"] if field["field"] == "cpv"]
        assert len(cpv["shares"]) == 2 and cpv["least"] > 0
        page = Page("/", client.get("/qualite/champs?source=decp", headers={"Accept": "text/html"}).text)
        assert len(page.all("svg")) >= len(body["fields"])
        assert client.get("/v1/sources/rien/fields").status_code == 404
        listed = Page("/", client.get("/qualite/champs", headers={"Accept": "text/html"}).text)
        assert {"/qualite/champs?source=decp", "/qualite/champs?source=esat"} <= {
            link.attributes.get("href") for link in listed.all("a")
        }


@pytest.mark.slow
def test_the_demonstration_tells_its_fields_from_its_first_build(tmp_path: Path) -> None:
    report = write_demo(Settings(home=tmp_path), count=40, seed=1, today=date(2026, 11, 30))
    assert report.fields["name"] == report.kept and report.fields["offers.trade"] > 0
