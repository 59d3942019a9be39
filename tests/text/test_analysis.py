"""What the French analysis does, step by step."""

from __future__ import annotations

import copy
import re
import unicodedata
from typing import Any

import pytest

from mappings import load_json, read_table
from vivier.text import Analysis, AnalysisError, load_analysis, nfc
from vivier.text.folding import fold
from vivier.text.stemmer import light_stem


def french(text: str) -> list[str]:
    return load_analysis().tokens("french", text)


def name(text: str) -> list[str]:
    return load_analysis().tokens("name", text)


@pytest.fixture
def settings() -> dict[str, Any]:
    """A copy of the house's settings, to be spoilt."""
    return copy.deepcopy(load_json("analysis"))


@pytest.fixture(scope="module")
def labels() -> list[str]:
    return [row.get("label_fr") or row["label"] for table in ("cpv", "naf") for row in read_table(table)]


def test_an_elided_article_is_taken_off() -> None:
    assert name("L'Isle-d'Abeau") == ["isle", "abeau"]


def test_a_word_with_an_apostrophe_of_its_own_stays_one_word() -> None:
    assert name("Prud'hommes d'aujourd'hui") == ["prudhommes", "aujourdhui"]


@pytest.mark.parametrize("apostrophe", "’‘ʼ′´`＇")
def test_every_apostrophe_is_the_typewriter_one(apostrophe: str) -> None:
    assert name(f"L{apostrophe}Haÿ") == name("L'Haÿ") == ["hay"]


def test_invisible_characters_do_not_cut_a_word() -> None:
    assert name("blan\u00adchis\u200bserie") == ["blanchisserie"]


def test_composed_and_decomposed_accents_are_the_same_text(labels: list[str]) -> None:
    for label in labels[::10]:
        decomposed = unicodedata.normalize("NFD", label)
        assert nfc(decomposed) == nfc(label)
        for analyzer in ("french", "french_search", "name", "prefix"):
            assert load_analysis().tokens(analyzer, decomposed) == load_analysis().tokens(analyzer, label)


def test_capitals_without_accents_find_the_accented_text(labels: list[str]) -> None:
    for label in labels:
        assert french(fold(label).upper()) == french(label)


def test_ligatures_are_two_letters() -> None:
    assert name("Œuvres de Sœur Lætitia") == ["oeuvres", "de", "soeur", "laetitia"]


def test_stop_words_are_left_out_and_leave_no_gap() -> None:
    positions = load_analysis().positions("french", "La collecte des papiers et du carton, à l'aide d'une benne")
    assert [token.position for token in positions] == list(range(5))
    assert [token.text for token in positions] == ["colect", "papi", "carton", "aide", "bene"]


def test_a_text_of_stop_words_alone_has_no_token_and_no_group() -> None:
    assert french("À la de l'") == []
    assert load_analysis().query_groups("À la de l'") == ()


def test_names_keep_their_small_words() -> None:
    assert name("Les Ateliers de la Mée") == ["les", "ateliers", "de", "la", "mee"]


def test_words_that_look_like_stop_words_are_kept() -> None:
    assert len(french("sous son car est or eau")) == 6


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("espace vert", "espaces verts"),
        ("local", "locaux"),
        ("cheval", "chevaux"),
        ("travail", "travaux"),
        ("bateau", "bateaux"),
        ("pépiniériste", "pépiniéristes"),
        ("paysager", "paysagère"),
        ("maraîcher", "maraîchères"),
        ("couturier", "couturières"),
        ("ouvrier", "OUVRIERES"),
        ("alimentaire", "alimentaires"),
        ("administratif", "administrative"),
    ],
)
def test_number_and_gender_do_not_matter(one: str, other: str) -> None:
    assert french(one) == french(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("couture", "couverture"), ("menuiserie", "menu"), ("jardin", "jarre"), ("tri", "tricot"), ("linge", "ligne")],
)
def test_different_trades_stay_different(one: str, other: str) -> None:
    assert french(one) != french(other)


def test_short_words_and_numbers_are_not_stemmed() -> None:
    assert [light_stem(word) for word in ("bois", "gaz", "2000", "bus")] == ["boi", "gaz", "2000", "bus"]


def test_an_acronym_is_one_word_with_or_without_its_dots() -> None:
    assert french("D.E.E.E.") == french("DEEE") == ["deee"]
    assert name("l'E.S.A.T. S.A.R.L. J.-P. Duval") == ["esat", "sarl", "j", "p", "duval"]


def test_an_ampersand_between_two_letters_makes_one_word() -> None:
    assert french("R&D") == french("R & D") == ["r&d"]
    assert name("Dupont & Fils") == name("Dupont&Fils") == ["dupont", "fils"]


@pytest.mark.parametrize("sign", ["n°", "N° ", "nº", "№ "])
def test_a_number_sign_is_not_a_word(sign: str) -> None:
    assert french(f"lot {sign}12") == ["lot", "12"]


def test_units_keep_their_figure() -> None:
    assert name("120 m², CO₂, 3,5 t") == ["120", "m2", "co2", "3", "5", "t"]


def test_prefixes_are_the_beginnings_of_each_word() -> None:
    assert load_analysis().tokens("prefix", "L'Île") == ["i", "il", "ile"]
    assert {token.position for token in load_analysis().positions("prefix", "L'Île")} == {0}


def test_a_very_long_word_is_also_its_own_prefix() -> None:
    long_name = "x" * 30
    assert load_analysis().tokens("prefix", long_name)[-2:] == ["x" * 20, long_name]


def test_a_keyword_is_folded_whole() -> None:
    assert load_analysis().normalize("folded", "Val-d’Œuvre ÉTÉ") == "val-d'oeuvre ete"


def test_a_synonym_is_an_alternative_of_the_search_form_only() -> None:
    assert load_analysis().query_groups("DEEE")[0][:2] == (("deee",), ("d3e",))
    assert french("DEEE") == ["deee"]


def test_a_synonym_of_several_words_is_a_phrase_of_index_tokens() -> None:
    (alternatives,) = load_analysis().query_groups("VRD")
    assert alternatives == (("vrd",), tuple(french("voirie et réseaux divers")))


def test_a_phrase_in_the_query_becomes_one_group_its_own_words_first() -> None:
    groups = load_analysis().query_groups("entretien d'Espaces Verts à Lyon")
    assert [group[0] for group in groups] == [("entretien",), ("espac", "vert"), ("lyon",)]
    assert ("paysagism",) in groups[1]


def test_synonyms_hold_for_plurals_and_capitals() -> None:
    assert load_analysis().query_groups("ESPACE VERT") == load_analysis().query_groups("espaces verts")


def test_the_longest_rule_wins(settings: dict[str, Any]) -> None:
    settings["filter"]["trade_synonyms"]["synonyms"] = ["linge, lessive", "linge plat, draps"]
    groups = Analysis(settings).query_groups("linge plat linge")
    assert [group[1] for group in groups] == [("drap",), ("lesiv",)]


def test_a_one_way_rule_replaces_what_was_written(settings: dict[str, Any]) -> None:
    settings["filter"]["trade_synonyms"]["synonyms"] = ["véhicule léger => voiture, utilitaire"]
    assert Analysis(settings).query_groups("véhicules légers") == ((("voitur",), ("utilitair",)),)


def test_an_empty_list_of_synonyms_is_allowed(settings: dict[str, Any]) -> None:
    settings["filter"]["trade_synonyms"]["synonyms"] = []
    assert Analysis(settings).query_groups("DEEE") == ((("deee",),),)


@pytest.mark.parametrize("rule", ["de la, menuiserie", "menuiserie, menuiseries", "a\\,b, c", "menuiserie =>"])
def test_a_synonym_rule_that_says_nothing_is_refused(settings: dict[str, Any], rule: str) -> None:
    settings["filter"]["trade_synonyms"]["synonyms"] = [rule]
    with pytest.raises(AnalysisError, match=re.escape(rule)):
        Analysis(settings)


@pytest.mark.parametrize("rule", ["oe", "oe=>o", "œ=> oe", "\\u0153=>oe"])
def test_a_mapping_of_anything_but_one_character_is_refused(settings: dict[str, Any], rule: str) -> None:
    settings["char_filter"]["apostrophes"]["mappings"] = [rule]
    with pytest.raises(AnalysisError, match=re.escape(rule)):
        Analysis(settings)


def test_an_unknown_kind_of_filter_is_refused_by_name(settings: dict[str, Any]) -> None:
    settings["filter"]["french_stem"] = {"type": "phonetic"}
    with pytest.raises(AnalysisError, match="« french_stem » : type « phonetic » non pris en charge"):
        Analysis(settings)


def test_a_filter_that_is_nowhere_described_is_refused(settings: dict[str, Any]) -> None:
    settings["analyzer"]["name"]["filter"].append("trim")
    with pytest.raises(AnalysisError, match="trim"):
        Analysis(settings)


def test_a_setting_that_would_be_ignored_here_is_refused(settings: dict[str, Any]) -> None:
    settings["filter"]["french_elision"]["articles_case"] = True
    with pytest.raises(AnalysisError, match="articles_case"):
        Analysis(settings)


def test_synonyms_that_are_not_last_are_refused(settings: dict[str, Any]) -> None:
    settings["analyzer"]["french_search"]["filter"] = ["trade_synonyms", "lowercase"]
    with pytest.raises(AnalysisError, match="synonym_graph"):
        Analysis(settings)


@pytest.mark.parametrize(("pattern", "group"), [("(a)|b", 0), ("a|b", 1), ("(a)(b)", 2), ("(a)(b)", 1)])
def test_a_tokenizer_gives_its_matches_or_its_only_group(settings: dict[str, Any], pattern: str, group: int) -> None:
    settings["tokenizer"]["words"] |= {"pattern": pattern, "group": group}
    with pytest.raises(AnalysisError, match="« group »"):
        Analysis(settings)


def test_an_unreadable_pattern_is_refused(settings: dict[str, Any]) -> None:
    settings["tokenizer"]["words"]["pattern"] = "[a-"
    with pytest.raises(AnalysisError, match="« words » : motif illisible"):
        Analysis(settings)


def test_a_text_cut_at_spaces_gives_the_words_of_the_whole(labels: list[str]) -> None:
    odd = [
        "R & D et B&B",
        "l' eau",
        "n° 5 s n°s 3",
        "S.N.C.F. et E.D.F",
        "aujourd'hui\u00a0l'été\u2009d'hiver",
        "a\u200b b",
        "à  l\t'école",
    ]
    for analyzer in ("french", "name"):
        reader = load_analysis()._analyzers[analyzer]
        for text in (*odd, *labels[::3]):
            assert reader._plain(nfc(text)) == reader._read(nfc(text)).split(), text
