"""Words that nobody has together: most of them are enough, a last word typed in part begins a name, and the answer says so."""

from __future__ import annotations

import pytest

from tests.suppliers.conftest import TODAY, House
from vivier.search.snapshot import Snapshot
from vivier.suppliers.explain import explain
from vivier.suppliers.fewer_words import readings
from vivier.suppliers.plan import plan_search
from vivier.suppliers.query import SupplierQuery

SEARCHES = (
    "pelouses xylophone",
    "imprimerie palettes",
    "nettoyage lyon archives",
    "tonte pelouse xylophone blanchisserie",
    "Les Jardins du Conf",
    "ate",
    "ESAT Les Jard",
    "xylophone",
)


def names(house: House, q: str, **more: str) -> list[str]:
    return [result.record["name"]["value"] for result in house.ask(q=q, **more).results]


def notice(house: House, q: str) -> str:
    return " ".join(house.ask(q=q).plan.notices)


def test_a_word_that_nobody_uses_is_left_out_and_said(judged: House) -> None:
    assert judged.all(q="pelouses xylophone") == judged.all(q="pelouses") != set()
    said = "Aucun fournisseur n'emploie « xylophone » : recherche faite sans ce mot."
    assert notice(judged, "pelouses xylophone") == said


def test_a_word_that_nobody_uses_finds_nobody_alone(judged: House) -> None:
    assert judged.ask(q="xylophone").total == 0


def test_most_of_the_words_are_enough_when_nobody_has_them_all(judged: House) -> None:
    found = judged.all(q="imprimerie palettes")
    assert found == judged.all(q="imprimerie") | judged.all(q="palettes")
    assert "au moins 1 sur 2" in notice(judged, "imprimerie palettes")


def test_what_no_trade_sells_is_said_first_and_searched_by_all_its_words(judged: House) -> None:
    found = judged.ask(need="contrat d'assurance de la commune et de ses jardins")
    assert (found.total, found.plan.notices[0]) == (0, "Hors du champ de l'annuaire : assurance.")
    assert judged.ask(q="jardins").total > 0


def test_who_has_more_of_the_words_comes_first(judged: House) -> None:
    q = "tonte pelouse blanchisserie"
    assert "au moins 2 sur 3" in notice(judged, q)
    assert judged.all(q=q) == judged.all(q="tonte pelouse")


def test_nothing_changes_when_somebody_has_all_the_words(judged: House) -> None:
    for q in ("pelouses", "espaces verts", "nettoyage de locaux", "Jardins du Confluent", "Éclat d'Armor"):
        strict = plan_search(SupplierQuery(q=q), judged.lexicon, TODAY, Snapshot(judged.engine).suppliers.vocabulary())
        found = judged.ask(q=q)
        assert found.plan.search == strict.search
        assert found.total > 0


@pytest.mark.slow
def test_how_words_are_read_depends_on_no_filter(judged: House) -> None:
    for q in SEARCHES:
        words = judged.ask(q=q).plan.words
        assert words is not None
        for more in ({"kind": "ESAT"}, {"territory": "departement:2A"}, {"trade": "traiteur"}):
            filtered = judged.ask(q=q, **more)
            assert filtered.plan.words is not None
            assert [group.typed for group in filtered.plan.words.groups] == [group.typed for group in words.groups]
            assert (filtered.plan.words.text.least, filtered.plan.notices) == (words.text.least, words.notices)
            assert judged.all(q=q, **more) <= judged.all(q=q)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Les Jardins du Conf", "Jardins du Confluent"),
        ("jardins du conf", "Jardins du Confluent"),
        ("ECLAT D'ARM", "Éclat d'Armor"),
        ("Les Uns et les Aut", "Les Uns et les Autres"),
        ("Feuille à Feu", "Feuille à Feuille"),
    ],
)
def test_a_name_is_found_while_it_is_typed(judged: House, typed: str, name: str) -> None:
    assert names(judged, typed)[0] == name


def test_only_a_name_is_read_from_its_beginning(judged: House) -> None:
    """« ate » begins « atelier », which many write in their presentation: only names are looked up."""
    begun = names(judged, "ate", per_page="100")
    assert begun
    assert all(any(word.startswith("ate") for word in name.lower().split()) for name in begun)


def test_only_the_last_word_may_be_typed_in_part(judged: House) -> None:
    words = judged.ask(q="conf jardins").plan.words
    assert words is not None
    assert all(phrase.field != "text_begin" for group in words.text.groups[:-1] for phrase in group)


def test_a_number_begins_no_name(judged: House) -> None:
    assert "début" not in notice(judged, "imprimerie 35999")


def test_a_word_that_somebody_uses_is_no_beginning(judged: House) -> None:
    words = judged.ask(q="jardin").plan.words
    assert words is not None
    assert all(phrase.field != "text_begin" for group in words.text.groups for phrase in group)


@pytest.mark.parametrize(
    ("q", "ways"),
    [
        ("pelouses xylophone", ["begun", 1]),
        ("tonte pelouse xylophone blanchisserie", ["as typed", "begun", 3, 2]),
        ("tonte pelouse palettes traiteur blanchisserie", ["as typed", "begun", 3]),
        ("ESAT Les Jard", ["begun", 1]),
        ("nettoyage entretein", ["begun", 1]),
        ("tonte xylophone 35999", ["as typed", 1]),
        ("xylophone 35999", ["as typed"]),
        ("xylophone", ["begun"]),
        ("tonte pa", ["begun", 1]),
        ("tonte p", ["as typed", 1]),
    ],
)
def test_words_are_read_in_ways_that_ask_for_less_and_less(judged: House, q: str, ways: list[str | int]) -> None:
    """A last word that nobody uses, itself or corrected, is begun at once; a letter or a number never is."""
    plan = plan_search(SupplierQuery(q=q), judged.lexicon, TODAY, Snapshot(judged.engine).suppliers.vocabulary())
    assert plan.words is not None
    every = [words.text for words in readings(plan.words, q, judged.lexicon)]
    begun = [text.groups[-1][-1].field == "text_begin" for text in every]
    assert [
        text.least or ("begun" if is_begun else "as typed") for text, is_begun in zip(every, begun, strict=True)
    ] == ways
    for text in (text for text, is_begun in zip(every, begun, strict=True) if is_begun):
        *others, beginning = text.groups[-1]
        assert beginning.points == round(max(phrase.points for phrase in others) * 0.5)


def test_names_of_stop_words_are_not_found_by_some_of_them(judged: House) -> None:
    words = judged.ask(q="les uns et les vos").plan.words
    assert words is not None
    assert [one.text.least for one in readings(words, "les uns et les vos", judged.lexicon)] == [None]


def test_the_explanation_tells_a_beginning(judged: House) -> None:
    (one,) = judged.ids(q="Les Jardins du Conf")[:1]
    query = SupplierQuery(q="Les Jardins du Conf")
    told = explain(one, query, Snapshot(judged.engine), judged.lexicon, TODAY)
    begun = told.words[-1].alternatives[-1]
    assert (begun.origin, begun.found_in) == ("début d'un mot du nom", ("nom, par le début d'un mot",))
    assert told.matches


@pytest.mark.node
def test_both_engines_read_words_alike(demo: House, demo_on_node: House) -> None:
    for q in (*SEARCHES, "nettoyage xylophone espaces", "blanchisserie palettes lyon", "ateliers du lav"):
        ours, theirs = (house.ask(q=q, per_page="100") for house in (demo, demo_on_node))
        assert (ours.total, ours.plan.notices) == (theirs.total, theirs.plan.notices)
        assert [(one.id, one.score) for one in ours.results] == [(one.id, one.score) for one in theirs.results]
