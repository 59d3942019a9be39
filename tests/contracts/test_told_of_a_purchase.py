"""How a list moves when a lead is set aside, and what is told of a purchase, of its lots and of those like it."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from vivier.contracts.entry_words import buyer_name, credit_of, entry_kind, entry_path, entry_title
from vivier.contracts.feed import Entry
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.moved import moved, moves, yearly_amount
from vivier.contracts.opportunities import _firsts, consultation_of
from vivier.contracts.profile import Profile, Zone
from vivier.contracts.provisions import families_of
from vivier.contracts.story import comparable, summary
from vivier.contracts.won import Figures, _all, _consecutive, _figures, _most
from vivier.lexicon import Lexicon
from vivier.model import Provenance, ProvisionEvidence
from vivier.search.operators import Not, Range, Terms
from vivier.search.port import Groups, Hit

DAY = date(2026, 11, 24)


HERE = (-1.68, 48.11)


def profile(km: float | None = 40.0, means: float | None = 100_000.0) -> Profile:
    zone = Zone(point=HERE if km is not None else None, km=km)
    return Profile(trades=(), zone=zone, turnover=means)


@pytest.mark.parametrize(
    ("why", "own", "lead", "distance", "found"),
    [
        ("far", profile(), {}, 35.0, {"near": HERE, "radius_km": 34.9}),
        ("far", profile(), {}, 2.0, {"near": HERE, "radius_km": 20.0}),
        ("far", profile(8.0), {}, 1.0, {"near": HERE, "radius_km": 5.0}),
        ("far", profile(5.0), {}, 1.0, {}),
        ("far", profile(), {}, 40.1, {}),
        ("far", profile(), {}, None, {}),
        ("far", profile(None), {}, 3.0, {}),
        ("large", profile(), {"amount": 40_000}, None, {"lot_amount_most": 39_600.0}),
        ("large", profile(), {"amount": 1_000}, None, {"lot_amount_most": 25_000.0}),
        ("large", profile(), {"amount": 90_000}, None, {}),
        ("large", profile(), {}, None, {}),
        ("large", profile(means=None), {"amount": 40_000}, None, {}),
        ("trade", profile(), {"amount": 40_000}, 3.0, {}),
    ],
)
def test_a_lead_too_far_or_too_large_moves_the_list_by_half_at_most(
    why: str, own: Profile, lead: dict[str, Any], distance: float | None, found: dict[str, Any]
) -> None:
    assert moves(why, own, lead, distance) == found


def test_an_amount_is_of_a_year_and_a_zone_by_territories_is_left() -> None:
    yearly = [yearly_amount(lead) for lead in ({}, {"amount": 240, "months": 24}, {"amount_max": 90, "months": 6})]
    assert yearly == [None, 120, 90] and yearly_amount({"amount": 50}) == 50
    query, circle = LeadsQuery(territory=("departement:35",)), {"near": HERE, "radius_km": 9.0}
    assert moved(query, circle) is query and moved(query, {"lot_amount_most": 9.0}).lot_amount_most == 9
    narrowed = moved(LeadsQuery(trade=("traiteur",)), circle)
    assert narrowed.near == HERE and narrowed.radius_km == 9


def entry(collection: Any, kind: Any = None, **record: Any) -> Entry:
    return Entry(collection, "k1", kind, DAY, None, record, ())


def test_an_item_is_titled_by_what_it_is_and_leads_to_its_page() -> None:
    contract, notice = entry("contracts", object="TONTE DES PARCS"), entry("notices", "open_notice", title="Tonte")
    assert (entry_title(contract), entry_kind(contract), entry_path(contract)) == (
        "Tonte des Parcs",
        "Marché attribué",
        "/marches/k1",
    )
    assert entry_path(notice) == "/avis/k1" and entry_title(notice) == f"{entry_kind(notice)} : Tonte"
    kinds = [entry_kind(entry("notices", nature=nature)) for nature in ("project", "call", "correction")]
    assert kinds == ["Projet d'achat", "Appel à la concurrence", "Rectificatif"]
    names = [buyer_name(each) for each in ({"name": "VILLE DE LENS"}, {"siren": "213502388"}, {})]
    assert names[0] == "Ville de Lens" and names[1].startswith("Acheteur ") and names[2] == "Acheteur inconnu"
    source = {"dataset": "DECP", "producer": "DAJ", "licence": "LO"}
    assert credit_of({"sources": [source, source]}) == "DECP (DAJ, LO)" and credit_of({}) == "inconnue"


def test_figures_of_years_follow_one_another_and_an_unknown_amount_is_not_zero() -> None:
    measures = {
        name: np.array(values) for name, values in (("n", [2, 1]), ("amount", [50.0, 0.0]), ("amounts", [1, 0]))
    }
    groups = Groups(("2022", "2024"), measures)
    years = _figures(groups)
    assert years == [Figures("2022", 2, 50.0, 1), Figures("2024", 1, None, 0)]
    assert _consecutive([*years, Figures("unknown", 3, None, 0)]) == [years[0], Figures("2023", 0, None, 0), years[1]]
    assert _consecutive([Figures("unknown", 3, None, 0)]) == [] and _all(groups, 3) == Figures("", 3, 50.0, 1)
    nothing = Groups(("x",), {name: np.array([0.0]) for name in measures})
    assert _all(nothing, 1) == Figures("", 1, None, 0)
    order = sorted(
        [Figures("b", 1, None, 0), Figures("a", 1, None, 0), Figures("c", 1, 5.0, 1), Figures("d", 2, None, 0)],
        key=_most,
    )
    assert [each.of for each in order] == ["d", "c", "a", "b"]


def test_lots_of_one_consultation_are_one_opportunity() -> None:
    records: list[dict[str, Any]] = [
        {"title": "t", "source": "boamp", "number": "1", "lot": "1"},
        {"title": "t", "source": "boamp", "number": "1", "lot": "2"},
        {"title": "t", "source": "boamp", "number": "2", "lot": None},
        {"object": "o", "consultation": "c"},
        {"object": "o"},
    ]
    assert [consultation_of(record) for record in records] == ["boamp-1", "boamp-1", None, "c", None]
    hits = [Hit(str(rank), 0, None, record) for rank, record in enumerate(records)]
    assert [hit.id for hit in _firsts(hits)] == ["0", "2", "3", "4"]


def evidence(
    signal: Any, *families: Any, value: str | None = None, sure: float = 0.9, of: Any = "reserved"
) -> ProvisionEvidence:
    source = Provenance(source_id="s", producer="p", dataset="d", licence="l")
    return ProvisionEvidence(
        provision=of, signal=signal, provenance=source, value=value, reserved_for=families, confidence=sure
    )


@pytest.mark.parametrize(
    ("pieces", "families"),
    [
        ([evidence("notice_code", "ESS")], ("ESS",)),
        ([evidence("notice_code", "ESS"), evidence("article", "SIAE")], ("SIAE",)),
        ([evidence("notice_code", "ESS"), evidence("words", "SIAE", sure=0.5)], ("SIAE", "ESS")),
        ([evidence("notice_code", "ESS"), evidence("notice_code", value="res-ws")], ()),
        ([evidence("article", "ESS"), evidence("article", "SIAE")], ("SIAE", "ESS")),
        ([evidence("words", "SIAE", of="clause")], ()),
    ],
)
def test_the_social_economy_ticked_beside_another_family_is_ignored(
    pieces: list[ProvisionEvidence], families: tuple[str, ...]
) -> None:
    assert set(families_of(pieces)) == set(families)


def test_comparable_contracts_are_of_other_buyers_in_the_class_and_of_like_size(lexicon: Lexicon) -> None:
    record: Any = {
        "key": "k1",
        "cpv": "77310000",
        "buyer": {"siren": "1"},
        "amount": 240_000.0,
        "months": 24,
        "object": "Tonte",
    }
    own = Terms("id", ("k1",))
    search = comparable(record, own)
    said = str(search)
    assert str(Terms("cpv", ("7731",))) in said and str(Not(own)) in said and str(Not(Terms("buyer", ("1",)))) in said
    assert str(Range("annual_amount", gte=40_000.0, lte=360_000.0)) in said and search.limit == 10
    bare = str(comparable({**record, "buyer": {}, "amount": None}, own))
    assert "annual_amount" not in bare and "'buyer'" not in bare
    short = str(comparable({**record, "months": 6}, own))
    assert str(Range("annual_amount", gte=80_000.0, lte=720_000.0)) in short
    shown = summary(MappingProxyType({**record, "secret": 1}), DAY, lexicon)  # type: ignore[arg-type]
    assert {name: value for name, value in shown.items() if name != "reasons"} == {
        **{name: value for name, value in record.items() if name != "key"},
        "id": "k1",
    }
