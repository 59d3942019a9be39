"""What a structure declares is used at the next build: its volume as a capacity, what it does not do, its references as words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from indexer.publish import publish
from tests.indexer.records import record, write_run
from tests.search_api.corpus import TODAY
from vivier.desk.facts.candidates import SupplyAsked, candidates
from vivier.desk.method.gate import gate
from vivier.desk.method.prospects import prospects
from vivier.engine.embedded.store import EmbeddedStore
from vivier.errors import InvalidRequest
from vivier.given.declaration import checked_declaration
from vivier.given.declared import with_declared
from vivier.given.declared import write_runs as write_declared
from vivier.given.queue import Queue, queue_of
from vivier.given.requests import Subject
from vivier.lexicon import Lexicon
from vivier.model import Address, Agreement, Capacity, Offer
from vivier.model.views import SupplierView
from vivier.search.operators import EVERY
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings
from vivier.suppliers.explain import explain
from vivier.suppliers.find import find, groups
from vivier.suppliers.query import parse_query

TRADE, NARROWER = "entretien-espaces-verts", "elagage-abattage"
DOES, SILENT = "90000000100017", "91000000900019"
PLACE = Address(town="RENNES", post_code="35000", commune="35238")
QUERY = (("trade", TRADE), ("territory", "departement:35"))


@dataclass
class Base:
    """A base of two structures, one that does a trade by its source, one of which no source says the trade."""

    settings: Settings
    engine: EmbeddedStore
    queue: Queue
    lexicon: Lexicon

    def declare(self, siret: str, **fields: Any) -> SupplierView:
        """Declares, accepts and builds. Returns the sheet as it was shown before the build."""
        before = self.sheet(siret)
        subject = Subject(before["id"], siret, before["name"]["value"])
        content = checked_declaration(fields, self.lexicon).as_json()
        self.queue.send("declaration", subject, content, TODAY)
        (waiting,) = self.queue.waiting()
        shown = with_declared(before, self.queue.accept(waiting.number, TODAY))
        self.build()
        return shown

    def build(self) -> None:
        write_declared(self.settings, self.queue, TODAY)
        publish(self.engine, self.settings, self.lexicon, skip_judged=True)

    @property
    def snapshot(self) -> Snapshot:
        return Snapshot(self.engine)

    def sheet(self, siret: str) -> SupplierView:
        return next(hit.record for hit in self.snapshot.suppliers.scan(EVERY) if hit.record["siret"]["value"] == siret)

    def found(self, *query: tuple[str, str]) -> Mapping[str, set[str]]:
        """The SIRETs of each group of an answer."""
        found = find(parse_query(query, self.lexicon), self.snapshot, self.lexicon, TODAY)
        by_group = {"exact": {result.record["siret"]["value"] for result in found.results}}
        for group in groups(found, self.snapshot, self.lexicon)[1:]:
            by_group[group.code] = {result.record["siret"]["value"] for result in group.results}
        return by_group

    def reasons(self, trade: str, annual: float | None = None) -> dict[str, str]:
        """Why each candidate of a lot is left out (« counted » when it is not), by SIRET."""
        asked = SupplyAsked((trade,), ("departement:35",), TODAY)
        supply = gate(candidates(asked, self.snapshot, self.lexicon), "L2113-13", TODAY)
        left = (*supply.excluded, *supply.split(annual, 0.3).too_small())
        counted = {structure.site.siret or "": "counted" for structure in supply.eligible}
        return counted | {one.candidate.siret or "": one.reason for one in left}

    def size(self, annual: float) -> float:
        """The probability that the structure of the trade bears a lot; 0 when it is not worth a call."""
        asked = SupplyAsked((TRADE,), ("departement:35",), TODAY)
        supply = gate(candidates(asked, self.snapshot, self.lexicon), "L2113-13", TODAY)
        every = prospects(supply, annual, 0.3, 0.4).every
        return next((prospect.size for prospect in every if prospect.site.siret == DOES), 0.0)


@pytest.fixture
def base(tmp_path: Path, lexicon: Lexicon) -> Iterator[Base]:
    settings, engine = Settings(home=tmp_path), EmbeddedStore(tmp_path / "generations")
    kinds = (Agreement(kind="EI"),)
    does = record("list", "a", siret=DOES, siren=DOES[:9], agreements=kinds, address=PLACE)
    turnover = Capacity(value=100_000, unit="eur_year", year=2024)
    offered = does.changed(offers=(Offer(trade=NARROWER, evidence="declared"),), capacities=(turnover,))
    silent = record("list", "b", siret=SILENT, siren=SILENT[:9], agreements=kinds, address=PLACE)
    write_run(settings.records, "list", [offered, silent])
    made = Base(settings, engine, queue_of(settings), lexicon)
    made.build()
    yield made
    made.queue.database.close()
    engine.close()


def test_a_declared_volume_is_the_capacity_in_place_of_the_turnover(base: Base) -> None:
    lot = (("lot_amount", "50000"), ("trade", NARROWER))
    assert base.size(50_000) == 0 and base.reasons(NARROWER, 50_000)[DOES] == "capacity_too_small"
    shown = base.declare(DOES, volume="80 000 €")
    assert shown["capacities"][-1]["value"] == {"value": 80_000, "unit": "volume_eur_year", "year": TODAY.year}
    assert [fact["value"] for fact in base.sheet(DOES)["capacities"]] == [
        fact["value"] for fact in shown["capacities"][::-1]
    ]
    assert base.size(50_000) == 1 and base.size(80_000) == 1 and base.size(80_001) == 0
    assert (
        base.reasons(NARROWER, 50_000)[DOES] == "counted" and base.reasons(NARROWER, 90_000)[DOES] == "volume_too_small"
    )
    (result,) = find(parse_query(lot, base.lexicon), base.snapshot, base.lexicon, TODAY).results
    assert result.capacity is not None and result.capacity.state == "fits"
    assert "80 000 € HT que la structure déclare" in result.capacity.text.replace("\u202f", " ").replace("\xa0", " ")
    assert [component.value for component in result.components if component.name == "capacity"] == [
        pytest.approx(1, abs=0.001)
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("least", "found"), [("80000", {DOES}), ("80001", set())])
def test_the_filter_of_volume_reads_what_is_declared(base: Base, least: str, found: set[str]) -> None:
    base.declare(DOES, volume="80000")
    assert base.found(("volume_min", least))["exact"] == found
    assert base.found(("volume_min", least), ("include_unknown", "volume"))["exact"] == found | {SILENT}


@pytest.mark.slow
@pytest.mark.parametrize("refused", [{"refused": (TRADE,)}, {"cannot": "Pas d'entretien d'espaces verts"}])
def test_who_says_that_it_does_not_do_a_trade_is_proposed_for_it_nowhere(base: Base, refused: dict[str, Any]) -> None:
    name = base.lexicon.trade_names[TRADE]
    said = {key: (f"Pas de {name}" if key == "cannot" else value) for key, value in refused.items()}
    assert base.found(*QUERY) == {"exact": {DOES}, "near_trade": set(), "to_ask": {SILENT}, "farther": set()}
    for siret in (DOES, SILENT):
        base.declare(siret, **said)
    assert not any(base.found(*QUERY).values())
    assert base.reasons(TRADE) == {DOES: "trade_refused", SILENT: "trade_refused"}
    assert base.reasons(NARROWER) == {DOES: "trade_refused", SILENT: "trade_refused"}
    assert base.reasons("blanchisserie") == {DOES: "trade_unknown", SILENT: "trade_unknown"}
    assert base.found(("trade", "blanchisserie"), QUERY[1])["to_ask"] == {DOES, SILENT}


def test_nobody_is_taken_out_of_more_than_it_said(base: Base) -> None:
    base.declare(SILENT, refused=(NARROWER,), cannot="Pas d'espaces verts chez les particuliers, pas de tonte")
    assert base.found(*QUERY)["to_ask"] == {SILENT}
    assert base.found(("trade", NARROWER), QUERY[1])["to_ask"] == set()
    assert SILENT in base.found(("trade", NARROWER), ("trade", "blanchisserie"), QUERY[1])["to_ask"]


@pytest.mark.slow
def test_what_another_source_says_of_a_refused_trade_is_kept_as_another_value(base: Base) -> None:
    shown = base.declare(DOES, refused=(TRADE,))
    assert shown["offers"] == [] and shown["not_offered"][0]["value"] == {"trade": TRADE}
    built = base.sheet(DOES)
    assert not built.get("offers") and built["not_offered"][0]["provenance"]["source_id"] == "declared"
    (other,) = built["others"]
    assert (other["field"], other["value"]) == ("offers", base.lexicon.trade_names[NARROWER])
    query = parse_query(QUERY, base.lexicon)
    conditions = explain(built["id"], query, base.snapshot, base.lexicon, TODAY).conditions
    assert any("déclare ne pas faire" in condition.known for condition in conditions)


def test_references_are_words_that_find(base: Base) -> None:
    base.declare(DOES, references=("Ville de Châteaugiron",))
    assert base.found(("q", "châteaugiron"))["exact"] == {DOES}


def test_a_circle_around_a_commune_serves_there_and_not_around_the_seat(base: Base) -> None:
    zone = {"type": "radius", "km": 10, "around": "35360"}
    base.declare(SILENT, trades=({"trade": TRADE},), zone=zone)
    assert SILENT in base.found(("trade", TRADE), ("territory", "commune:35360"), ("coverage", "full"))["exact"]
    assert SILENT not in base.found(("trade", TRADE), ("territory", "commune:35238"), ("coverage", "full"))["exact"]
    with pytest.raises(InvalidRequest, match="35999"):
        checked_declaration({"trades": ({"trade": TRADE},), "zone": {**zone, "around": "35999"}}, base.lexicon)


def test_a_trade_both_done_and_not_done_is_refused(base: Base) -> None:
    for refused in (TRADE, NARROWER):
        with pytest.raises(InvalidRequest, match="Retirez l'un des deux"):
            checked_declaration({"trades": ({"trade": NARROWER},), "refused": (refused,)}, base.lexicon)
    with pytest.raises(InvalidRequest, match="zzyzx"):
        checked_declaration({"refused": ("zzyzx",)}, base.lexicon)
