"""The one fact that would have opened a purchase, told from an authored profile and an authored purchase; a profile answered by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.search_api.contracts.corpus import TODAY
from vivier.contracts.missed import _departements_of, _stretches, changes
from vivier.contracts.missed_query import Fact, MissedQuery
from vivier.contracts.missed_question import Question, _exactly_one
from vivier.contracts.profile import Profile, Zone
from vivier.contracts.query_profile import _check_number, _number, answered, profile_with
from vivier.errors import InvalidRequest
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon
from vivier.search.operators import AnyOf, Not, Terms, conjunction
from vivier.search.port import Hit

HERE = (-1.68, 48.11)
GARDENS = "entretien-espaces-verts"


def question(lexicon: Lexicon, record: Any = None, own: Profile | None = None, **query: Any) -> Question:
    return Question(
        MissedQuery(**{"trade": (GARDENS,), **query}), own, record, lexicon, TODAY, {"contracts": ("FSC", "PEFC")}
    )


def told(asked: Question, fact: Fact, distance: float | None = None, **record: Any) -> list[tuple[MissedQuery, str]]:
    found = changes(asked, Hit("k1", 0, distance, record), fact)
    return [(query, text.replace("\u202f", " ").replace("\u00a0", " ")) for query, text in found]


@pytest.mark.parametrize(
    ("distance", "km", "more"),
    [
        (12.0, 15, "5 km de plus"),
        (15.0, 15, "5 km de plus"),
        (15.1, 20, "10 km de plus"),
        (200.0, 200, "190 km de plus"),
    ],
)
def test_a_place_out_of_a_circle_is_told_by_steps_of_five_kilometres(
    lexicon: Lexicon, distance: float, km: float, more: str
) -> None:
    asked = question(lexicon, near=HERE, radius_km=10.0)
    ((query, text),) = told(asked, "farther", distance)
    assert text == f"{more} : un rayon de {km} km au lieu de 10 km"
    assert (query.near, query.radius_km, query.territory) == (HERE, km, ())


def test_a_place_too_far_or_unknown_is_told_by_no_kilometres(lexicon: Lexicon) -> None:
    asked = question(lexicon, near=HERE, radius_km=10.0)
    assert (
        told(asked, "farther", 200.1) == told(asked, "farther", None) == told(question(lexicon), "farther", 3.0) == []
    )
    around = question(lexicon, territory=("departement:35",))
    found = told(around, "farther", places=["commune:59350", "departement:62"], place="departement:01")
    assert [text for _, text in found] == [
        f"servir aussi un département : {name}" for name in ("Nord", "Pas-de-Calais")
    ]
    assert found[0][0].territory == ("departement:35", "departement:59")


@pytest.mark.parametrize(
    ("record", "found"),
    [
        ({"places": ["commune:35238"], "place": "departement:59"}, ["departement:35"]),
        ({"place": "departement:59", "buyer_seat": "departement:35"}, ["departement:59"]),
        ({"buyer_seat": "commune:35238"}, ["departement:35"]),
        ({"places": []}, []),
        ({}, []),
    ],
)
def test_the_departements_are_those_of_the_places_else_of_the_buyer(
    lexicon: Lexicon, record: dict[str, Any], found: list[str]
) -> None:
    assert list(_departements_of(record, lexicon)) == found


def test_partners_another_kind_and_a_label_are_told_by_their_number_and_name(lexicon: Lexicon) -> None:
    asked = question(lexicon, turnover=100.0, kind=("EI",), label=("FSC",))
    partners = told(asked, "partner")
    assert [(query.turnover, text) for query, text in partners] == [
        (200, "répondre à 2 : 1 partenaire de votre taille, en cotraitance"),
        (300, "répondre à 3 : 2 partenaires de votre taille, en cotraitance"),
        (400, "répondre à 4 : 3 partenaires de votre taille, en cotraitance"),
    ]
    assert told(question(lexicon), "partner") == []
    ((query, text),) = told(asked, "kind", reserved_for=["EA_ESAT", "zzz"])
    assert query.kind == ("EI", "EA") and text.startswith("réservé à d'autres : ") and text.endswith("(vous êtes EI)")
    object_ = f"Mobilier {LABELS['FSC'].name} et {LABELS['PEFC'].name}"
    ((query, text),) = told(asked, "label", object=object_)
    assert (query.label, text) == (("FSC", "PEFC"), f"un label nommé dans l'objet : {LABELS['PEFC'].name}")


def test_a_trade_like_those_of_the_profile_is_told_and_none_that_it_refuses(lexicon: Lexicon) -> None:
    asked = question(lexicon)
    near = asked.near()
    assert len(near) > 1 and GARDENS not in near
    refused = {"not_offered": [{"value": {"trade": near[0]}}, {"value": {"words": "x"}}]}
    left = question(lexicon, refused).near()
    assert near[0] not in left and left
    unknown = told(asked, "trade", object="Lot 3")
    assert [query.trade for query, _ in unknown] == [(GARDENS, code) for code in near]
    assert {text for _, text in unknown} == {"publier vos métiers ; celui de ce lot n'est pas précisé"}
    name = lexicon.trades.get(near[0]).name
    (query, text), *_ = told(asked, "trade", object=name)
    assert (query.trade, text) == ((GARDENS, near[0]), f"un métier non publié : {name}")
    assert len(told(asked, "trade", object=name)) < len(near)
    supposed = Profile((), Zone(), supplier="s1", supposed=((near[0], 0.4), (GARDENS, 0.3)))
    silent = Question(MissedQuery(supplier="s1"), supposed, None, lexicon, TODAY, {})
    assert silent.facts() == ("supposed", "trade", "farther", "partner", "kind", "label")
    ((query, text),) = told(silent, "supposed", object="Lot 3")
    assert query.trade == (near[0],) and text == "publier vos métiers ; celui de ce lot n'est pas précisé"
    first, *_ = told(silent, "supposed", object=name)
    assert first[0].trade == (near[0],)
    assert first[1] == f"publier ce métier, que votre type ou votre nom laisse supposer : {name}"


def test_a_question_knows_its_number_its_labels_and_what_its_profile_may_lack(lexicon: Lexicon) -> None:
    label = {"labels": [{"value": {"code": "PEFC"}}]}
    assert (
        question(lexicon, label, label=("FSC",)).own_labels() == {"PEFC", "FSC"} and question(lexicon)._siren() is None
    )
    sirens = [
        question(lexicon, record)._siren()
        for record in ({}, {"siren": {"value": "1"}}, {"siret": {"value": "12345678900011"}})
    ]
    assert sirens == [None, "1", "123456789"]
    assert question(lexicon, label)._lacking("contracts") == ["FSC"] and question(lexicon)._lacking("notices") == []
    assert question(lexicon).facts() == ("nothing", "trade", "farther", "partner", "kind", "label")
    ordinary = question(lexicon, label=("FSC",))
    assert ordinary.profile.ordinary and "kind" not in ordinary.facts()
    again = ordinary.again(MissedQuery(trade=("traiteur",)))
    assert again.profile.trades == ("traiteur",) and again.as_of == TODAY and again._named is ordinary._named


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_one_condition_holds_and_no_other_whatever_their_groups(count: int) -> None:
    each = [Terms("id", (str(number),)) for number in range(count)]
    found = _exactly_one(each)
    assert isinstance(found, AnyOf)

    def holds(operator: Any, true: set[int]) -> bool:
        if isinstance(operator, Terms):
            return int(operator.values[0]) in true
        if isinstance(operator, Not):
            return not holds(operator.of, true)
        of = [holds(own, true) for own in operator.of]
        return any(of) if isinstance(operator, AnyOf) else all(of)

    for number in range(2**count):
        true = {place for place in range(count) if number >> place & 1}
        assert holds(found, true) == (len(true) == 1), true
    assert conjunction(each[0]) == each[0]


def test_a_page_shows_the_facts_in_order_up_to_its_last_place() -> None:
    totals: dict[Fact, int] = {"nothing": 3, "trade": 4, "kind": 2}

    def spans(of_each: int | None = None, **query: int) -> dict[str, tuple[int, int]]:
        return dict(_stretches(totals, MissedQuery(trade=(GARDENS,), **query), of_each))  # type: ignore[arg-type]

    assert spans(page=1, per_page=5) == {"nothing": (0, 3), "trade": (0, 2)}
    assert spans(page=2, per_page=5) == {"trade": (2, 4), "kind": (0, 2)} and spans(page=3, per_page=5) == {}
    assert spans(3) == {"nothing": (0, 3), "trade": (0, 3), "kind": (0, 2)} and spans(0) == {}


def test_a_profile_is_that_of_the_supplier_under_what_is_given_by_hand(lexicon: Lexicon) -> None:
    own = Profile(
        (GARDENS,), Zone(point=HERE, km=9.0), ("EI",), 100.0, supplier="s1", supposed=(("a", 0.5),), possible=("b",)
    )
    same = profile_with(MissedQuery(supplier="s1"), own, lexicon)
    assert same == own
    given = profile_with(MissedQuery(supplier="s1", trade=("traiteur",), kind=("EA",), turnover=7.0), own, lexicon)
    assert (given.trades, given.kinds, given.turnover, given.supposed, given.possible) == (
        ("traiteur",),
        ("EA",),
        7,
        (),
        (),
    )
    assert given.zone == own.zone and given.supplier == "s1"
    told_by_hand = MissedQuery(trade=(GARDENS,), also_trade=("traiteur",), not_trade=(GARDENS,))
    by_hand = profile_with(told_by_hand, None, lexicon)
    assert by_hand.trades == ("traiteur",) and GARDENS in by_hand.refused
    silent = Profile(
        (),
        Zone(),
        supplier="s1",
        supposed=((GARDENS, 0.5), ("traiteur", 0.4), ("impression", 0.2)),
        possible=("impression",),
    )
    found = answered(silent, MissedQuery(supplier="s1", also_trade=("traiteur",), not_trade=("impression",)), lexicon)
    assert (found.trades, found.supposed, found.possible) == ((), (("traiteur", 1.0), (GARDENS, 0.5)), ())
    assert found.answered == ("traiteur",) and found.wanted == ("traiteur", GARDENS)
    assert answered(silent, MissedQuery(supplier="s1"), lexicon) is silent


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("552 100 554", None),
        ("55210055400021", None),
        ("atelier 3", None),
        ("552 100 555", "sa clé de contrôle est fausse"),
        ("12345", "5 chiffres"),
        ("1", "1 chiffre"),
    ],
)
def test_a_mistyped_number_is_no_unknown_supplier(reference: str, words: str | None) -> None:
    numbers = "".join(filter(str.isdigit, reference))
    if words is None:
        _check_number(reference, numbers)
        return
    with pytest.raises(InvalidRequest) as refused:
        _check_number(reference, numbers)
    (error,) = refused.value.errors
    assert error.field == "supplier" and error.message.replace("\u00a0", " ").endswith(f": {words}.")


def test_a_supplier_is_asked_for_by_its_siret_else_by_its_id() -> None:
    assert _number({"id": "s1", "siret": {"value": "1"}}) == "1" and _number({"id": "s1"}) == "s1"  # type: ignore[typeddict-item]
