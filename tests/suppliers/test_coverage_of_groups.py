"""What is told of the coverage of a place, in every group of an answer: that of the zones that the structure really has."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.suppliers.conftest import TODAY, House
from vivier.law.kinds import KINDS, default_zone_km
from vivier.model import Address, UndeclaredZone, Zone
from vivier.suppliers.groups import TITLES
from vivier.suppliers.reasons import coverage_words
from vivier.suppliers.result import SupplierResult
from vivier.territory.coverage import Coverage, coverage
from vivier.trades.near import near_trades
from vivier.validity import holds_on

PAGES = 50
_ZONES: TypeAdapter[list[Zone]] = TypeAdapter(list[Zone])


def pages(house: House) -> Iterator[dict[str, str]]:
    """Trades and places drawn from those of the demonstration, in turn a commune, a département and a région."""
    drawn = random.Random(29)
    trades = sorted(
        {offer.value.trade for supplier in house.suppliers for offer in supplier.offers if offer.value.trade}
    )
    towns = sorted({s.address.value.commune for s in house.suppliers if s.address and s.address.value.commune})
    for page in range(PAGES):
        *_, commune = house.lexicon.gazetteer.ancestors(f"commune:{drawn.choice(towns)}")[:1]
        above = {id_.partition(":")[0]: id_ for id_ in house.lexicon.gazetteer.ancestors(commune)}
        kind = ("commune", "departement", "region")[page % 3]
        yield {"trade": drawn.choice(trades), "territory": above.get(kind, commune)}


def zones_of(result: SupplierResult, trade: str, house: House) -> list[Any]:
    """The zones of the offers that put a structure in its group: of the trade, of a near one, else of any."""
    trades, near = house.lexicon.trades, near_trades((trade,), house.lexicon.trades)
    offers = [fact["value"] for fact in result.record.get("offers", ())]

    def of(codes: set[str]) -> list[Any]:
        return [
            offer
            for offer in offers
            if offer.get("trade")
            and holds_on(offer, TODAY)
            and codes & {offer["trade"], *(above.code for above in trades.ancestors(offer["trade"]))}
        ]

    match result.group:
        case "near_trade":
            chosen = of({*near.close, *near.family})
            assert chosen, result.id
        case "exact":
            chosen = of({trade})
            assert chosen, result.id
        case _:
            chosen = of({trade}) or offers
    return [offer["zone"] for offer in chosen if "zone" in offer]


def computed_apart(result: SupplierResult, parameters: dict[str, str], house: House) -> Coverage:
    address = Address.model_validate(result.record["address"]["value"]) if "address" in result.record else Address()
    kinds = [fact["value"]["kind"] for fact in result.record.get("agreements", ())]
    zones = _ZONES.validate_python(zones_of(result, parameters["trade"], house)) or [UndeclaredZone()]
    gazetteer = house.lexicon.gazetteer
    return coverage(zones, address, parameters["territory"], gazetteer, default_km=default_zone_km(kinds))


@pytest.mark.slow
@pytest.mark.parametrize("group", TITLES)
def test_the_coverage_told_is_that_of_the_zones_of_the_structure(demo: House, group: str) -> None:
    told = 0
    labelled = {"label_unknown": {"label": "ISO14001"}, "other_kind": {"kind": "EITI"}}.get(group, {})
    for parameters in pages(demo):
        for result in demo.ask(**parameters, **labelled, group=group, per_page="100").results:
            expected = computed_apart(result, parameters, demo)
            assert result.coverage == expected, (result.id, parameters)
            reason = next(reason for reason in result.reasons if reason.code.startswith("coverage_"))
            assert reason.code == f"coverage_{expected.cls}"
            if group in ("near_trade", "to_ask"):
                assert expected.cls not in ("none", "touch") and "ne couvre pas" not in reason.text
            if all(zone["type"] == "undeclared" for zone in zones_of(result, parameters["trade"], demo)):
                assert "ne couvre pas" not in reason.text and "zone non publiée" in reason.text, (result.id, parameters)
                assert not expected.published and "ne couvre pas" not in coverage_words(expected)
            if expected.basis in ("code", "country", "radius"):
                assert "zone non publiée" not in reason.text, (result.id, parameters)
            told += 1
    assert told > 10


def test_the_zone_of_who_publishes_none_is_the_widest_of_its_kinds() -> None:
    assert default_zone_km(()) == default_zone_km(("unheard-of",)) == 30
    codes = [*KINDS, "unheard-of"]
    assert default_zone_km(codes) == max(kind.zone_km for kind in KINDS.values())
    assert [default_zone_km((code,)) for code in KINDS] == [kind.zone_km for kind in KINDS.values()]
