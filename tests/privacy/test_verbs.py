"""``vivier oppose`` and ``vivier purge``, as typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.typed import inside
from vivier.cli.keeping import ended
from vivier.runs.audit import last_notes
from vivier.settings import Settings

SIRET = "99910010000018"
SALT = "un sel assez long pour servir"


def test_a_siret_is_put_on_the_list_once(tmp_path: Path) -> None:
    first = inside(tmp_path, "oppose", SIRET, VIVIER_OPPOSITION_SALT=SALT)
    again = inside(tmp_path, "oppose", SIRET, VIVIER_OPPOSITION_SALT=SALT)
    assert (first.returncode, again.returncode) == (0, 0)
    assert "ajouté" in first.stdout and "déjà" in again.stdout
    assert len((tmp_path / "opposed.txt").read_text(encoding="ascii").split()) == 2


@pytest.mark.slow
def test_the_doctor_counts_the_list_and_names_its_setting(tmp_path: Path) -> None:
    inside(tmp_path, "oppose", SIRET, VIVIER_OPPOSITION_SALT=SALT)
    doctor = inside(tmp_path, "doctor", VIVIER_OPPOSITION_SALT=SALT).stdout, inside(tmp_path, "doctor").stdout
    assert "1 SIRET sur la liste" in doctor[0] and "VIVIER_OPPOSITION_SALT" in doctor[1]


def test_without_a_salt_nothing_is_written_and_the_setting_is_named(tmp_path: Path) -> None:
    done = inside(tmp_path, "oppose", SIRET)
    assert done.returncode == 1 and "VIVIER_OPPOSITION_SALT" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_siret_is_a_wrong_usage(tmp_path: Path) -> None:
    done = inside(tmp_path, "oppose", "12345", VIVIER_OPPOSITION_SALT=SALT)
    assert done.returncode == 2 and "SIRET" in done.stderr


def test_the_purge_says_what_it_would_delete(tmp_path: Path) -> None:
    old = tmp_path / "raw" / "siae" / "20200101T000000Z"
    old.mkdir(parents=True)
    (old / "liste.csv").write_bytes(b"telephone")
    done = inside(tmp_path, "purge", "--dry-run")
    assert done.returncode == 0 and "raw/siae/20200101T000000Z" in done.stdout and old.exists()
    assert last_notes(Settings(home=tmp_path), 1) == []
    assert inside(tmp_path, "purge").returncode == 0 and not old.exists()
    assert [(line["verb"], line["files"]) for line in last_notes(Settings(home=tmp_path), 1)] == [("purge", 1)]


def test_a_purge_without_anything_given_makes_no_database(tmp_path: Path) -> None:
    assert inside(tmp_path, "purge").returncode == 0
    assert not (tmp_path / "given.sqlite").exists()


def test_what_came_to_term_is_counted_thing_by_thing() -> None:
    counts = {"dossiers": 2, "studies": 1, "mail": 0, "rounds": 1, "follow_ups": 2, "requests": 3}
    nothing = dict.fromkeys(counts, 0)
    assert ended(counts, dry_run=False) == [
        "2 dossiers de sourcing à terme supprimés.",
        "1 étude à terme supprimée.",
        "1 enquête de sourcing à terme supprimée.",
        "2 suivis d'heures à terme supprimés.",
        "3 demandes sur des fiches à terme supprimées.",
    ]
    assert ended(counts, dry_run=True)[0] == "2 dossiers de sourcing à terme à supprimer."
    assert ended({**nothing, "mail": 1}, dry_run=False) == ["1 abonnement ou envoi par courriel à terme supprimé."]
    assert ended(nothing, dry_run=False) == []
