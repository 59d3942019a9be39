"""The words of a query: each by itself, a synonym, or what it may have meant, said aloud."""

from __future__ import annotations

import pytest

from tests.suppliers.conftest import House
from vivier.lexicon import Lexicon
from vivier.search.operators import Phrase
from vivier.search.scoring import CORRECTION_KEEPS, FIELD_VALUES, POINTS, SYNONYM_KEEPS
from vivier.search.words import Words, read_words, without_question
from vivier.text.vocabulary import NO_VOCABULARY, Vocabulary, WordCounter


def known(lexicon: Lexicon, *texts: str) -> Vocabulary:
    """The words of suppliers that say these texts, one each."""
    counter = WordCounter(lexicon.analysis)
    for text in texts:
        counter.add([text], [" ".join(lexicon.analysis.tokens("french", text))])
    return counter.vocabulary()


def read(q: str, lexicon: Lexicon, vocabulary: Vocabulary = NO_VOCABULARY) -> Words:
    words = read_words(q, lexicon, vocabulary, 0.8, 0.2)
    assert words is not None
    return words


def best(group: tuple[Phrase, ...], tokens: tuple[str, ...]) -> int:
    """The most points that a group gives for some tokens, whatever the field."""
    return max(phrase.points for phrase in group if phrase.tokens == tokens)


def points(house: House, q: str) -> dict[str, int]:
    return {result.record["name"]["value"]: result.score for result in house.ask(q=q, per_page="100").results}


def test_a_word_is_written_the_same_whatever_the_order_and_the_processes_that_counted_it(lexicon: Lexicon) -> None:
    texts = ["RÉNOVATIONS", "rénovation, ALENCON", "renovation", "Alençon", "d'espaces verts"]
    for order in (texts, texts[::-1]):
        whole, shared = known(lexicon, *order), WordCounter(lexicon.analysis)
        for text in order:
            shared.merge(known(lexicon, text))
        assert shared.vocabulary() == whole
        assert whole.written("alencon") == "alençon"
        assert whole.written(*lexicon.analysis.tokens("french", "rénovations")) == "rénovation"


# --- correction


def test_an_unknown_word_is_corrected_and_the_notice_shows_it_as_typed(lexicon: Lexicon) -> None:
    words = read("Pelouzes", lexicon, known(lexicon, "tonte de pelouse", "blanchisserie"))
    assert words.notices == ("Aucun fournisseur n'emploie « pelouzes » : recherche élargie à « pelouse ».",)
    assert ("pelous",) in {phrase.tokens for group in words.text.groups for phrase in group}


def test_a_known_word_is_not_corrected(lexicon: Lexicon) -> None:
    assert read("pelouse", lexicon, known(lexicon, "pelouse", "pelote")).notices == ()


def test_a_word_known_by_a_synonym_is_not_corrected(lexicon: Lexicon) -> None:
    assert read("tondre", lexicon, known(lexicon, "tonte", "tonnelle")).notices == ()


def test_a_short_word_or_a_number_is_not_guessed(lexicon: Lexicon) -> None:
    assert read("boi lot12", lexicon, known(lexicon, "bois", "lots")).notices == ()


def test_a_word_near_nothing_stays_as_it_is(lexicon: Lexicon) -> None:
    words = read("xylophone", lexicon, known(lexicon, "blanchisserie"))
    assert words.notices == ()
    assert len({phrase.tokens for phrase in words.text.groups[0]}) == 1


def test_only_the_unknown_word_is_corrected(lexicon: Lexicon) -> None:
    words = read("tonte de pelouzes", lexicon, known(lexicon, "tonte de pelouse"))
    assert len(words.notices) == 1
    assert "« pelouzes »" in words.notices[0]


def test_without_the_words_of_a_generation_nothing_is_corrected(lexicon: Lexicon) -> None:
    assert read("pelouzes", lexicon).notices == ()


def test_a_corrected_search_finds_and_says_so(judged: House) -> None:
    found = judged.ask(q="Eclat d'Armore")
    assert [one.record["name"]["value"] for one in found.results] == ["Éclat d'Armor"]
    assert "« armore »" in found.plan.notices[0]


# --- points


def test_the_word_is_worth_more_than_a_synonym_and_a_synonym_than_a_correction(lexicon: Lexicon) -> None:
    group = read("tonte", lexicon, known(lexicon, "tonte", "tondre")).text.groups[0]
    own = best(group, ("tont",))
    synonyms = {phrase.points for phrase in group if phrase.tokens != ("tont",) and phrase.field == "text_name"}
    assert synonyms == {round(own * SYNONYM_KEEPS)}
    corrected = read("pelouzes", lexicon, known(lexicon, "pelouse")).text.groups[0]
    assert best(corrected, ("pelous",)) == round(best(corrected, ("pelouz",)) * CORRECTION_KEEPS)
    assert CORRECTION_KEEPS < SYNONYM_KEEPS < 1


def test_the_name_is_worth_more_than_an_offer_and_an_offer_than_the_rest(lexicon: Lexicon) -> None:
    group = read("pelouse", lexicon, known(lexicon, "pelouse")).text.groups[0]
    by_field = {phrase.field: phrase.points for phrase in group if phrase.tokens == ("pelous",)}
    assert by_field["text_name"] > by_field["text_offers"] > by_field["text_more"]
    assert by_field["text_offers"] == round(by_field["text_name"] * FIELD_VALUES["text_offers"])


def test_a_name_as_written_is_worth_more_than_by_its_roots(lexicon: Lexicon) -> None:
    tiers = {tier.where.groups[0][0].field: tier.points for tier in read("jardins", lexicon).phrase.tiers}  # type: ignore[union-attr]
    assert tiers["text_name_exact"] == POINTS * 0.2
    assert tiers["text_name_exact"] > tiers["text_name"] > tiers["text_offers"]


def test_exact_then_stemmed_then_synonym_in_the_order_of_results(judged: House) -> None:
    """« Jardins du Confluent » writes it; « jardin » has the same root only; the others say it in an offer."""
    exact, stemmed = points(judged, "jardins"), points(judged, "jardin")
    assert exact["Jardins du Confluent"] > stemmed["Jardins du Confluent"]
    said, synonym = points(judged, "publipostage"), points(judged, "routage")
    assert said["L'Enveloppe Bleue"] > synonym["L'Enveloppe Bleue"]


def test_a_rare_word_weighs_more_than_a_common_one(lexicon: Lexicon) -> None:
    vocabulary = known(lexicon, *["atelier du bois"] * 50, "atelier lamineur")
    common, rare = read("atelier lamineur", lexicon, vocabulary).text.groups
    assert max(phrase.points for phrase in rare) > max(phrase.points for phrase in common)


@pytest.mark.parametrize(("one", "other"), [("pelouse", "lyon"), ("atelier", "imprimerie")])
def test_every_word_must_be_found_when_somebody_has_them_all(judged: House, one: str, other: str) -> None:
    assert judged.all(q=f"{one} {other}") == judged.all(q=one) & judged.all(q=other) != set()


# --- stop words and nothing


def test_a_name_of_stop_words_is_looked_for_as_it_is_written(judged: House) -> None:
    found = judged.ask(q="Les Uns et les Autres")
    assert [one.record["name"]["value"] for one in found.results] == ["Les Uns et les Autres"]


@pytest.mark.parametrize("q", ["", "  ", "\t"])
def test_a_blank_field_is_no_words_and_narrows_nothing(judged: House, q: str) -> None:
    assert judged.ids(q=q, kind="ESAT") == judged.ids(kind="ESAT") != []


@pytest.mark.parametrize("q", ["-- ;", "!!", "🧹🧹"])
def test_what_holds_no_word_finds_nobody_rather_than_everybody(judged: House, q: str) -> None:
    assert read_words(q, judged.lexicon, NO_VOCABULARY, 0.8, 0.2) is None
    assert judged.ask(q=q).total == 0


def test_a_siret_is_found_with_or_without_spaces(judged: House) -> None:
    supplier = judged.named("Presse à Pédales")
    assert supplier.siret is not None
    siret = supplier.siret.value
    for written in (siret, f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}", f" {siret} "):
        assert judged.ids(q=written) == [supplier.id]


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("qui peut tondre nos pelouses ?", "tondre nos pelouses ?"),
        ("Qui pourrait nous faire des repas", "des repas"),
        ("je cherche un traiteur", "un traiteur"),
        ("Quelles structures font du nettoyage", "du nettoyage"),
        ("où trouver des fleurs", "des fleurs"),
        ("tonte de pelouse", "tonte de pelouse"),
        ("Qui Vive", "Qui Vive"),
        ("qui peut", "qui peut"),
    ],
)
def test_the_words_of_a_question_are_set_aside(question: str, left: str) -> None:
    assert without_question(question) == left


def test_a_question_finds_what_its_object_finds(judged: House) -> None:
    assert judged.ids(q="qui peut faire du publipostage ?") == judged.ids(q="publipostage") != []
