"""How verbs end when a network, an address or a source is missing: their exit code and what they say on each stream."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.typed import inside
from tests.search_api.pages.html import plain
from vivier.cli.options import unknown_sources
from vivier.cli.serving import _figures, _judged, _own
from vivier.engine import open_engine
from vivier.settings import Settings


def test_an_update_without_a_network_says_so_on_both_streams_and_fails(tmp_path: Path) -> None:
    done = inside(tmp_path, "update", "agence_bio", "--mirror", "http://127.0.0.1:1")
    assert done.returncode == 1 and done.stderr.startswith("Erreur : Le réseau est absent")
    assert "agence_bio : jamais lue" in done.stdout and done.stdout.count("jamais lue") == 1
    assert "Aucun fournisseur à indexer" in done.stdout
    assert done.stderr.count("\n") == 1


def test_only_the_sources_that_are_named_are_looked_at(tmp_path: Path) -> None:
    done = inside(tmp_path, "doctor", "website", "--live")
    assert done.returncode == 0 and "chaque site est demandé" in done.stdout and "sirene" not in done.stdout
    off = inside(tmp_path, "doctor", "agence_bio", "--live", VIVIER_CRAWL_OFF="agence_bio")
    assert off.returncode == 0 and "arrêtée par VIVIER_CRAWL_OFF" in off.stdout


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])
def test_assistants_are_served_on_no_address_that_nobody_knows(tmp_path: Path, host: str) -> None:
    done = inside(tmp_path, "mcp", "--port", "9", "--host", host)
    assert done.returncode == 1 and "VIVIER_PUBLIC_URL" in done.stderr


def test_a_source_that_does_not_exist_is_named_as_soon_as_it_is_set_off(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, crawl_off="website, esat, zzz,")
    (found,) = unknown_sources(settings)
    assert not found.ok and "VIVIER_CRAWL_OFF" in found.text and "zzz" in found.text
    assert [*unknown_sources(Settings(home=tmp_path))] == []


def test_the_processes_typed_are_those_of_the_service_else_those_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(home=tmp_path, workers=3, crawl_off="zzz")
    assert (_judged(settings, None).workers, _judged(settings, 2).workers) == (3, 2)
    assert plain(capsys.readouterr().err).count("VIVIER_CRAWL_OFF") == 2


def test_figures_are_written_by_processes_when_an_operator_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "before")
    settings = Settings(home=tmp_path)
    with _figures(settings):
        assert os.environ["PROMETHEUS_MULTIPROC_DIR"] == "before"
    with _figures(settings.model_copy(update={"metrics_port": 9_100})):
        folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
        assert folder.is_dir()
    assert not folder.exists()


def test_processes_share_the_files_of_the_embedded_engine(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with closing(open_engine(settings)) as engine:
        assert _own(settings, engine) is engine
