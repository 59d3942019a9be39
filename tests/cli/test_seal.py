"""« vivier seal » on a demonstration: verdicts of the day, once; an altered line is named and refused; an update seals too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest

from tests.cli.typed import told
from vivier.desk.sealed.register import Register
from vivier.runs.audit import last_notes
from vivier.settings import Settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("sealing")
    told(home, "demo", "--no-serve", "--count", "60", "--contracts", "60")
    return Settings(home=home / "demo")


@contextmanager
def altered(path: Path, content: bytes) -> Iterator[None]:
    before = path.read_bytes()
    path.write_bytes(content)
    yield
    path.write_bytes(before)


def test_an_update_seals_the_day_once_it_is_indexed(settings: Settings) -> None:
    said = told(settings.home, "update", "esat")
    lines = list(Register(settings.verdicts).lines())
    assert len(lines) > 5 and f"{len(lines)} verdicts scellés" in said
    assert "0 verdict scellé" in told(settings.home, "seal")
    assert [noted["head"] for noted in last_notes(settings, 5, "seal")] == [lines[-1]["sha256"]] * 2


def test_the_register_is_checked_and_an_altered_line_is_named(settings: Settings) -> None:
    told(settings.home, "seal")
    path, (*_, last) = settings.verdicts, Register(settings.verdicts).lines()
    checked = orjson.loads(told(settings.home, "seal", "--check", "--json", "--head", last["sha256"]))
    assert checked == {"lines": last["number"], "head": last["sha256"], "altered": []}
    with altered(path, path.read_bytes().replace(b'"reserved":false', b'"reserved":true', 1)):
        for words in (("seal", "--check"), ("seal",)):
            assert "changée depuis son scellé" in told(settings.home, *words, code=1)
    whole = path.read_bytes()
    with altered(path, whole[: whole.rfind(b"\n", 0, -1) + 1]):
        said = told(settings.home, "seal", "--check", "--head", last["sha256"], code=1)
        assert "n'est celle d'aucune ligne" in said
