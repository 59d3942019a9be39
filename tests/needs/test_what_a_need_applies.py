"""Everything a need says is in the search it makes, or is said not to be, with the reason."""

from __future__ import annotations

import pytest

from vivier.lexicon import Lexicon
from vivier.needs import applied, resolve_need
from vivier.needs.shown import lines


def pairs(text: str, lexicon: Lexicon) -> dict[str, list[str]]:
    """Values of the search by parameter."""
    found: dict[str, list[str]] = {}
    for name, value in applied(resolve_need(text, lexicon), lexicon).pairs:
        found.setdefault(name, []).append(value)
    return found


def reasons(text: str, lexicon: Lexicon) -> dict[str, str]:
    """Reasons by what is not applied."""
    return {one.what: one.reason for one in applied(resolve_need(text, lexicon), lexicon).not_applied}


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("nettoyage, marché réservé L2113-12", "article", ["L2113-12"]),
        ("nettoyage, article L. 2113-13 du code de la commande publique", "article", ["L2113-13"]),
        ("nettoyage L2113-14 Lyon", "article", ["L2113-14"]),
        ("nettoyage L2113-14 Lyon", "territory", ["commune:69123"]),
        ("nettoyage réservé aux SIAE", "kind", ["EI", "ACI", "AI", "ETTI", "EITI"]),
        ("nettoyage réservé aux ESAT et EA", "kind", ["ESAT", "EA"]),
        ("impression de flyers imprim’vert", "label", ["IMPRIM_VERT"]),
        ("nettoyage 40 k€", "lot_amount", ["40000"]),
        ("nettoyage, 30 000 € HT par an, 4 ans", "lot_amount", ["120000"]),
        ("nettoyage, 100 000 € HT, 12 mois reconductible 3 fois", "lot_months", ["48"]),
    ],
)
def test_what_is_certain_is_applied(lexicon: Lexicon, text: str, name: str, values: list[str]) -> None:
    assert pairs(text, lexicon)[name] == values


@pytest.mark.parametrize(
    ("text", "what", "word"),
    [
        ("traiteur, 300 couverts", "quantity", "300 repas"),
        ("lot de 50 000 € TTC à Lille", "lot_amount", "hors taxes"),
        ("nettoyage, 30 000 € HT par an", "lot_amount", "durée"),
        ("nettoyage, 40 000 € ou 60 000 €", "lot_amount", "plusieurs"),
        ("nettoyage pour 3 ans", "lot_months", "montant"),
        ("nettoyage, marché réservé", "reserved_for", "L2113-12"),
        ("ESAT, article L2113-13, nettoyage", "article", "pas pour ESAT"),
        ("nettoyage à Saint-Denis", "territory", "plusieurs"),
        ("fourniture de papier à Lille", "service_type", "c'est ainsi que ce métier s'achète"),
        ("fourniture de nettoyage de bureaux à Lille", "service_type", "ne s'achète pas ainsi"),
    ],
)
def test_what_is_not_applied_says_why(lexicon: Lexicon, text: str, what: str, word: str) -> None:
    assert word in reasons(text, lexicon)[what]


@pytest.mark.parametrize(
    ("text", "commune"),
    [("ressourcerie Montreuil", "93048"), ("archivage La Rochelle", "17300"), ("maçonnerie à Valence", "26362")],
)
def test_a_town_far_larger_than_its_namesakes_is_searched_and_says_so(
    lexicon: Lexicon, text: str, commune: str
) -> None:
    assert pairs(text, lexicon)["territory"] == [f"commune:{commune}"]
    need = resolve_need(text, lexicon)
    found = applied(need, lexicon)
    assert ["est cherché" in words.reason for words in found.assumed] == [True]
    assert not any(words.what == "territory" for words in found.not_applied)
    assert not any("précisez lequel" in warning for warning in need.warnings)


@pytest.mark.parametrize(
    ("text", "towns"),
    [
        ("nettoyage de la combe Saint-Pierre à Charquemont", ["commune:25127"]),
        ("nettoyage à Châteauneuf et à Sallertaine", ["commune:85062", "commune:85280"]),
        ("nettoyage à Valence, secteur Lyon", ["commune:26362", "commune:69123"]),
        ("nettoyage à Prades et à Perpignan", ["commune:66136", "commune:66149"]),
    ],
)
def test_a_name_of_several_towns_is_that_of_the_departement_of_the_others_and_never_in_another_region(
    lexicon: Lexicon, text: str, towns: list[str]
) -> None:
    assert sorted(pairs(text, lexicon)["territory"]) == towns


def test_towns_of_like_size_are_offered_and_none_is_searched(lexicon: Lexicon) -> None:
    assert "territory" not in pairs("nettoyage à Saint-Denis", lexicon)


def test_covers_are_meals_and_no_amount(lexicon: Lexicon) -> None:
    need = resolve_need("traiteur, budget 300 couverts", lexicon)
    assert need.amounts == ()
    assert [(one.value, one.unit) for one in need.quantities] == [(300, "repas")]


def test_a_bare_service_says_nothing(lexicon: Lexicon) -> None:
    assert reasons("prestation de nettoyage de bureaux", lexicon) == {}


def test_the_command_line_says_the_distance_and_what_is_not_applied(lexicon: Lexicon) -> None:
    need = resolve_need("blanchisserie près de Roubaix, 300 couverts", lexicon)
    written = [line.replace("\u202f", " ") for line in lines(need, applied(need, lexicon))]
    assert "Distance : moins de 20 km de Roubaix, distance par défaut (« près de »)" in written
    assert any(line.startswith("Non appliqué, quantité « 300 couverts »") for line in written)


def test_a_distance_brought_within_bounds_is_said_applied(lexicon: Lexicon) -> None:
    found = applied(resolve_need("nettoyage à 900 km de Rennes", lexicon), lexicon)
    assert [words.what for words in found.assumed] == ["distance"]
    assert not found.not_applied
    assert any(
        line.startswith("Supposé, distance")
        for line in lines(resolve_need("nettoyage à 900 km de Rennes", lexicon), found)
    )


def test_a_budget_of_each_month_is_that_of_a_year(lexicon: Lexicon) -> None:
    (amount,) = resolve_need("nettoyage à Rennes, budget 20000 par mois", lexicon).amounts
    assert (amount.euros, amount.per_year) == (240_000, True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("tonte à 40 km", "aucun lieu ne dit d'où la compter"),
        (
            "tonte à Rennes ou Vitré à moins de 40 km",
            "une recherche n'a qu'un centre : les lieux sont cherchés sans la distance",
        ),
        (
            "nettoyage près de la Bretagne",
            "tout le territoire « Bretagne » est cherché ; une distance en kilomètres l'étendrait",
        ),
        ("nettoyage à 20 km de Saint-Denis", "le lieu est à préciser d'abord"),
        ("nettoyage à 20 km de la Bretagne", None),
        ("nettoyage près de Rennes", None),
    ],
)
def test_a_distance_without_a_sure_centre_is_not_applied(lexicon: Lexicon, text: str, reason: str | None) -> None:
    assert reasons(text, lexicon).get("distance") == reason


def test_a_need_is_printed_with_its_trade_then_the_others_or_without_any(lexicon: Lexicon) -> None:
    def printed(text: str) -> list[str]:
        need = resolve_need(text, lexicon)
        return [line.partition(" :")[0].partition(" [")[0] for line in lines(need, applied(need, lexicon))]

    assert printed("espaces verts")[:3] == ["Compris", "  Entretien des espaces verts", "Autres métiers possibles"]
    assert "Autres métiers possibles" not in printed("tonte"), "a trade at 0 % is not named"
    assert printed("zzzz")[0] == "Aucun métier reconnu avec assez de certitude."
    assert not any(line.startswith("Autres métiers") for line in printed("zzzz"))


@pytest.mark.parametrize(
    "text",
    ["Nettoyage du marché couvert", "Travaux d'entretien des bâtiments communaux", "tonte"],
)
def test_what_is_said_understood_first_is_what_is_searched(lexicon: Lexicon, text: str) -> None:
    told = list(lines(resolve_need(text, lexicon), applied(resolve_need(text, lexicon), lexicon)))
    read = [line.partition("[")[2].partition("]")[0] for line in told if line.startswith("  ")]
    assert read == pairs(text, lexicon)["trade"]
    assert ("l'un de ces métiers" in told[0]) == (len(read) > 1)
