"""What an unknown word may mean among the words of a generation."""

from __future__ import annotations

import pytest

from vivier.lexicon import Lexicon
from vivier.text.vocabulary import Vocabulary, WordCounter


def words(*known: str, **frequencies: int) -> Vocabulary:
    return Vocabulary(100, {word: (frequencies.get(word, 1), word) for word in (*known, *frequencies)})


@pytest.mark.parametrize(
    ("word", "known", "found"),
    [
        ("peinturre", ("peinture",), ("peinture",)),
        ("peinture", ("plomberie",), ()),
        ("bacs", ("sacs", "vacs"), ()),  # 75: one slip in four letters is under the least likeness
        ("abc", ("abcd",), ()),
        ("abcd", ("abcde", "abc", "ab"), ("abcde", "abc")),
        ("lot12", ("lots12",), ()),
        ("jardinag", ("jardinage",), ("jardinage",)),
        ("vitreri", ("vitrerieee",), ()),  # three letters more are not looked at
    ],
)
def test_a_word_near_enough_is_found_and_no_other(word: str, known: tuple[str, ...], found: tuple[str, ...]) -> None:
    assert words(*known).nearest(word) == found


@pytest.mark.parametrize(("word", "kept"), [("abcdefghi", False), ("abcdefghij", True)])
def test_a_second_word_is_kept_within_five_points_of_the_best(word: str, kept: bool) -> None:
    """A letter left out is worth 94.1 and one replaced 88.9 in nine letters; 94.7 and 90 in ten."""
    best, second = word[:-1], f"{word[:-1]}z"
    assert words(best, second).nearest(word) == ((best, second) if kept else (best,))


def test_equals_are_ordered_by_their_use_and_three_are_given() -> None:
    known = words("tontea", "tonteb", "tontec", "tonted", tonteb=9)
    assert known.nearest("tonte") == ("tonteb", "tontea", "tontec")
    assert (known.frequency("tonteb"), known.frequency("inconnu"), known.written("inconnu")) == (9, 0, "inconnu")


def test_a_word_that_nobody_uses_is_written_as_it_is() -> None:
    known = Vocabulary(3, {"jardin": (2, "Jardin")})
    assert "jardin" in known and "tonte" not in known
    assert (known.frequency("jardin"), known.frequency("tonte")) == (2, 0)
    assert (known.written("jardin"), known.written("tonte")) == ("Jardin", "tonte")
    assert known.nearest("jardn1") == () and known.nearest("jardni")


TEXTS = (["Jardins et jardinage", "tonte"], ["Le jardin", "Tontes"], ["JARDIN"])


def test_words_counted_apart_or_at_once_are_the_same(lexicon: Lexicon) -> None:
    analysis = lexicon.analysis
    at_once, apart, merged = WordCounter(analysis), WordCounter(analysis), WordCounter(analysis)
    for texts in TEXTS:
        analysed = [" ".join(analysis.tokens("french", text)) for text in texts]
        for _ in range(2):
            at_once.add(texts, analysed)
            apart.add_words(apart.words_of(texts, analysed))
            merged.merge(apart.take())
    whole = at_once.vocabulary()
    assert whole.documents == 6 and dict(whole.entries) == dict(merged.vocabulary().entries)
    assert whole.entries["jardin"] == (6, "jardin") and whole.entries["tont"] == (4, "tonte")
    assert list(whole.entries) == sorted(whole.entries)
    taken = at_once.take()
    assert taken.documents == 6 and taken.frequency("jardin") == 6
    again = at_once.take()
    assert (again.documents, len(again.entries)) == (0, 0)


def test_a_form_without_its_word_is_handed_over_and_counts_for_nothing(lexicon: Lexicon) -> None:
    counter, merged = WordCounter(lexicon.analysis), WordCounter(lexicon.analysis)
    counter.add(["Jardins"], [])
    taken = counter.take()
    assert taken.entries == {"jardin": (0, "jardins")} and taken.documents == 1
    merged.merge(taken)
    assert "jardin" not in merged.vocabulary()
    counter.add(["jardin"], ["jardin"])
    merged.merge(counter.take())
    assert merged.vocabulary().entries == {"jardin": (1, "jardin")} and merged.vocabulary().documents == 2
