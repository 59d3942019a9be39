"""The audit: a line a decision of the operator, as typed; nothing personal in it."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from tests.cli.typed import run
from vivier.runs.audit import audit_file, last_notes, note
from vivier.settings import Settings

SIRET = "99910010000018"
SALT = "un sel assez long pour servir"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of fictitious suppliers, built twice."""
    folder = tmp_path_factory.mktemp("audited")
    for _ in range(2):
        done = run(folder, "demo", "--count", "60", "--contracts", "40", "--no-serve")
        assert done.returncode == 0, done.stderr
    return folder / "demo"


def verbs(home: Path) -> list[str]:
    return [line["verb"] for line in last_notes(Settings(home=home), 100)]


@pytest.mark.slow
def test_a_promotion_is_noted_with_what_it_holds(home: Path) -> None:
    promoted = [line for line in last_notes(Settings(home=home), 100) if line["verb"] == "promotion"]
    assert {line["generation"].partition("-")[0] for line in promoted} >= {"suppliers", "contracts", "notices"}
    assert all(line["documents"] > 0 and line["accept_drops"] is True for line in promoted)


@pytest.mark.slow
def test_a_rollback_a_purge_and_an_opposition_are_noted_and_the_doctor_reads_them(home: Path) -> None:
    for words in (("rollback",), ("purge",), ("purge", "--dry-run"), ("oppose", SIRET), ("oppose", SIRET)):
        assert run(home, *words, VIVIER_OPPOSITION_SALT=SALT).returncode == 0
    assert verbs(home)[-3:] == ["rollback", "purge", "oppose"]
    assert SIRET not in audit_file(Settings(home=home)).read_text(encoding="utf8")
    told = run(home, "doctor", VIVIER_OPPOSITION_SALT=SALT).stdout
    assert "décisions" in told and "rollback (generation suppliers-" in told and "oppose (added 1, listed 1)" in told


@pytest.mark.slow
def test_decisions_on_pairs_are_noted_once_by_the_build_that_applies_them(home: Path) -> None:
    settings = Settings(home=home)
    settings.decisions.parent.mkdir(parents=True, exist_ok=True)
    header = "gauche,droite,decision,motif,date\n"
    settings.decisions.write_text(f"{header}demo:1,demo:2,séparer,deux adresses,2026-11-24\n", encoding="utf8")
    for _ in range(2):
        assert run(home, "index", "--skip-judged", "--accept-drops", VIVIER_OPPOSITION_SALT=SALT).returncode == 0
    decided = [line for line in last_notes(settings, 100) if line["verb"] == "decisions"]
    assert [(line["merged"], line["kept_apart"]) for line in decided] == [(0, 1)]


def test_a_line_cut_short_hides_no_other(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    note(settings, "rollback", generation="suppliers-1")
    with audit_file(settings).open("ab") as file:
        file.write(b'{"at": "2026\n')
    note(settings, "purge", files=2)
    assert [line["verb"] for line in last_notes(settings, 5)] == ["rollback", "purge"]
    assert [line["files"] for line in last_notes(settings, 1)] == [2]
    assert orjson.loads(audit_file(settings).read_bytes().splitlines()[0])["generation"] == "suppliers-1"
