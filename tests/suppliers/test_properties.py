"""What always holds of the order and of the set, on the demonstration's suppliers."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from indexer.demo import demo_records
from tests.suppliers.conftest import House, serve
from vivier.engine.embedded.store import EmbeddedStore
from vivier.law.kinds import KINDS
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon
from vivier.model import Record
from vivier.model.facts import Capacity
from vivier.search.scoring import POINTS
from vivier.search.snapshot import Snapshot
from vivier.suppliers.find import groups
from vivier.suppliers.groups import TITLES
from vivier.suppliers.neutral import neutral_key
from vivier.suppliers.query import SupplierQuery
from vivier.vocabulary import SERVICE_TYPES

pytestmark = pytest.mark.slow

Params = dict[str, str]

#: ``VIVIER_SEED=random`` explores other queries than those of every day.
bounded = settings(
    deadline=None,
    derandomize=os.environ.get("VIVIER_SEED") != "random",
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
    max_examples=40,
    print_blob=False,
)

PLACES = ["commune:35238", "commune:69123", "departement:35", "departement:974", "region:84", "region:11", "FR"]
POINTS_OF_FRANCE = ["-1.68,48.11", "2.35,48.85", "4.84,45.76", "0.0,48.5", "55.45,-20.88"]
WORDS = [
    "nettoyage",
    "espaces verts",
    "traiteur",
    "tonte de pelouse",
    "blanchisserie",
    "mise sous pli",
    "les",
    "fictif",
    "netoyage",
    "nettoyage xylophone",
    "traiteur palettes archives",
    "atel",
]


def params(lexicon: Lexicon, most: int = 4) -> st.SearchStrategy[Params]:
    """Parameters of a search as in a URL, the impossible combinations left out."""
    choices: dict[str, list[str]] = {
        "q": WORDS,
        "territory": PLACES,
        "trade": sorted(trade.code for trade in lexicon.trades)[::6],
        "cpv": ["45", "90", "77", "90910000"],
        "service_type": list(SERVICE_TYPES),
        "kind": list(KINDS),
        "label": list(LABELS),
        "not_kind": list(KINDS),
        "turnover_min": ["0", "200000", "1000000"],
        "staff_max": ["10", "100"],
        "lot_amount": ["0", "20000", "300000", "5000000"],
        "near": POINTS_OF_FRANCE,
        "departement": ["departement:35", "departement:69"],
    }
    chosen = st.sets(st.sampled_from(list(choices)), min_size=1, max_size=most)
    return chosen.flatmap(
        lambda names: st.fixed_dictionaries({name: st.sampled_from(choices[name]) for name in sorted(names)})
    ).map(_complete)


def _complete(drawn: Params) -> Params:
    if "near" in drawn:
        drawn["radius_km"] = "60"
    return drawn


def run(check: Callable[..., None], *strategies: Any, examples: int = 60) -> None:
    settings(bounded, max_examples=examples)(given(*strategies)(check))()


@pytest.mark.slow
def test_one_filter_more_never_adds_a_result(demo: House, lexicon: Lexicon) -> None:
    def check(some: Params, more: Params) -> None:
        assume(not more.keys() & some.keys())
        assert demo.all(**more, **some) <= demo.all(**some)

    run(check, params(lexicon, 2), params(lexicon, 1))


def test_the_first_group_never_changes_by_adding_groups(demo: House, lexicon: Lexicon) -> None:
    """Nor does its order: the other groups come after it."""
    others = st.sets(st.sampled_from([group for group in TITLES if group != "exact"]), min_size=1)

    def check(some: Params, more: set[str]) -> None:
        first = demo.ids(**some)
        wider = demo.ask(**some, group=",".join(["exact", *sorted(more)]), per_page="100").results
        assert {result.id for result in wider if result.group == "exact"} <= demo.all(**some)
        assert len([result for result in wider if result.group == "exact"]) == min(len(first), 100)
        places = [list(TITLES).index(result.group) for result in wider]
        assert places == sorted(places)
        assert demo.all(**some) <= demo.all(**some, group=",".join(["exact", *sorted(more)]))
        counted = groups(demo.ask(**some), Snapshot(demo.engine), lexicon)
        assert not counted or counted[0].total == demo.ask(**some).total

    run(check, params(lexicon, 3), others, examples=40)


def test_one_filter_more_never_adds_a_result_to_the_groups_that_hold_the_place(demo: House, lexicon: Lexicon) -> None:
    """« Un peu plus loin » leaves the place out: a place more is another place to be far from."""
    held = "exact,near_trade,to_ask"
    narrowing = st.fixed_dictionaries({"not_kind": st.sampled_from(list(KINDS)), "staff_max": st.just("100")})

    def check(some: Params, more: Params) -> None:
        assume(not more.keys() & some.keys())
        assert demo.all(**more, **some, group=held) <= demo.all(**some, group=held)

    run(check, params(lexicon, 2), narrowing, examples=30)


@pytest.mark.parametrize("place", POINTS_OF_FRANCE)
def test_a_larger_radius_never_loses_a_result(demo: House, place: str) -> None:
    def check(radius: float, more: float, word: str | None) -> None:
        words = {} if word is None else {"q": word}
        smaller = demo.all(near=place, radius_km=str(radius), **words)
        assert smaller <= demo.all(near=place, radius_km=str(min(200.0, radius + more)), **words)

    run(check, st.floats(0.1, 199), st.floats(0, 100), st.none() | st.sampled_from(WORDS), examples=20)


def test_pages_together_are_the_whole_once(demo: House, lexicon: Lexicon) -> None:
    def check(some: Params, size: int, sort: str) -> None:
        asked = {**some, "sort": sort, **({"seed": "une graine"} if sort == "neutral" else {})}
        total = demo.ask(**asked).total
        pages = [
            result.id
            for page in range(1, -(-total // size) + 1)
            for result in demo.ask(**asked, page=str(page), per_page=str(size)).results
        ]
        assert len(pages) == len(set(pages)) == total
        assert set(pages) == demo.all(**some)

    sorts = st.sampled_from(["relevance", "name", "updated", "neutral"])
    run(check, params(lexicon), st.integers(7, 100), sorts, examples=30)


def test_parts_add_up_to_the_score(demo: House, lexicon: Lexicon) -> None:
    met: set[str] = set()

    def check(some: Params) -> None:
        found = demo.ask(**some, per_page="100")
        assert sum(found.plan.weights.values()) == pytest.approx(1.0)
        scores = [result.score for result in found.results]
        assert scores == sorted(scores, reverse=True)
        for result in found.results:
            assert sum(part.points for part in result.components) == result.score <= POINTS + len(result.components)
            assert [part.name for part in result.components] == list(found.plan.weights)
            for part in result.components:
                assert 0 <= part.value <= 1
                # one point a word at least, and a point of rounding: the value is the share of the weight
                assert part.value * part.weight * POINTS == pytest.approx(part.points, abs=3)
                met.update([part.name] if part.points else [])

    run(check, params(lexicon), examples=100)
    assert met == {"words", "phrase", "valid", "trade", "coverage", "distance", "capacity", "freshness"}


def test_the_score_of_a_supplier_depends_on_nobody_else(demo: House, lexicon: Lexicon) -> None:
    """A filter leaves the others' scores as they were: filters are filters."""

    def check(some: Params, more: Params) -> None:
        wide = {result.id: result.score for result in demo.ask(**some, per_page="100").results}
        for result in demo.ask(**more, **some, per_page="100").results:
            assert result.score == wide.get(result.id, result.score)

    filters = st.fixed_dictionaries({"not_kind": st.sampled_from(list(KINDS)), "staff_max": st.just("100")})
    run(check, params(lexicon).filter(lambda one: not {"not_kind", "staff_max"} & one.keys()), filters)


def test_an_unknown_capacity_never_stands_above_a_proven_fit_all_else_equal(
    embedded: EmbeddedStore, lexicon: Lexicon
) -> None:
    """The same structures three times: able, of unknown turnover, too small."""
    models = [record for record in demo_records(160) if record.siret and record.closed is not True][:60]
    copies = [_copy(model, number, copy) for number, model in enumerate(models) for copy in range(3)]
    house = serve(embedded, copies, lexicon)
    kinds = {supplier.website.value: supplier.id for supplier in house.suppliers if supplier.website is not None}
    assert len(kinds) == len(copies)
    compared = 0

    def check(some: Params, amount: int) -> None:
        nonlocal compared
        some = {name: value for name, value in some.items() if name not in ("turnover_min", "lot_amount")}
        place = {id_: place for place, id_ in enumerate(house.ids(**some, lot_amount=str(amount)))}
        for number in range(len(models)):
            able, unknown, small = (place.get(kinds[f"{number}-{copy}"]) for copy in range(3))
            if able is not None and unknown is not None:
                assert able < unknown
                compared += 1
            if unknown is not None and small is not None:
                assert unknown < small

    run(check, params(lexicon, 2), st.integers(1_000, 2_000_000))
    assert compared >= 50


def _copy(model: Record, number: int, copy: int) -> Record:
    """Same name, place and offers under another number; turnover: 1 milliard, none, 100 €."""
    turnover = ((Capacity(value=1e9, unit="eur_year"),), (), (Capacity(value=100, unit="eur_year"),))[copy]
    siren = f"{900_000_00 + number * 3 + copy:08d}"
    changes = {
        "source_id": f"{number}-{copy}",
        "website": f"{number}-{copy}",
        "siret": None,
        "siren": None,
        "finess": f"75{siren[-7:]}",
        "capacities": turnover,
    }
    return model.model_copy(update=changes)


# --- words


def test_any_string_gets_an_answer(demo: House) -> None:
    def check(q: str) -> None:
        query = SupplierQuery(q=q)
        found = demo.find(query)
        assert found.total >= len(found.results)

    everything = st.text(st.characters(exclude_categories=("Cs",)), min_size=2, max_size=200)
    odd = st.text(
        st.sampled_from("\x00\x07\x1b\t\n \u200b\u0301\ufeff'’\"*:()[]{}~^?+-/\\&|!🧹é"), min_size=2, max_size=200
    )
    known = st.lists(st.sampled_from([*WORDS, "🧹", "\x00", "AND", "OR", "NOT", "*"]), min_size=1, max_size=9)
    run(check, everything | odd | known.map(" ".join).filter(lambda q: 2 <= len(q) <= 200), examples=250)


@pytest.mark.parametrize(
    "q", ["🧹" * 100, "\x00" * 200, "a" * 200, "é" * 200, "l'" * 100, " " * 200, "-- ;", "\u0301" * 5]
)
def test_the_oddest_strings_get_an_answer(demo: House, q: str) -> None:
    assert demo.find(SupplierQuery(q=q)).total >= 0


FORMS: dict[str, Callable[[str], str]] = {
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "upper case": str.upper,
    "no accent": lambda text: "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)),
    "double spaces": lambda text: f"  {text.replace(' ', '   ')} ",
    "no-break spaces": lambda text: text.replace(" ", "\N{NO-BREAK SPACE}"),
}


@pytest.mark.parametrize("form", FORMS)
def test_one_answer_however_it_is_typed(demo: House, lexicon: Lexicon, form: str) -> None:
    names = [supplier.name.value for supplier in demo.suppliers[::12]]
    said = [word for trade in list(lexicon.trades)[::9] for word in trade.words[:2]]

    def check(text: str) -> None:
        plain, typed = (demo.find(SupplierQuery(q=q, per_page=50)) for q in (text, FORMS[form](text)[:200]))
        assert [(one.id, one.score) for one in typed.results] == [(one.id, one.score) for one in plain.results]
        assert typed.total == plain.total

    run(check, st.sampled_from([text for text in (*names, *said, *WORDS) if len(text) < 60]), examples=60)


def test_the_order_of_the_words_changes_nobody_found(demo: House, lexicon: Lexicon) -> None:
    """But for words that make an expression together (« espaces verts »), and for a last word that only begins a name."""
    single = [
        "nettoyage",
        "traiteur",
        "blanchisserie",
        "fictif",
        "insertion",
        "atelier",
        "jardin",
        "solidaire",
        "xylophone",
    ]

    def check(words: list[str]) -> None:
        ordered, other = " ".join(words), " ".join(reversed(words))
        assume("xylophone" not in (words[0], words[-1]))
        assert demo.all(q=other) == demo.all(q=ordered)
        assert demo.ask(q=other).plan.notices == demo.ask(q=ordered).plan.notices

    run(check, st.lists(st.sampled_from(single), min_size=2, max_size=4, unique=True))


# --- neutral order


def test_a_neutral_order_is_fixed_by_its_seed_alone(demo: House, lexicon: Lexicon) -> None:
    def check(some: Params, seed: str, size: int) -> None:
        ids = demo.all(**some)
        expected = sorted(ids, key=lambda id_: neutral_key(seed, id_))[:100]
        assert demo.ids(**some, sort="neutral", seed=seed) == expected
        small = demo.ids(**some, sort="neutral", seed=seed, per_page=str(size))
        assert small == expected[:size]

    run(check, params(lexicon, 2), st.text(st.characters(codec="utf-8"), min_size=1, max_size=64), st.integers(1, 99))


def test_a_neutral_order_without_seed_tells_the_one_it_drew(demo: House) -> None:
    found = demo.ask(sort="neutral", q="nettoyage")
    assert found.seed
    again = demo.ask(sort="neutral", q="nettoyage", seed=found.seed)
    assert [one.id for one in again.results] == [one.id for one in found.results]
    assert demo.ask(sort="neutral", q="nettoyage").seed != found.seed


def test_over_many_seeds_everyone_comes_first_as_often() -> None:
    """1/n ± 4σ over 1,000 seeds (docs/methods.md (g))."""
    ids = [f"v{number}" for number in range(10)]
    firsts = [min(ids, key=lambda id_: neutral_key(str(seed), id_)) for seed in range(1_000)]
    sigma = (1_000 * 0.1 * 0.9) ** 0.5
    assert all(abs(firsts.count(id_) - 100) <= 4 * sigma for id_ in ids)


# --- dates


@pytest.mark.parametrize("held", ["agreements", "labels"])
def test_what_is_expired_is_not_counted_and_was_before(demo: House, held: str) -> None:
    name, code = ("kind", "kind") if held == "agreements" else ("label", "code")
    checked = 0
    for supplier in demo.suppliers:
        facts = getattr(supplier, held)
        ends = {getattr(one.value, code): one.value.valid_until for one in facts}
        for value, end in ends.items():
            alone = sum(getattr(one.value, code) == value for one in facts) == 1
            suspended = any(getattr(one.value, "suspended", False) for one in facts)
            if end is None or not alone or suspended or (supplier.closed and supplier.closed.value):
                continue
            assert _found(demo, supplier.id, end, **{name: value})
            assert not _found(demo, supplier.id, end + timedelta(days=1), **{name: value})
            checked += 1
            if checked >= 40:
                return
    assert checked >= 15


def _found(demo: House, id_: str, day: date, **filters: str) -> bool:
    return demo.ids(q=id_, as_of=day.isoformat(), **filters) == [id_]


# --- both engines


@pytest.mark.slow
def test_the_order_is_the_same_on_both_engines(demo: House, demo_on_node: House, lexicon: Lexicon) -> None:
    answered = 0

    def check(some: Params) -> None:
        nonlocal answered
        ours, theirs = (house.ask(**some, per_page="50") for house in (demo, demo_on_node))
        answered += bool(ours.results)
        assert ours.total == theirs.total
        assert ours.plan.notices == theirs.plan.notices
        assert [(one.id, one.score, one.components, one.reasons) for one in ours.results] == [
            (one.id, one.score, one.components, one.reasons) for one in theirs.results
        ]

    run(check, params(lexicon), examples=60)
    assert answered >= 20


def test_the_neutral_order_is_the_same_on_both_engines(demo: House, demo_on_node: House) -> None:
    for seed in ("a", "b"):
        asked = {"q": "nettoyage", "sort": "neutral", "seed": seed}
        assert demo.ids(**asked) == demo_on_node.ids(**asked) != []
