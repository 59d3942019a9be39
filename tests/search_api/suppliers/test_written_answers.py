"""A search gives the same bytes whether its records are those written at the build or rendered when it is answered."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import orjson
import pytest

from search_api.envelope import envelope, result_body, result_json
from tests.suppliers.conftest import TODAY, House, demo
from vivier.engine.withheld import WithheldStore
from vivier.exports.written import json_written, version, writer
from vivier.privacy.opposition import Opposition
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings
from vivier.suppliers.find import SupplierFound, find, groups
from vivier.suppliers.query import parse_query

__all__ = ["demo"]
TRADES = ("", "entretien-espaces-verts", "nettoyage-locaux", "traiteur", "blanchisserie")
PLACES = ("", "departement:35", "departement:69", "region:53", "commune:35238")
OTHERS: tuple[dict[str, str], ...] = (
    {},
    {"kind": "ESAT"},
    {"q": "nettoyage"},
    {"sort": "name"},
    {"sort": "neutral", "seed": "appel-7"},
    {"group": "exact,near_trade,to_ask"},
    {"as_of": "2021-03-01"},
    {"per_page": "100"},
)


def searches() -> list[dict[str, str]]:
    """Two hundred searches."""
    return [
        {name: value for name, value in {"trade": trade, "territory": place, **other}.items() if value}
        for trade, place, other in product(TRADES, PLACES, OTHERS)
    ]


def found_by(house: House, parameters: dict[str, str]) -> SupplierFound:
    return find(parse_query(parameters.items(), house.lexicon), Snapshot(house.engine), house.lexicon, TODAY)


@pytest.mark.slow
def test_two_hundred_answers_have_the_bytes_of_rendered_records(demo: House) -> None:
    write = writer(demo.lexicon, TODAY)
    written = rendered = 0
    for parameters in searches():
        found = found_by(demo, parameters)
        others = groups(found, Snapshot(demo.engine), demo.lexicon)
        kept = replace(found, results=tuple(replace(one, written=write(one.record)) for one in found.results))
        plain = replace(found, results=tuple(replace(one, written=None) for one in found.results))
        answers = [orjson.dumps(envelope(each, demo.lexicon, None, others)) for each in (kept, plain)]
        assert answers[0] == answers[1], parameters
        written += sum(isinstance(result_json(one, ()), orjson.Fragment) for one in kept.results)
        rendered += sum(isinstance(result_json(one, ()), dict) for one in plain.results)
    assert written == rendered > 1_000


def test_the_embedded_engine_gives_what_the_build_wrote(demo: House) -> None:
    results = found_by(demo, {"per_page": "100"}).results
    assert len(results) == 100
    for result in results:
        record = json_written(result.written)
        assert record is not None
        body, read = result_body(result, ()), orjson.loads(record)
        assert read == {name: body[name] for name in read}


def test_a_choice_of_fields_or_another_version_is_rendered_from_the_record(demo: House) -> None:
    result = next(iter(found_by(demo, {"per_page": "1"}).results))
    assert isinstance(result_json(result, ("contacts",)), dict)
    former = replace(result, written=b"0" * len(version()) + (result.written or b"")[len(version()) :])
    assert result_json(former, ()) == result_body(result, ())


def test_hidden_contacts_are_in_no_answer(demo: House, tmp_path: Path) -> None:
    hiding = Snapshot(WithheldStore(demo.engine, Opposition(Settings(home=tmp_path)), "hidden"))
    query = parse_query({"per_page": "100"}.items(), demo.lexicon)
    shown, hidden = (find(query, snapshot, demo.lexicon, TODAY) for snapshot in (Snapshot(demo.engine), hiding))
    assert any("mailbox" in result.record for result in shown.results)
    for result in hidden.results:
        body = orjson.loads(orjson.dumps(result_json(result, ())))
        assert body["mailbox"] is None
        assert body["phone"] is None
        assert not [other for other in body["others"] if other["field"] in ("mailbox", "phone")]
    assert len(hidden.results) == 100
