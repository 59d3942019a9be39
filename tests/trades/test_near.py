"""Trades near those of a search: neighbours, then the family, and never those that the search already finds."""

from __future__ import annotations

import pytest

from vivier.belief.does import doing
from vivier.lexicon import Lexicon
from vivier.trades.find import find_trades
from vivier.trades.near import NearTrades, joined, near_trades
from vivier.trades.product_groups import ProductGroup, product_group
from vivier.trades.words import MOST_TRADES, Phrases, load_trade_words


def test_neighbours_and_family_leave_out_what_the_search_finds(lexicon: Lexicon) -> None:
    for trade in lexicon.trades:
        within = {trade.code, *(narrower.code for narrower in lexicon.trades.descendants(trade.code))}
        found = near_trades((trade.code,), lexicon.trades)
        assert within.isdisjoint(found.close) and within.isdisjoint(found.family), trade.code
        assert set(found.close).isdisjoint(found.family), trade.code
        assert {each.code for each in lexicon.trades.ancestors(trade.code)} <= {*found.close}
        assert {lexicon.trades.get(code).group for code in found.family} <= {trade.group}
        siblings = {each.code for each in lexicon.trades if trade.parent and each.parent == trade.parent} - within
        assert siblings <= {*found.close}


def test_neighbours_come_before_the_family_broader_trades_first(lexicon: Lexicon) -> None:
    trades = lexicon.trades
    [first] = [trade for trade in trades if trade.code == "tonte"] or [trade for trade in trades if trade.parent][:1]
    assert first.parent is not None
    found = near_trades((first.code,), trades)
    above = [each.code for each in trades.ancestors(first.code)]
    siblings = [each.code for each in trades if each.parent == first.parent and each.code != first.code]
    assert found.close == tuple(dict.fromkeys((*above, *siblings))) and found.close[0] in above
    others = [each.code for each in trades if each.group == first.group]
    below = {each.code for each in trades.descendants(first.code)}
    assert found.family == tuple(code for code in others if code not in {*found.close, *below, first.code})
    assert near_trades((), trades) == NearTrades((), ())


def test_trades_that_are_near_go_together_in_the_order_given(lexicon: Lexicon) -> None:
    trades = lexicon.trades
    child = next(trade for trade in trades if trade.parent)
    parent = trades.get(child.parent or "")
    far = next(trade for trade in trades if trade.group not in (child.group, parent.group))
    assert joined((child.code, far.code, parent.code, child.code), trades) == ((child.code, parent.code), (far.code,))
    assert joined((far.code, parent.code, child.code), trades) == ((far.code,), (parent.code, child.code))
    assert joined((), trades) == ()


def test_a_product_group_is_found_by_its_french_or_english_name_however_it_is_written() -> None:
    cleaning = ProductGroup("Services de nettoyage intérieur", "service", "nettoyage-locaux")
    names = ("Services de nettoyage intérieur", "services de NETTOYAGE interieur", "Indoor cleaning services")
    assert [product_group(name) for name in names] == [cleaning] * 3
    assert product_group("Lubricants") == ProductGroup("Lubrifiants", "goods", None) and product_group("") is None


def test_a_trade_is_found_by_its_name_then_by_its_words_else_by_spelling(lexicon: Lexicon) -> None:
    table, analysis = lexicon.trades, lexicon.analysis
    trade = table.get("blanchisserie")
    assert find_trades(trade.name, table, analysis)[0] == trade
    assert find_trades("", table, analysis) == tuple(map(table.get, table.suggest("", 10)))
    nearest = find_trades("blanchiserrie", table, analysis)
    assert nearest[0] == trade and len(nearest) <= 10
    for each in list(table)[:40]:
        assert each in find_trades(each.name, table, analysis)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("pressing et repassage", ["repassage", "pressing"]),
        ("menuiserie et peinture", ["menuiserie", "peinture-batiment"]),
        ("pose de cloisons", ["cloisons-platrerie"]),
        ("zzz", []),
    ],
)
def test_a_text_of_several_trades_finds_those_that_hold_most_of_its_words(
    text: str, codes: list[str], lexicon: Lexicon
) -> None:
    found = [trade.code for trade in find_trades(text, lexicon.trades, lexicon.analysis)]
    assert found[: len(codes)] == codes and (found or not codes)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("lavage de voitures", "nettoyage-vehicules"),
        ("Nettoyage", "nettoyage-locaux"),
        ("revetements-sos", "revetements-sols"),
        ("zzz", None),
    ],
)
def test_a_code_that_is_none_is_taken_for_the_nearest_one_else_for_words(
    text: str, code: str | None, lexicon: Lexicon
) -> None:
    assert lexicon.nearest(text, lexicon.trade_names) == code


@pytest.mark.parametrize(
    ("kinds", "does"),
    [((), True), (("ETTI",), False), (("GEIQ", "EATT"), False), (("ETTI", "ESAT"), True), (("EI",), True)],
)
def test_a_structure_that_only_lends_people_does_not_do_the_work(kinds: tuple[str, ...], does: bool) -> None:
    assert doing(kinds) is does


def test_the_longest_phrase_wins_and_a_look_alike_vetoes(lexicon: Lexicon) -> None:
    given = [
        ("tonte", "a"),
        ("tonte de pelouse", "b"),
        ("taille", "a"),
        ("taille", "c"),
        ("vitre", "v"),
        ("tonte agneau", ""),
    ]
    phrases = Phrases(given, {"v": ["vitre teintée"]}, lexicon.analysis, "french")

    def found(text: str) -> dict[str, int]:
        return {code: len(several) for code, several in phrases.found(text).items()}

    assert found("tonte et tontes de pelouse") == {"a": 1, "b": 1} and found("taille") == {} and found("") == {}
    assert found("tonte d'agneaux") == {} and found("vitre") == {"v": 1} and found("une vitre teintée") == {}
    tokens = tuple(lexicon.analysis.tokens("french", "une vitre teintée"))
    assert phrases.vetoed(["v", "a"], tokens) == {"v"} and phrases.vetoed(["a"], tokens) == frozenset()
    assert phrases.vetoed(["v"], ("vitr",)) == frozenset() and phrases.vetoed(["v"], ()) == frozenset()


def test_a_presentation_that_names_too_many_trades_names_none(lexicon: Lexicon) -> None:
    words = load_trade_words()
    alone = {trade.code: next(iter(words.of_presentation(trade.name)), "") for trade in lexicon.trades}
    sure = [lexicon.trades.get(code).name for code, read in alone.items() if code == read]
    few, many = ". ".join(sure[:2]), ". ".join(sure[: 2 * MOST_TRADES])
    assert 0 < len(words.of_presentation(few)) <= MOST_TRADES and words.of_presentation(many) == ()
