"""A structure that opposes is no longer told as the holder of a contract; the declared number stays."""

from __future__ import annotations

import pytest

from tests.contracts.conftest import TODAY, Contracts
from vivier.contracts.find import find_list, stream_list
from vivier.contracts.query import ContractQuery
from vivier.engine.withheld import WithheldStore
from vivier.privacy.opposition import Opposition
from vivier.search.query import parse_parameters
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

pytestmark = pytest.mark.slow

HOLDER = "38030348700033"


def test_an_opposed_structure_is_not_told_as_a_holder(real: Contracts, tmp_path_factory: object) -> None:
    home = tmp_path_factory.mktemp("opposed")  # type: ignore[attr-defined]
    opposition = Opposition(Settings.model_validate({"home": home, "opposition_salt": "un sel assez long pour servir"}))
    withheld = WithheldStore(real.engine, opposition)
    query = parse_parameters([("holder", HOLDER)], real.lexicon, ContractQuery)
    assert find_list(query, Snapshot(withheld), real.lexicon, TODAY).results[0].record["inclusive"]
    opposition.add(HOLDER)
    found = find_list(query, Snapshot(withheld), real.lexicon, TODAY).results[0]
    assert found.record["inclusive"] == []
    assert found.record["holders"][0]["siret"] == HOLDER
    assert not any("ALISE" in reason.text for reason in found.reasons)
    assert [one.record["inclusive"] for one in stream_list(query, Snapshot(withheld), real.lexicon, TODAY)] == [[]]
    assert withheld.open("contracts").get([found.id])[found.id]["inclusive"] == []
