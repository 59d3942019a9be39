"""The day of a list that says none is given at its import, shown with who gave it, and never that of the file on the disk."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from crawlers.run import import_files
from indexer.gather import Gathered
from indexer.publish import publish
from tests.cli.typed import told
from tests.crawlers.samples import NOW, records_of, samples
from vivier.engine import open_engine
from vivier.errors import ImportRefused
from vivier.lexicon import load_lexicon
from vivier.runs.freshness import source_states
from vivier.settings import Settings
from vivier.territory import load_gazetteer

DAY = date(2021, 1, 1)


def test_the_day_given_is_that_of_the_data_of_every_row_and_of_what_they_prove(settings: Settings) -> None:
    statistics = import_files("esat", samples("esat"), settings, now=NOW, as_of=DAY)
    assert (statistics.updated_at, statistics.day_given) == ("2021-01-01", True)
    assert {record.provenance.updated_at for record in records_of(settings, "esat").values()} == {DAY}
    assert Gathered(settings.records, load_gazetteer()).days == {"esat": DAY}


def test_without_it_the_day_is_unknown_whatever_the_disk_says(settings: Settings, tmp_path: Path) -> None:
    copy = tmp_path / "esat.csv"
    copy.write_bytes(samples("esat")[0].read_bytes())
    os.utime(copy, (1_600_000_000, 1_600_000_000))
    statistics = import_files("esat", [copy], settings, now=NOW)
    assert (statistics.updated_at, statistics.day_given) == (None, False)


@pytest.mark.slow
def test_the_sources_say_the_day_of_the_list_and_that_it_was_given(settings: Settings) -> None:
    import_files("esat", samples("esat"), settings, now=NOW, as_of=DAY)
    engine = open_engine(settings)
    published = publish(engine, settings, load_lexicon(), skip_judged=True)
    (state,) = source_states(published.generation, NOW.date())
    engine.close()
    assert state.age_text.startswith("liste du 01/01/2021, jour donné à l'import (5\xa0ans)")
    assert state.badge == "liste de 2021"


def test_a_list_of_ones_own_takes_it_too_and_a_row_that_has_its_day_keeps_it(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "liste.csv"
    path.write_text("name,siret,updated_at\nA,90000000100017,\nB,90000000100025,2022-05-04\n", encoding="utf8")
    assert import_files("list", [path], settings, now=NOW, as_of=DAY).day_given
    days = {record.name: record.provenance.updated_at for record in records_of(settings, "list").values()}
    assert days == {"A": DAY, "B": date(2022, 5, 4)}


def test_a_day_to_come_is_refused(settings: Settings) -> None:
    with pytest.raises(ImportRefused, match="n'est pas encore venu"):
        import_files("esat", samples("esat"), settings, now=NOW, as_of=NOW.date() + timedelta(days=1))


def test_the_verb_takes_the_day_and_refuses_another_writing(tmp_path: Path) -> None:
    file = str(samples("esat")[0])
    assert "Liste du 01/01/2021, jour donné à l'import." in told(
        tmp_path, "import", "esat", file, "--as-of", "2021-01-01"
    )
    assert "AAAA-MM-JJ" in told(tmp_path, "import", "esat", file, "--as-of", "janvier 2021", code=2)
