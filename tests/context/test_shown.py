"""What a reader sees of what registers say: bands, scores, areas, in pages, exports and reasons."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import Any

import orjson
import pytest

from crawlers.context.run import add_context
from indexer.publish import publish
from search_api.suppliers.pages.supplier import sheet
from tests.context.house import BAND, FILES, NOW, STOCKS, put_records
from tests.indexer.records import record
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon
from vivier.model import Address, Label
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings
from vivier.suppliers.find import find
from vivier.suppliers.query import parse_query

pytestmark = pytest.mark.slow

PLACE = Address(line="2 rue des Essais", commune="23096", post_code="23000", town="Guéret")
LABEL = Label(code="RGE", scope="qualification", title="QualiEssai", audience="professionals")


def found(settings: Settings, **asked: str) -> list[Any]:
    """The results of a search on one supplier with every context."""
    given = record("essai", "1", siret=BAND, labels=(LABEL,), kind="EI").model_copy(update={"address": PLACE})
    put_records(settings, [given])
    add_context("sirene", STOCKS, settings, now=NOW)
    add_context("zones", sorted(FILES.glob("*-essai.*")), settings, now=NOW)
    lexicon = load_lexicon()
    with closing(open_engine(settings)) as engine:
        publish(engine, settings, lexicon, skip_judged=True)
        return list(find(parse_query(asked.items(), lexicon), Snapshot(engine), lexicon, date(2026, 11, 24)).results)


def test_the_page_of_a_supplier_tells_a_band_an_area_and_whom_a_qualification_is_for(settings: Settings) -> None:
    (result,) = found(settings)
    page = sheet(orjson.loads(orjson.dumps(result.record)), date(2026, 11, 24), load_lexicon(), {})
    assert [line.text for line in page.capacities] == ["20 à 49 personnes (tranche d'effectif salarié, 2023)"]
    assert "Zone de revitalisation rurale (ZRR, liste d'avant juillet 2024)" in [line.text for line in page.identity]
    assert [(held.what.title, held.what.audience) for held in page.labels] == [
        ("QualiEssai", "pour les professionnels")
    ]


def test_an_area_is_a_filter_and_its_reason_names_its_list(settings: Settings) -> None:
    (result,) = found(settings, zone="frr")
    assert [reason.text for reason in result.reasons if reason.code == "zone"] == [
        "siège en zone prioritaire : France ruralités revitalisation (FRR) (source : Quartiers prioritaires, "
        "France ruralités revitalisation, zones de revitalisation rurale)"
    ]
    assert found(settings, zone="qpv") == []


def test_a_band_passes_a_bound_only_when_it_holds_for_sure(settings: Settings) -> None:
    assert found(settings, staff_min="20")
    assert found(settings, staff_max="49")
    assert found(settings, staff_min="21") == []
    assert found(settings, staff_max="48") == []
