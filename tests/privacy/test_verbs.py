"""``vivier oppose`` and ``vivier purge``, as typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.typed import run

pytestmark = pytest.mark.slow

SIRET = "99910010000018"
SALT = "un sel assez long pour servir"


def test_a_siret_is_put_on_the_list_once(tmp_path: Path) -> None:
    first = run(tmp_path, "oppose", SIRET, VIVIER_OPPOSITION_SALT=SALT)
    again = run(tmp_path, "oppose", SIRET, VIVIER_OPPOSITION_SALT=SALT)
    assert (first.returncode, again.returncode) == (0, 0)
    assert "ajouté" in first.stdout and "déjà" in again.stdout
    doctor = run(tmp_path, "doctor", VIVIER_OPPOSITION_SALT=SALT).stdout, run(tmp_path, "doctor").stdout
    assert "1 SIRET sur la liste" in doctor[0] and "VIVIER_OPPOSITION_SALT" in doctor[1]
    assert len((tmp_path / "opposed.txt").read_text(encoding="ascii").split()) == 2


def test_without_a_salt_nothing_is_written_and_the_setting_is_named(tmp_path: Path) -> None:
    done = run(tmp_path, "oppose", SIRET)
    assert done.returncode == 1 and "VIVIER_OPPOSITION_SALT" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_siret_is_a_wrong_usage(tmp_path: Path) -> None:
    done = run(tmp_path, "oppose", "12345", VIVIER_OPPOSITION_SALT=SALT)
    assert done.returncode == 2 and "SIRET" in done.stderr


def test_the_purge_says_what_it_would_delete(tmp_path: Path) -> None:
    old = tmp_path / "raw" / "siae" / "20200101T000000Z"
    old.mkdir(parents=True)
    (old / "liste.csv").write_bytes(b"telephone")
    done = run(tmp_path, "purge", "--dry-run")
    assert done.returncode == 0 and "raw/siae/20200101T000000Z" in done.stdout and old.exists()
    assert run(tmp_path, "purge").returncode == 0 and not old.exists()
