"""What a generation of notices must pass, and what notices bring to buyers."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawlers.run import import_files
from indexer.contracts.notices.gather import buyer_names
from indexer.contracts.notices.publish import publish_notices
from indexer.contracts.workers import buyers_of
from tests.crawlers.samples import NOW, samples
from tests.notices.conftest import real_files
from vivier.engine import open_engine
from vivier.errors import BuildRefused, NotFound
from vivier.lexicon import load_lexicon
from vivier.model import Contract, Organisation
from vivier.settings import Settings


def test_nothing_is_built_without_a_source_of_notices(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    engine = open_engine(settings)
    with pytest.raises(NotFound, match="vivier import boamp"):
        publish_notices(engine, settings, load_lexicon())
    engine.close()


@pytest.mark.slow
def test_a_generation_that_loses_a_fifth_is_refused_and_the_live_one_stays(tmp_path: Path) -> None:
    settings, lexicon = Settings(home=tmp_path), load_lexicon()
    engine = open_engine(settings)
    import_files("boamp", real_files()["boamp"], settings, now=NOW)
    live = publish_notices(engine, settings, lexicon)
    import_files("boamp", samples("boamp"), settings, now=NOW, replace="boamp")
    with pytest.raises(BuildRefused, match="Trop d'avis disparaissent"):
        publish_notices(engine, settings, lexicon)
    assert engine.live("notices").name == live.name
    assert [one.name for one in engine.generations("notices")] == [live.name]
    assert publish_notices(engine, settings, lexicon, accept_drops=True).documents == 10
    engine.close()


def test_a_buyer_without_name_gets_the_one_its_notices_give(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    import_files("boamp", samples("boamp"), settings, now=NOW)
    names = buyer_names(settings.records)
    assert names["999350010"] == ("Ville d'Exempleville",)
    contract = Contract(key="k", kind="marche", buyer=Organisation(siren="999350010"), object="Achat")
    assert [one.name for one in buyers_of([contract], names)] == ["Ville d'Exempleville"]
