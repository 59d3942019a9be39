"""What always holds of the search (docs/api.md, « What always holds »), on the invented corpus."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.search_api.corpus import TRADES
from tests.search_api.judge import Params, holds, offer_holds
from vivier.lexicon import Lexicon
from vivier.model import Supplier

FILTERS: dict[str, list[str]] = {
    "territory": [
        "commune:35238",
        "commune:38185",
        "departement:35",
        "departement:38",
        "epci:200046977",
        "region:53",
        "FR",
    ],
    "kind": ["EI", "ACI", "ESAT", "EA", "ESS"],
    "article": ["L2113-12", "L2113-13", "L2113-14"],
    "label": ["RGE", "BIO", "ESUS"],
    "trade": ["entretien-espaces-verts", "nettoyage-locaux", "elagage-abattage", "espaces-naturels"],
    "service_type": ["service", "goods", "staffing"],
    "evidence": ["declared", "certified"],
    "min_evidence": ["certified", "text"],
    "network": ["Hosmoz", "Coorace"],
    "seat": ["departement:35", "region:84", "commune:69123"],
    "departement": ["departement:35", "departement:69"],
    "region": ["region:53", "region:84"],
}
NEGATIVE = {"not_kind": FILTERS["kind"], "not_label": FILTERS["label"], "not_trade": FILTERS["trade"]}
BOUNDS = {
    "turnover_min": ["1", "400000"],
    "turnover_max": ["600000", "3000000"],
    "staff_min": ["1", "20"],
    "staff_max": ["30"],
}
OTHER = {"q": ["jardins", "atelier", "espaces verts"], "near": ["-1.68,48.11"]}
SETTINGS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def filters() -> st.SearchStrategy[Params]:
    lists = {name: st.lists(st.sampled_from(v), min_size=1, max_size=2, unique=True) for name, v in FILTERS.items()}
    lists |= {name: st.lists(st.sampled_from(v), min_size=1, max_size=1) for name, v in NEGATIVE.items()}
    single = {name: st.sampled_from(values) for name, values in {**BOUNDS, **OTHER}.items()}
    return st.dictionaries(st.sampled_from([*lists, *single]), st.none(), max_size=3).flatmap(
        lambda chosen: st.fixed_dictionaries({name: {**lists, **single}[name] for name in chosen})
    )


def complete(params: Params) -> Params:
    """What must be given together."""
    return {**params, **({"radius_km": "60"} if "near" in params else {})}


class Asker:
    """Asks the service; ids of every match come from the pages, all of them."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def answer(self, params: Params, **more: Any) -> dict[str, Any]:
        response = self.client.get("/v1/suppliers", params={**complete(params), **more})
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    def results(self, params: Params, **more: Any) -> Iterator[dict[str, Any]]:
        for page in itertools.count(1):
            body = self.answer(params, page=page, per_page=100, facets="", **more)
            yield from body["results"]
            if page >= body["pages"]:
                return

    def ids(self, params: Params, **more: Any) -> list[str]:
        return [result["id"] for result in self.results(params, fields="website", **more)]


class ById(dict[str, Supplier]):
    """The corpus by id; not printed when a property fails."""

    def __repr__(self) -> str:
        return f"<{len(self)} suppliers>"


@pytest.fixture(scope="module")
def ask(client: TestClient) -> Asker:
    return Asker(client)


@pytest.fixture(scope="module")
def by_id(corpus: list[Supplier]) -> ById:
    return ById({supplier.id: supplier for supplier in corpus})


# 1 ------------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=30)), max_size=4))
@SETTINGS
def test_any_query_string_gets_an_answer_or_a_problem(client: TestClient, items: list[tuple[str, str]]) -> None:
    response = client.get("/v1/suppliers", params=[(k, v.encode("utf8", "replace").decode()) for k, v in items])
    assert response.status_code < 500
    assert response.headers["content-type"] in ("application/json", "application/problem+json")
    response.json()


@pytest.mark.slow
@given(st.text(min_size=2, max_size=200))
@SETTINGS
def test_any_words_get_an_answer(client: TestClient, q: str) -> None:
    response = client.post("/v1/suppliers", json={"q": q.encode("utf8", "replace").decode()})
    assert response.status_code in (200, 422)


# 2 ------------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.slow
@given(filters(), st.integers(1, 40))
@SETTINGS
def test_pages_together_are_the_whole_without_duplicate_in_one_order(ask: Asker, params: Params, size: int) -> None:
    whole = ask.ids(params)
    total = ask.answer(params)["total"]
    assert len(whole) == len(set(whole)) == total
    page = ask.answer(params, page=1, per_page=size)
    assert [result["id"] for result in page["results"]] == whole[:size]
    assert page["total"] == total


# 3 ------------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@given(filters(), filters())
@SETTINGS
def test_a_filter_more_never_adds_a_result(ask: Asker, params: Params, more: Params) -> None:
    added = {name: value for name, value in more.items() if name not in params}
    assert set(ask.ids({**params, **added})) <= set(ask.ids(params))


@pytest.mark.slow
@given(filters(), st.sampled_from(sorted(FILTERS)), st.data())
@SETTINGS
def test_an_alternative_more_never_loses_a_result(ask: Asker, params: Params, name: str, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.sampled_from(FILTERS[name]), min_size=2, max_size=3, unique=True))
    fewer, all_ = {**params, name: values[:1]}, {**params, name: values}
    assert set(ask.ids(fewer)) <= set(ask.ids(all_))


# 4 ------------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@given(st.floats(0.1, 199), st.floats(0.1, 100))
@SETTINGS
def test_a_larger_radius_never_loses_a_result(ask: Asker, radius: float, more: float) -> None:
    assert _within(ask, radius) <= _within(ask, min(radius + more, 200))


def _within(ask: Asker, radius: float) -> set[str]:
    response = ask.client.get("/v1/suppliers", params={"near": "-1.68,48.11", "radius_km": radius, "per_page": 100})
    body = response.json()
    assert body["pages"] <= 1
    return {result["id"] for result in body["results"]}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        (["commune:35238"], ["commune:35238", "departement:38"]),
        (["commune:69123"], ["epci:200046977"]),
        (["epci:200046977"], ["departement:69"]),
        (["departement:35"], ["region:53"]),
        (["region:84"], ["FR"]),
    ],
)
def test_a_larger_territory_never_loses_a_result(ask: Asker, smaller: list[str], larger: list[str]) -> None:
    inner = ask.ids({"territory": smaller, "coverage": "any"})
    assert set(inner) <= set(ask.ids({"territory": larger, "coverage": "any"}))


# 5 ------------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@given(filters())
@SETTINGS
def test_every_result_meets_every_filter_recomputed_from_its_record(
    ask: Asker, by_id: ById, lexicon: Lexicon, params: Params
) -> None:
    for result in ask.results(params):
        supplier = by_id[result["id"]]
        assert supplier.closed is None or not supplier.closed.value
        for name, wanted in params.items():
            assert holds(name, wanted, supplier, result, lexicon), (name, wanted, supplier.id)
        assert offer_holds(params, supplier, lexicon)


# 6 ------------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    "forms",
    [
        ("jardins", "JARDINS", "Jardin", "jardin"),
        ("élan", "elan", "ELAN", "Élan"),
        ("l'étape", "l’étape", "L'ETAPE", "étape"),
        ("espaces verts", "espace vert", "Espaces  Verts"),
        ("œuvre", "oeuvre", "OEUVRE"),
        ("trois rivières", "trois riviere"),
    ],
)
def test_case_accents_elision_and_plural_do_not_change_the_results(ask: Asker, forms: tuple[str, ...]) -> None:
    first, *others = ({"q": form} for form in forms)
    found = set(ask.ids(first))
    assert found
    for other in others:
        assert set(ask.ids(other)) == found


# 8 ------------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.slow
@given(filters())
@settings(SETTINGS, max_examples=25)
def test_a_facet_count_is_the_total_of_its_value_alone(ask: Asker, params: Params) -> None:
    facets = "kind,trade,service_type,evidence,label,network,departement,region"
    for name, facet in ask.answer(params, facets=facets, per_page=1)["facets"].items():
        assert facet["complete"] or len(facet["values"]) >= 50
        for one in facet["values"][:4]:
            assert ask.answer({**params, name: [one["value"]]}, per_page=1)["total"] == one["count"], (name, one)


# 10 -----------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@given(filters(), st.sampled_from(["name", "updated", "neutral"]))
@SETTINGS
def test_the_order_never_changes_the_set(ask: Asker, params: Params, sort: str) -> None:
    seed = {"seed": "graine"} if sort == "neutral" else {}
    assert sorted(ask.ids(params, sort=sort, **seed)) == sorted(ask.ids(params))


@pytest.mark.slow
def test_a_neutral_order_is_fixed_by_its_seed_and_changes_with_it(ask: Asker) -> None:
    first, again, other = (ask.ids({}, sort="neutral", seed=seed) for seed in ("a", "a", "b"))
    assert first == again
    assert first != other
    assert sorted(first) == sorted(other)


def test_a_distance_order_is_by_increasing_distance(ask: Asker) -> None:
    distances = [result["distance_km"] for result in ask.results({"near": "-1.68,48.11"}, sort="distance")]
    assert distances == sorted(distances)


# 13 -----------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_supplier_is_found_by_its_identifiers_its_name_and_each_word_of_it(
    ask: Asker, corpus: list[Supplier]
) -> None:
    for supplier in corpus[::15]:
        if supplier.closed is not None and supplier.closed.value:
            continue
        for text in _ways(supplier):
            assert supplier.id in ask.ids({"q": text}), text


def _ways(supplier: Supplier) -> Iterator[str]:
    yield supplier.id
    yield supplier.name.value
    stop_words = {"de", "la", "du", "des", "les", "le"}
    yield from (word for word in supplier.name.value.split() if len(word) > 1 and word.lower() not in stop_words)
    if supplier.siret is not None and supplier.siren is not None:
        siret = supplier.siret.value
        yield from (siret, supplier.siren.value, f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}")


# closed structures ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_closed_structure_is_not_found(ask: Asker, corpus: list[Supplier]) -> None:
    closed = {supplier.id for supplier in corpus if supplier.closed is not None and supplier.closed.value}
    assert closed
    assert not closed & set(ask.ids({}))
    assert ask.answer({})["total"] == len(corpus) - len(closed)


def test_the_corpus_uses_trades_of_the_table(lexicon: Lexicon) -> None:
    assert all(code in lexicon.trades for code in TRADES)
