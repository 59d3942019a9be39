"""« vivier upgrade --check »: what is said of an index and of a database of each format, before anything is started."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from indexer.upgrade import _of_index, upgrade_checks
from vivier.given.database import database_of
from vivier.given.migrate import FORMAT as GIVEN_FORMAT
from vivier.given.tables import GIVEN_FORMAT as NUMBERS
from vivier.search.formats import FORMAT
from vivier.search.port import Generation
from vivier.settings import Settings


@pytest.mark.parametrize(
    ("number", "ok", "words"),
    [
        (FORMAT, True, f"g-1 a le format {FORMAT}, celui de cette version"),
        (FORMAT - 1, True, f"g-1 a le format {FORMAT - 1}, que cette version lit : elle sert"),
        (FORMAT + 1, False, "Mettez Vivier à jour"),
        (FORMAT - 2, False, "Reconstruisez l'index"),
    ],
)
def test_an_index_is_of_this_version_read_by_it_or_refused(number: int, ok: bool, words: str) -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    check = _of_index("index", Generation("g-1", "suppliers", True, 0, now, {}, number))
    assert (check.name, check.ok) == ("index", ok) and words in check.text, check


def test_the_database_is_told_by_its_format_and_nothing_is_changed(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)

    def base(settings: Settings = settings) -> tuple[str, bool, str]:
        (check,) = upgrade_checks(settings)  # nothing is indexed
        return check.name, check.ok, check.text

    assert base() == ("base", True, "rien n'a encore été donné")
    with closing(database_of(settings)) as database, database.transaction():
        pass
    assert base() == ("base", True, "elle est au format de cette version")
    for number, words in ((GIVEN_FORMAT - 1, "sa première ouverture la complète"), (GIVEN_FORMAT + 1, "plus récente")):
        engine = sa.create_engine(f"sqlite:///{tmp_path / 'given.sqlite'}")
        with engine.begin() as connection:
            connection.execute(sa.update(NUMBERS).values(number=number))
        engine.dispose()
        for _ in range(2):
            name, ok, text = base()
            assert (name, ok) == ("base", True) and words in text
    assert f"écrit le format {GIVEN_FORMAT}" in text
    away = settings.model_copy(update={"given_url": SecretStr("postgresql+psycopg://vivier@127.0.0.1:1/none")})
    assert base(away)[1] is False
