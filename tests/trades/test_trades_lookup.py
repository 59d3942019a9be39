"""Trades are found by their code and through CPV, ROME, RGE, organic productions and yardstick sectors."""

from __future__ import annotations

import pytest

from vivier.errors import InvalidRequest, NotFound
from vivier.trades.cpv import load_cpv
from vivier.trades.table import load_trades

trades = load_trades()


def codes(cpv: str) -> list[str]:
    return [trade.code for trade, _ in trades.by_cpv(cpv)]


def test_a_cpv_of_a_trade_leads_back_to_that_trade() -> None:
    for trade in trades:
        for prefix in trade.cpv:
            assert trade.code in codes(prefix.code), (trade.code, prefix)


@pytest.mark.slow
def test_from_a_cpv_through_its_trades_one_comes_back_to_the_same_code() -> None:
    reached = 0
    for entry in load_cpv():
        for trade, _ in trades.by_cpv(entry.code)[:3]:
            reached += 1
            stem = entry.code.rstrip("0")
            assert any(stem.startswith(prefix.digits) or prefix.digits.startswith(stem) for prefix in trade.cpv)
    assert reached > 9_000


@pytest.mark.parametrize(
    ("cpv", "trade"),
    [
        ("77310000-6", "entretien-espaces-verts"),
        ("77340000", "elagage-abattage"),
        ("90911300-9", "nettoyage-vitres"),
        ("90910000", "nettoyage-locaux"),
        ("90919200", "nettoyage-locaux"),
        ("79810000", "impression"),
        ("55520000", "traiteur"),
        ("55510000", "restauration-collective"),
        ("98310000", "blanchisserie"),
        ("98315000", "repassage"),
        ("98392000", "demenagement"),
        ("45442100", "peinture-batiment"),
        ("45233120", "voirie-reseaux"),
        ("79710000", "gardiennage-surveillance"),
        ("80500000", "formation"),
        ("79620000", "mise-a-disposition-personnel"),
        ("79530000", "traduction"),
        ("79571000", "mise-sous-pli"),
        ("90690000", "nettoyage-facades"),
        ("33600000", "materiel-medical"),
    ],
)
def test_the_best_trade_of_a_usual_cpv_is_the_one_buyers_mean(cpv: str, trade: str) -> None:
    assert codes(cpv)[0] == trade


def test_the_check_digit_changes_nothing() -> None:
    assert trades.by_cpv("77310000-6") == trades.by_cpv("77310000")


def test_a_leaf_keeps_the_trade_of_its_ancestor_with_less_weight() -> None:
    above, below = ({trade.code: weight for trade, weight in trades.by_cpv(cpv)} for cpv in ("90910000", "90916000"))
    assert 0 < below["nettoyage-locaux"] < above["nettoyage-locaux"]


def test_every_descendant_leads_to_the_trade_of_its_ancestor_unless_a_finer_prefix_says_otherwise() -> None:
    cpv = load_cpv()
    finer = {prefix.digits for trade in trades for prefix in trade.cpv}
    for code in cpv.descendants("77"):
        parent = cpv.parent(code)
        stem = code.rstrip("0")
        if parent is not None and codes(parent) and not any(digits.startswith(stem) for digits in finer):
            above = [
                trade.code for trade, _ in trades.by_cpv(parent) if any(stem.startswith(p.digits) for p in trade.cpv)
            ]
            assert codes(code)[:1] == above[:1], code


@pytest.mark.slow
def test_weights_are_sorted_and_between_zero_and_one() -> None:
    for entry in load_cpv():
        weights = [weight for _, weight in trades.by_cpv(entry.code)]
        assert weights == sorted(weights, reverse=True)
        assert all(0 < weight <= 1 for weight in weights)


def test_an_unlisted_cpv_leads_to_the_trades_of_its_nearest_ancestor() -> None:
    assert codes("77310009")[0] == "entretien-espaces-verts"


def test_banking_and_insurance_lead_to_no_trade() -> None:
    assert trades.by_cpv("66510000") == ()


def test_what_is_not_a_cpv_is_refused_in_french() -> None:
    with pytest.raises(InvalidRequest, match="n'est pas un code CPV"):
        trades.by_cpv("espaces verts")


def test_a_wrong_code_is_refused_with_the_nearest_ones() -> None:
    with pytest.raises(NotFound, match="entretien-espaces-verts"):
        trades.get("entretien-espace-vert")


@pytest.mark.parametrize(
    ("text", "trade"),
    [
        ("entretien espace vert", "entretien-espaces-verts"),
        ("blanchiserie", "blanchisserie"),
        ("Collecte DEEE", "collecte-deee"),
        ("nettoyage vitre", "nettoyage-vitres"),
    ],
)
def test_suggestions_begin_with_the_trade_meant(text: str, trade: str) -> None:
    assert trades.suggest(text)[0] == trade


def test_nothing_is_suggested_for_noise() -> None:
    assert trades.suggest("zzzz") == ()


def test_searching_a_trade_accepts_its_specialisations() -> None:
    accepted = [trade.code for trade in trades.descendants("nettoyage-locaux")]
    assert accepted[0] == "nettoyage-locaux"
    assert {"nettoyage-vitres", "bionettoyage"} <= set(accepted)
    assert [trade.code for trade in trades.ancestors("nettoyage-vitres")] == ["nettoyage-locaux"]


def test_a_rome_code_is_read_in_any_case() -> None:
    assert "entretien-espaces-verts" in [trade.code for trade in trades.by_rome("a1203")]
    assert trades.by_rome("Z9999") == ()


@pytest.mark.parametrize(
    ("domain", "trade"),
    [
        ("Isolation du toit 2020", "isolation-toiture"),
        ("Isolation du toit", "isolation-toiture"),
        ("Isolation par l'intérieur des murs ou rampants de toitures ou plafonds", "isolation"),
        ("Pompe à chaleur : chauffage", "pompes-chaleur"),
        ("PANNEAUX SOLAIRES PHOTOVOLTAIQUES", "solaire"),
    ],
)
def test_an_rge_domain_is_found_whatever_its_vintage_spaces_and_case(domain: str, trade: str) -> None:
    assert [found.code for found in trades.by_rge(domain)] == [trade]


@pytest.mark.parametrize("domain", ["Inconnu", "Non renseigné", ""])
def test_an_unknown_rge_domain_proves_no_trade(domain: str) -> None:
    assert trades.by_rge(domain) == ()


def test_an_organic_production_proves_its_trade() -> None:
    assert [trade.code for trade in trades.by_bio("boulangerie")] == ["boulangerie-patisserie"]


def test_a_sector_of_the_marche_leads_to_its_trades() -> None:
    assert [trade.code for trade in trades.by_marche_slug("blanchisserie")] == ["blanchisserie"]
    assert trades.by_marche_slug("inconnu") == ()


def test_groups_hold_every_trade_once() -> None:
    assert sorted(trade.code for group in trades.groups() for trade in group.trades) == sorted(t.code for t in trades)
    assert trades.group_name("proprete") == "Propreté et hygiène"
