"""The catalogue: authored rows that say what they may, found by trade, consideration, kind, place and words."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings import read_table
from vivier.lexicon import Lexicon, load_lexicon
from vivier.resources import (
    CONSIDERATIONS,
    KINDS,
    Resource,
    ResourceQuery,
    find_resources,
    load_resources,
    parse_resource,
    resources_for,
)
from vivier.trades.table import load_trades

TRADES = sorted(trade.code for trade in load_trades())
GROUPS = [group.code for group in load_trades().groups()]
PLACES = ("FR", "region:53", "region:11", "departement:34", "commune:75056", "commune:35238", "epci:200054781", "departement:2A")  # fmt: skip
ROW = {
    "code": "essai",
    "title": "Réseau d'essai",
    "publisher": "Essai",
    "gives": "Rien.",
    "url": "https://essai.example",
    "kinds": "guide",
    "groups": "",
    "trades": "",
    "considerations": "social",
    "territories": "",
    "status": "to_check",
}
queries = st.builds(
    ResourceQuery,
    trade=st.lists(st.sampled_from(TRADES), max_size=2).map(tuple),
    group=st.lists(st.sampled_from(GROUPS), max_size=2).map(tuple),
    kind=st.lists(st.sampled_from(sorted(KINDS)), max_size=2).map(tuple),
    consideration=st.lists(st.sampled_from(sorted(CONSIDERATIONS)), max_size=2).map(tuple),
    territory=st.lists(st.sampled_from(PLACES), max_size=2).map(tuple),
)


def codes(query: ResourceQuery) -> set[str]:
    return {one.code for one in find_resources(query, load_lexicon()).results}


def test_the_catalogue_has_about_eighty_entries_each_once() -> None:
    found = load_resources()
    assert 60 <= len(found) <= 100
    for values in (
        [one.code for one in found],
        [one.title for one in found],
        [one.url for one in found],
    ):
        assert len(set(values)) == len(values)


def test_every_kind_and_consideration_is_served() -> None:
    assert {kind for one in load_resources() for kind in one.kinds} == KINDS.keys()
    assert {name for one in load_resources() for name in one.considerations} == CONSIDERATIONS.keys()


def test_trades_groups_and_territories_exist(lexicon: Lexicon) -> None:
    for one in load_resources():
        assert all(code in lexicon.trades for code in one.trades), one.code
        assert set(one.groups) <= set(GROUPS), one.code
        assert all(lexicon.gazetteer.get(id_) for id_ in one.territories), one.code


def test_what_it_gives_is_one_short_sentence_of_ours() -> None:
    for one in load_resources():
        assert one.gives.endswith(".") and ". " not in one.gives and len(one.gives) <= 160, one.code


def test_addresses_are_public_home_pages_and_none_was_checked() -> None:
    for one in load_resources():
        parts = urlsplit(one.url)
        assert parts.scheme == "https" and not parts.query and parts.path.count("/") <= 1, one.code
        assert one.status == "to_check"


def test_every_row_has_every_column_and_no_more() -> None:
    for row in read_table("resources"):
        assert row.keys() == ROW.keys() and None not in row.values()


@pytest.mark.parametrize(
    ("column", "value"),
    [("url", "javascript:alert(1)"), ("url", "http://essai.example"), ("kinds", "blog"), ("kinds", ""), ("gives", " ")],
)
def test_a_row_that_cannot_be_shown_is_an_error_that_names_it(column: str, value: str) -> None:
    with pytest.raises(ValueError, match="essai"):
        parse_resource({**ROW, column: value})


def test_a_general_resource_answers_every_trade_and_every_place() -> None:
    assert {"oecp", "clause-verte"} <= codes(ResourceQuery(trade=("blanchisserie",), territory=("departement:2A",)))


def test_a_resource_of_another_trade_or_place_does_not() -> None:
    found = codes(ResourceQuery(trade=("blanchisserie",), territory=("region:53",)))
    assert not found & {"imprim-vert", "maximilien"}
    assert "reseco" in found


def test_a_specialised_trade_is_answered_by_what_its_group_has(lexicon: Lexicon) -> None:
    assert "plante-cite" in codes(ResourceQuery(trade=("elagage-abattage",)))
    assert "envie" in codes(ResourceQuery(trade=("collecte-deee",)))


@pytest.mark.parametrize("place", ["commune:34172", "epci:243400017", "region:76", "FR", "dep:34"])
def test_a_place_is_served_from_inside_and_from_around(place: str) -> None:
    assert "clausesociale34" in codes(ResourceQuery(territory=(place,)))


def test_what_names_the_trade_and_the_place_comes_first(lexicon: Lexicon) -> None:
    found = find_resources(ResourceQuery(trade=("entretien-espaces-verts",), territory=("region:53",)), lexicon).results
    general = [one.any_trade for one in found]
    assert general == sorted(general)
    of_all = [one for one in found if one.any_trade]
    local = [bool(one.territories) for one in of_all]
    assert local == sorted(local, reverse=True) and any(local)


@pytest.mark.parametrize("words", ["clause sociale", "CLAUSES SOCIALES", "facilitateur des clauses", "l'hérault"])
def test_words_are_found_whatever_their_case_accents_and_number(words: str) -> None:
    assert "clausesociale34" in codes(ResourceQuery(q=words))


def test_words_that_say_nothing_find_nothing() -> None:
    assert codes(ResourceQuery(q="zzyzx")) == set()
    assert codes(ResourceQuery(q="de la")) == set()


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(query=queries, name=st.sampled_from(("trade", "group", "kind", "consideration", "territory")))
def test_a_filter_never_adds_and_a_value_more_never_loses(query: ResourceQuery, name: str) -> None:
    found = codes(query)
    assert found <= codes(query.model_copy(update={name: ()}))
    if len(getattr(query, name)) > 1:
        assert codes(query.model_copy(update={name: getattr(query, name)[:1]})) <= found


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(query=queries)
def test_the_count_of_a_facet_is_what_its_value_alone_gives(query: ResourceQuery) -> None:
    for name, facet in find_resources(query, load_lexicon()).facets.items():
        for value, count in list(facet.values.items())[:4]:
            assert len(codes(query.model_copy(update={name: (value,)}))) == count, (name, value)


def test_the_few_beside_a_page_are_varied_and_bounded(lexicon: Lexicon) -> None:
    found = resources_for(lexicon, ["entretien-espaces-verts"], ["social"], "commune:35238")
    assert len(found) == 6
    assert len({one.kinds[0] for one in found}) >= 4
    assert {"reseco", "regies"} <= {one.code for one in found}
    assert all("social" in one.considerations for one in found)


def test_without_anything_asked_a_few_are_still_given(lexicon: Lexicon) -> None:
    assert len(resources_for(lexicon, limit=3)) == 3
    assert all(isinstance(one, Resource) for one in resources_for(lexicon))


@pytest.mark.parametrize(
    "territory", ["region:28", "region:32", "region:52", "region:53", "region:75", "region:76", "region:84"]
)
def test_a_buyer_of_organic_food_or_of_anything_green_finds_a_network_of_the_region(territory: str) -> None:
    found = find_resources(
        ResourceQuery(territory=(territory,), consideration=("environmental",), kind=("buyers", "federation")),
        load_lexicon(),
    )
    assert any(one.territories for one in found.results)
