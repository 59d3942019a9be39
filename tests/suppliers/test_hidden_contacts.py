"""An operator may hide where organisations are reached: no answer then has it."""

from __future__ import annotations

from pathlib import Path

from search_api.envelope import result_body
from tests.suppliers.conftest import TODAY, House
from vivier.engine.withheld import WithheldStore
from vivier.privacy.opposition import Opposition
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings
from vivier.suppliers.find import find
from vivier.suppliers.query import parse_query


def test_hidden_contacts_are_in_no_answer(demo: House, tmp_path: Path) -> None:
    hiding = Snapshot(WithheldStore(demo.engine, Opposition(Settings(home=tmp_path)), "hidden"))
    query = parse_query({"per_page": "100"}.items(), demo.lexicon)
    shown, hidden = (find(query, snapshot, demo.lexicon, TODAY) for snapshot in (Snapshot(demo.engine), hiding))
    assert any("mailbox" in result.record for result in shown.results)
    for result in hidden.results:
        body = result_body(result, ())
        assert body["mailbox"] is None
        assert body["phone"] is None
        assert not [other for other in body["others"] if other["field"] in ("mailbox", "phone")]
    assert len(hidden.results) == 100
