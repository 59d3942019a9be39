"""What suppliers' answers say and order, on records of a few members: sentences of groups, titles of offers, sources, wishes, neutral order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.small_index import small_index
from vivier.french import typographic
from vivier.lexicon import Lexicon
from vivier.search.operators import AnyOf, Facet, Not, Search, Terms
from vivier.search.port import Answer, FacetCounts, Generation
from vivier.search.snapshot import Snapshot
from vivier.suppliers import whole as exports
from vivier.suppliers.chosen import _distance, chosen_ids, records_of
from vivier.suppliers.find import AnswerGroup, find
from vivier.suppliers.group_facets import elsewhere, facets_shown, in_groups
from vivier.suppliers.group_words import group_reasons, sentence, this_trade, title
from vivier.suppliers.groups import ANSWER, TITLES
from vivier.suppliers.neutral import neutral_key, neutral_page
from vivier.suppliers.offers import UNKNOWN_TRADE, proof_words, supposed_trades, title_of, trade_of
from vivier.suppliers.plan import SupplierPlan
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.reach import CLASSES, graded, reach, served
from vivier.suppliers.readings import plan_of
from vivier.suppliers.refused import refused_trades, refusing
from vivier.suppliers.sources import cards, list_badge, sources_of
from vivier.suppliers.wishes import has_wishes, wish_part, wish_reasons, wishes_of

TODAY = date(2026, 11, 24)


def query(**fields: Any) -> SupplierQuery:
    return SupplierQuery.model_validate(fields)


@pytest.fixture(scope="module")
def nobody(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """An index of one supplier of whom nothing is known."""
    return small_index(tmp_path_factory.mktemp("nobody"), suppliers=[{"id": "nobody"}])


@pytest.fixture(scope="module")
def planned(nobody: Snapshot, lexicon: Lexicon) -> Callable[[SupplierQuery], SupplierPlan]:
    return lambda asked: plan_of(asked, nobody, lexicon, TODAY)


def facts(*values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"value": value, "provenance": {}} for value in values]


# --- the sentences of groups

ONE, TWO = {"trade": ["blanchisserie"]}, {"trade": ["blanchisserie", "traiteur"]}
LABEL: dict[str, Any] = ONE | {"label": ["ESUS"]}
SENTENCES: list[tuple[Any, int, dict[str, Any], dict[str, Any], str]] = [
    ("exact", 0, ONE, {}, "Aucune structure connue ne fait ce métier ici."),
    ("exact", 0, LABEL, {}, "Aucune structure connue ne fait ce métier ici avec ce label."),
    ("exact", 0, {}, {}, "Aucune structure connue ne répond."),
    ("exact", 1, TWO, {}, "1 structure fait l'un de ces métiers."),
    ("exact", 2, {}, {}, "2 structures répondent."),
    ("exact", 1, {}, {}, "1 structure répond."),
    (
        "exact",
        3,
        ONE,
        {"zone_unpublished": 1},
        "3 structures font ce métier. Demandez à 1 d'entre elles si elles se déplacent.",
    ),
    ("exact", 3, ONE, {"zone_unpublished": 3}, "3 structures font ce métier. Demandez-leur si elles se déplacent."),
    (
        "exact",
        1,
        LABEL,
        {"zone_unpublished": 1},
        "1 structure fait ce métier avec ce label. Demandez-lui si elle se déplace.",
    ),
    ("exact", 5, ONE, {"in_part": 2}, "3 structures font ce métier, 2 en font une partie."),
    ("exact", 2, ONE, {"in_part": 1}, "1 structure fait ce métier, 1 en fait une partie."),
    ("exact", 2, TWO, {"in_part": 2}, "2 structures font une partie de l'un de ces métiers."),
    ("label_unknown", 0, ONE, {}, "Aucune autre structure connue ne fait ce métier ici."),
    (
        "label_unknown",
        1,
        ONE,
        {},
        "1 autre structure faisait ce métier. Son label est fini : demandez s'il est renouvelé.",
    ),
    (
        "label_unknown",
        2,
        ONE,
        {},
        "2 autres structures faisaient ce métier. Leur label est fini : demandez s'il est renouvelé.",
    ),
    ("label_unknown", 1, LABEL, {}, "1 autre structure fait ce métier. Son label est fini ou inconnu : demandez-le."),
    (
        "label_unknown",
        2,
        LABEL,
        {},
        "2 autres structures font ce métier. Leur label est fini ou inconnu : demandez-le.",
    ),
    ("near_trade", 0, ONE, {}, "Aucune structure connue ne fait un métier proche de « Blanchisserie »."),
    (
        "near_trade",
        2,
        TWO,
        {},
        "2 structures font un métier proche de ceux demandés. Demandez-leur si elles font aussi le vôtre.",
    ),
    ("to_ask", 0, ONE, {}, "Aucune structure au métier non publié n'intervient ici."),
    ("to_ask", 1, ONE, {}, "1 structure n'a pas publié son métier. Appelez-les."),
    ("to_ask", 2, ONE, {}, "2 structures n'ont pas publié leur métier. Appelez-les : les plus probables sont en tête."),
    ("to_ask", 2, ONE | {"sort": "name"}, {}, "2 structures n'ont pas publié leur métier. Appelez-les."),
    ("other_kind", 0, ONE, {}, "Aucune structure d'un autre type ne fait ce métier ici."),
    ("other_kind", 1, ONE, {}, "1 structure d'un autre type fait ce métier ici. Personne du type demandé ne le fait."),
    ("farther", 0, ONE, {}, "Aucune autre structure connue à moins de 200 km."),
    ("farther", 1, ONE, {"km": 60.0}, "Plus loin, jusqu'à 60 km : 1 structure."),
    ("farther", 2, ONE, {"km": 60.0}, "Plus loin, jusqu'à 60 km : 2 structures, les plus proches d'abord."),
    ("farther", 19, ONE, {"km": 60.0}, "Plus loin, jusqu'à 60 km : 19 structures, les plus proches d'abord."),
    ("farther", 20, ONE, {"km": 60.0}, "Plus loin, jusqu'à 60 km : les 20 plus proches, dans l'ordre."),
    ("farther", 20, ONE | {"sort": "name"}, {"km": 100.0}, "Plus loin, jusqu'à 100 km : les 20 plus proches."),
    ("farther", 19, ONE | {"sort": "name"}, {"km": 100.0}, "Plus loin, jusqu'à 100 km : 19 structures."),
]


def written(text: str) -> str:
    return text.replace("\u202f", " ").replace("\xa0", " ").replace("’", "'")


@pytest.mark.parametrize(("group", "total", "fields", "more", "expected"), SENTENCES)
def test_a_group_says_who_is_in_it_and_what_to_ask(
    group: Any,
    total: int,
    fields: dict[str, Any],
    more: dict[str, Any],
    expected: str,
    lexicon: Lexicon,
    planned: Callable[[SupplierQuery], SupplierPlan],
) -> None:
    name = lexicon.trades.get("blanchisserie").name
    assert written(sentence(group, total, planned(query(**fields)), lexicon, **more)) == expected.replace(
        "Blanchisserie", name
    )
    assert typographic("a") == "a"


def test_the_title_of_a_group_names_the_trades_by_their_number(lexicon: Lexicon) -> None:
    assert [this_trade(wanted) for wanted in (0, 1, 2, 3)] == [
        "",
        "ce métier",
        "l’un de ces métiers",
        "l’un de ces métiers",
    ]
    assert title("exact", query(), lexicon) == ANSWER and title("exact", query(**ONE), lexicon) == TITLES["exact"]
    many = title("other_kind", query(**TWO), lexicon)
    assert many == TITLES["other_kind"].replace("ce métier", "l’un de ces métiers") != TITLES["other_kind"]


def test_the_reasons_of_a_group_are_what_a_supplier_lacks(
    lexicon: Lexicon, planned: Callable[[SupplierQuery], SupplierPlan]
) -> None:
    trades = lexicon.trades
    child = next(trade for trade in trades if trade.parent)

    def said(group: Any, record: dict[str, Any], fields: dict[str, Any]) -> list[tuple[str, str]]:
        supplier: Any = {"name": {"value": "Lac"}, **record}
        reasons = group_reasons(group, supplier, planned(query(**fields)), lexicon)
        return [(reason.code, written(reason.text)) for reason in reasons]

    label = {"label": ["ESUS"]} | ONE
    [(code, text)] = said("label_unknown", {}, label)
    assert code == "label" and text.startswith("label « ") and text.endswith(" » : inconnu, à demander")
    assert said("label_unknown", {"labels": facts({"code": "ESUS"})}, label) == []
    ended = facts(
        {"trade": child.code, "valid_until": "2024-01-01"},
        {"trade": child.code, "valid_until": "2025-01-01"},
        {"trade": "traiteur", "valid_until": "2026-01-01"},
        {},
    )
    [(code, text)] = said("label_unknown", {"offers": ended}, {"trade": [child.parent]})
    assert code == "label" and text.startswith(f"{child.name} : label ") and "2025" in text
    assert said("other_kind", {}, ONE | {"kind": ["EA", "ESAT"]}) == [
        ("other_kind", "autre type que demandé : EA ou ESAT")
    ]
    making = {"trade": ["creation-espaces-verts"]}
    sibling, cousin = trades.get("elagage-abattage"), trades.get("espaces-naturels")
    near = facts(
        {"trade": sibling.code, "evidence": "name"}, {"trade": sibling.code}, {"trade": cousin.code}, {"evidence": "x"}
    )
    [(code, text), (_, family)] = said("near_trade", {"offers": near}, making)
    assert code == "near_trade" and text.startswith(f"métier proche : {sibling.name} (")
    assert family == f"même famille : {cousin.name} (preuve non précisée)"
    old = facts({"trade": sibling.code, "valid_until": "2020-01-01"}, {"trade": "traiteur"})
    assert said("near_trade", {"offers": old}, making) == []
    [(code, text)] = said("to_ask", {}, ONE)
    assert code == "trade_unknown" and text == "métier inconnu : demandez"
    assert said("to_ask", {"offers": near}, ONE) == said("to_ask", {}, {}) == []


# --- facets of groups


def test_the_values_of_the_other_groups_are_shown_with_no_count(nobody: Snapshot, lexicon: Lexicon) -> None:
    def group(code: Any, **values: int) -> AnswerGroup:
        facets = {"kind": FacetCounts(values, 0)} if values else {}
        return AnswerGroup(code, "", sum(values.values()), "", facets=facets)

    groups = [
        group("exact", EA=3),
        group("to_ask", EI=1, ESAT=2, EA=1),
        group("farther", EI=1, AI=2),
        group("other_kind"),
    ]
    assert in_groups(groups, "kind", "EI") == {"exact": 0, "to_ask": 1, "farther": 1}
    assert list(elsewhere(groups, "kind").items()) == [("AI", 2), ("EI", 2), ("ESAT", 2), ("EA", 1)]
    found = find(query(), nobody, lexicon, TODAY)
    for size, shown in ((1, {"EA": 3}), (2, {"EA": 3, "AI": 0}), (9, {"EA": 3, "AI": 0, "EI": 0, "ESAT": 0})):
        facet = Facet("kind", "kind", Terms("id", ()), size=size)
        answer: Answer[Any] = Answer(7, [], {"kind": FacetCounts({"EA": 3}, 4)}, {})
        listed = replace(found, plan=replace(found.plan, search=Search(facets=(facet,))), answer=answer)
        made = facets_shown(listed, iter(groups))["kind"]
        assert (dict(made.values), made.missing) == (shown, 4)


# --- offers


def test_an_offer_is_titled_by_its_trade_its_family_or_its_statute(lexicon: Lexicon) -> None:
    family = lexicon.trades.get("traiteur").group
    name = lexicon.trades.group_name(family)
    offers: list[Any] = [
        {"trade": "traiteur"},
        {"supposed_trade": "traiteur", "evidence": "activity"},
        {"family": family},
        {"family": family, "evidence": "activity"},
        {"evidence": "statute"},
        {},
        {"trade": "ancien-metier"},
    ]
    titles = [title_of(offer, lexicon) for offer in offers]
    trade = lexicon.trade_names["traiteur"]
    assert titles[:4] == [
        trade,
        f"{trade} (supposé)",
        f"{name} (famille de métiers)",
        f"{name} (famille de métiers supposée)",
    ]
    assert titles[5:] == [UNKNOWN_TRADE, "ancien-metier"] and titles[4] not in (UNKNOWN_TRADE, "")
    assert [trade_of(offers[1]), trade_of(offers[1], supposed=True), trade_of({})] == [None, "traiteur", None]


def test_what_is_supposed_of_a_supplier_is_said_once_while_it_holds(lexicon: Lexicon) -> None:
    supposed = {"supposed_trade": "traiteur", "evidence": "activity"}
    family = {"family": lexicon.trades.get("traiteur").group, "evidence": "activity"}
    old = {"supposed_trade": "blanchisserie", "evidence": "activity", "valid_until": "2020-01-01"}
    record: Any = {
        "offers": facts(
            supposed, supposed, family, old, {"evidence": "statute"}, {"trade": "traiteur", "evidence": "name"}
        ),
        "agreements": facts({"kind": "ETTI"}, {"kind": "EI"}),
    }
    first, second, third = supposed_trades(record, lexicon, TODAY)
    assert first == f"{lexicon.trade_names['traiteur']} (supposé d'après le code d'activité)"
    assert (
        second.endswith("(famille supposée d'après le code d'activité)")
        and "(supposée d'après le statut : ETTI, " in third
    )
    assert "EI," not in third.replace("ETTI,", "")


def test_the_proof_of_an_offer_names_the_statute_or_the_sector_declared() -> None:
    sector = [{"trade": trade, "evidence": "declared", "title": "Services"} for trade in ("traiteur", "blanchisserie")]
    record: Any = {"offers": facts(*sector, {"title": "Seul", "trade": "traiteur", "evidence": "declared"})}
    words = [proof_words(offer, record) for offer in (*sector, record["offers"][2]["value"], {"evidence": "name"}, {})]  # type: ignore[arg-type]
    assert words[0] == words[1] and words[0].endswith(", secteur « Services »") and "secteur" not in words[2]
    assert words[4] == "preuve non précisée" != words[3]
    lent: Any = {"agreements": facts({"kind": "ETTI"})}
    assert proof_words({"evidence": "statute"}, lent).endswith(")") and "(ETTI, " in proof_words(
        {"evidence": "statute"}, lent
    )


# --- sources, chosen, wishes, neutral order


def test_the_sources_of_an_answer_are_listed_once_with_their_latest_dates() -> None:
    def source(id_: str, updated: str | None = None, fetched: str | None = None, licence: str = "L") -> dict[str, Any]:
        given = {"updated_at": updated, "fetched_at": fetched}
        return {"source_id": id_, "producer": "P", "dataset": "D", "licence": licence} | {
            k: v for k, v in given.items() if v
        }

    records = [
        {"sources": [source("b", "2025", "2026"), source("a", "2024")]},
        {"sources": [source("b", "2026", "2025"), source("b", licence="M")]},
        {},
    ]
    meta = {"sources": [{"source": {"id": "b", "homepage": "https://b", "vintage": "2019-01-01"}}]}
    generation = Generation("suppliers-1", "suppliers", True, 1, None, meta)  # type: ignore[arg-type]
    known = cards(generation)
    assert known.keys() == {"b"}
    listed = sources_of(records, known)
    assert [
        (each["source_id"], each["licence"], each["url"], each["updated_at"], each["fetched_at"]) for each in listed
    ] == [
        ("a", "L", None, "2024", None),
        ("b", "L", "https://b", "2026", "2026"),
        ("b", "M", "https://b", None, None),
    ]
    badges = [
        list_badge({"sources": sources}, known, TODAY) for sources in ([source("b")], [source("b"), source("a")], [])
    ]
    assert badges[0] is not None and "2019" in badges[0] and badges[1:] == [None, None]
    assert list_badge({"sources": [source("b", "2020-06-01")]}, known, TODAY) == "liste de 2020"


def test_five_suppliers_are_compared_at_most_each_once_in_their_order(tmp_path: Path) -> None:
    assert chosen_ids(" b, a,,b , c,d,e,f") == ("b", "a", "c", "d", "e") and chosen_ids(None) == chosen_ids(" ,") == ()
    snapshot = small_index(tmp_path, suppliers=[{"id": "b"}, {"id": "a"}])
    assert list(records_of(iter("acb"), snapshot)) == ["a", "b"] and records_of((), snapshot) == {}
    there: Any = {"address": {"value": {"point": {"lon": 2.35, "lat": 48.85}}}}
    near = query(near="2.35,48.85", radius_km=10)
    assert _distance(there, near) == 0.0 and _distance(there, query()) is None
    assert [_distance(record, near) for record in ({}, {"address": {"value": {}}})] == [None, None]  # type: ignore[arg-type]


def test_a_neutral_order_is_that_of_the_hash_of_its_seed_whatever_the_page(tmp_path: Path, lexicon: Lexicon) -> None:
    assert neutral_key("s", "a") == hashlib.sha256(b"s|a").digest()
    ids = [f"id{n}" for n in range(45)]
    ordered = sorted(ids, key=lambda id_: hashlib.sha256(f"s|{id_}".encode()).digest())
    snapshot = small_index(tmp_path, suppliers=[{"id": id_, "record": {"id": id_}} for id_ in ids])
    every = Search(offset=2, limit=3, counts=(("c", Terms("id", ("id1", "id2"))),))
    page = neutral_page(every, snapshot, "s")
    assert [(hit.id, hit.record) for hit in page.hits] == [(id_, {"id": id_}) for id_ in ordered[2:5]]
    assert (page.total, page.counts) == (45, {"c": 2})
    plan = plan_of(query(), snapshot, lexicon, TODAY)
    assert [hit.id for hit in exports._hits(plan, snapshot, "s")] == ordered
    assert [hit.record for hit in exports._hits(plan, snapshot, "s")] == [{"id": id_} for id_ in ordered]
    assert {hit.id for hit in exports._hits(plan, snapshot, None)} == set(ids)
    found = find(query(), snapshot, lexicon, TODAY)
    assert len(list(exports._counted(found, snapshot))) == found.total == 45
    for total in (44, 46):
        with pytest.raises(exports.ExportIncomplete, match=f"45 fournisseurs lus sur {total}"):
            list(exports._counted(replace(found, answer=replace(found.answer, total=total)), snapshot))
    error = exports._too_many(60_000, 50_000)
    assert (error.field, error.code) == ("query", "too_many_rows") and "60" in error.message


def test_each_wish_is_worth_its_share_of_the_points(lexicon: Lexicon) -> None:
    wished = query(wish_kind=["EA", "EI"], wish_label=["ESUS"], wish_trade=["traiteur", "blanchisserie"])
    assert [wishes_of(each) for each in (query(), query(wish_kind=["EA"]), wished)] == [0, 1, 4]
    assert [has_wishes(each) for each in (query(), query(wish_trade=["traiteur"]))] == [False, True]
    part = wish_part(wished, lexicon, TODAY.isoformat(), 10)
    assert (part.name, [tier.points for tier in part.tiers]) == ("wish", [10, 7, 5, 2])
    sizes = [len(tier.where.of) if isinstance(tier.where, AnyOf) else 1 for tier in part.tiers]
    assert sizes == [1, 4, 6, 4]
    record: Any = {
        "agreements": facts({"kind": "EA"}, {"kind": "EI", "valid_until": "2020-01-01"}),
        "labels": facts({"code": "ESUS"}),
        "offers": facts({"trade": "traiteur"}, {}),
    }
    reasons = [reason.text for reason in wish_reasons(record, wished, lexicon, TODAY)]
    assert (
        reasons[0] == "souhait : EA"
        and reasons[2] == f"souhait : {lexicon.trade_names['traiteur']}"
        and len(reasons) == 3
    )
    assert list(wish_reasons({}, wished, lexicon, TODAY)) == list(wish_reasons(record, query(), lexicon, TODAY)) == []  # type: ignore[arg-type]


def test_a_trade_refused_is_refused_with_its_narrower_ones(lexicon: Lexicon) -> None:
    child = next(trade for trade in lexicon.trades if trade.parent)
    found = refused_trades((child.parent, None, "ancien-metier"), lexicon.trades)
    assert {child.code, child.parent} <= found and "ancien-metier" not in found
    assert refused_trades((child.code,), lexicon.trades) == {
        each.code for each in lexicon.trades.descendants(child.code)
    }
    assert refusing(("a",)) == Terms("not_offered", ("a",))


def test_an_offer_serves_a_place_by_class_best_first(lexicon: Lexicon) -> None:
    gazetteer = lexicon.gazetteer
    rennes, brittany = (gazetteer.get(id_) for id_ in ("commune:35238", "region:53"))
    assert served((), None, gazetteer) == {}
    for coverage, classes in CLASSES.items():
        assert tuple(served((brittany,), coverage, gazetteer)) == classes
    usual = served((brittany,), None, gazetteer)
    assert usual["wide"] == Terms("reach_wide", ("region:53",)) and Not in map(type, usual["seat_only"].of)  # type: ignore[union-attr]
    assert served((brittany,), "seat", gazetteer)["seat_only"] == Terms("seat", ("region:53",))
    whole, full = reach("whole", (rennes,), gazetteer), reach("full", (brittany,), gazetteer)
    assert isinstance(whole, Terms) and {"departement:35", "region:53", "bloc:metropole"} <= {*whole.values}
    assert isinstance(full, AnyOf)
    all_, own = full.of
    assert (all_, own) == (Terms("reach_all", ("bloc:metropole",)), Terms("reach_full", ("region:53",)))
    assert list(graded(usual, (brittany,), gazetteer)) == ["whole", *usual]
    touching = {"touch": usual["wide"]}
    assert graded(touching, (brittany,), gazetteer) == touching
