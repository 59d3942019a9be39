"""One word of role changes what a need asks of the search: a share, a possibility, an exclusion, a street, a container."""

from __future__ import annotations

import pytest

from vivier.lexicon import Lexicon
from vivier.needs import applied, resolve_need


def asked(text: str, lexicon: Lexicon) -> set[str]:
    pairs = applied(resolve_need(text, lexicon), lexicon).pairs
    return {f"{name}={value}" for name, value in pairs if name not in ("trade", "wish_trade", "service_type")}


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("repas 100 % bio", {"label=BIO"}),
        ("repas bio à 30 %", set()),
        ("pain (bio 50 %)", set()),
        ("quelques repas bio", set()),
        ("repas, la moitié en bio", set()),
        ("légumes bio ou non", set()),
        ("repas 20 % bio par un ESAT", {"kind=ESAT"}),
        ("traiteur ESAT, acompte de 30 %", {"kind=ESAT"}),
        ("tonte à temps partiel par un ESAT", {"kind=ESAT"}),
        ("fromage blanc 20 % de mat. gr. bio", {"label=BIO"}),
    ],
)
def test_a_share_asks_nothing_of_who_answers(text: str, pairs: set[str], lexicon: Lexicon) -> None:
    assert asked(text, lexicon) == pairs


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("peinture, le titulaire pourra sous-traiter à une entreprise adaptée", set()),
        ("élagage, recours possible à une EA", set()),
        ("élagage, pouvant être confié à un ESAT", set()),
        ("ESAT pouvant assurer la tonte", {"kind=ESAT"}),
        ("tonte dès que possible par un ESAT", {"kind=ESAT"}),
        ("tonte, pas forcément un ESAT", set()),
        ("tonte, éventuellement un ESAT", set()),
        ("tonte par un ESAT ou toute autre entreprise", set()),
        ("traiteur ESAT avec clause d'insertion de 100 h", {"kind=ESAT"}),
        ("élagage, clause de 100 h, via un GEIQ", set()),
    ],
)
def test_a_possibility_and_the_means_of_a_clause_ask_nothing(text: str, pairs: set[str], lexicon: Lexicon) -> None:
    assert asked(text, lexicon) == pairs


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("entretien des locaux de l'ESAT", set()),
        ("construction d'un ESAT", set()),
        ("tonte par une structure du handicap", {"kind=EA", "kind=ESAT"}),
        ("tonte par des travailleurs handicapés", {"kind=EA", "kind=ESAT"}),
        ("tonte du parc utilisé par des personnes handicapées", set()),
        ("transport de personnes en situation de handicap", set()),
        ("tonte par un public éloigné de l'emploi", {f"kind={kind}" for kind in ("EI", "ACI", "AI", "ETTI", "EITI")}),
        ("tonte par un ESAT", {"kind=ESAT"}),
    ],
)
def test_whom_the_work_is_for_is_no_filter(text: str, pairs: set[str], lexicon: Lexicon) -> None:
    assert asked(text, lexicon) == pairs


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("tonte, ni ESAT ni EA", {"not_kind=ESAT", "not_kind=EA"}),
        ("tonte, EA ou ESAT exclus", {"kind=EA", "not_kind=ESAT"}),
        ("tonte, pas un ESAT, Reims", {"not_kind=ESAT", "territory=commune:51454"}),
        ("tonte, aucun ESAT", {"not_kind=ESAT"}),
        ("tonte non ESAT", {"not_kind=ESAT"}),
        ("tonte, hors AI", {"not_kind=AI"}),
        ("tonte par une AI", {"kind=AI"}),
        ("légumes pas de bio", {"not_label=BIO"}),
        ("légumes sans exigence de bio", set()),
        ("tonte, l'ESAT est déjà retenu pour les haies", set()),
        ("agents d'accueil, pas d'intérim", {"not_trade=mise-a-disposition-personnel"}),
        ("pas d'élagage, tonte à Reims par un ESAT", {"kind=ESAT", "territory=commune:51454"}),
    ],
)
def test_who_is_excluded_is_refused(text: str, pairs: set[str], lexicon: Lexicon) -> None:
    assert asked(text, lexicon) == pairs


@pytest.mark.parametrize("way", ["av.", "bd", "pl.", "3 ch", "rte", "imp.", "4 fg", "chemin", "12, pl"])
def test_a_street_names_no_place(way: str, lexicon: Lexicon) -> None:
    assert asked(f"tonte, {way} de Rennes, Reims", lexicon) == {"territory=commune:51454"}


def test_a_hospital_is_where_its_town_is(lexicon: Lexicon) -> None:
    assert asked("tonte au CH de Lens", lexicon) == {"territory=commune:62498"}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Région Bretagne - entretien du lycée de Vitré", {"commune:35360"}),
        ("tonte à Lens et dans le Pas-de-Calais", {"commune:62498", "departement:62"}),
        ("tonte : Pas-de-Calais, Nord, Lille", {"departement:62", "departement:59", "commune:59350"}),
    ],
)
def test_a_place_that_holds_the_others_is_their_context(text: str, places: set[str], lexicon: Lexicon) -> None:
    assert asked(text, lexicon) == {f"territory={place}" for place in places}


def test_what_filters_nothing_is_told_with_its_reason(lexicon: Lexicon) -> None:
    left = applied(resolve_need("tonte, éventuellement un ESAT", lexicon), lexicon).not_applied
    assert [(words.what, words.text) for words in left] == [("kind", "ESAT")] and "n'écarte aucune" in left[0].reason


@pytest.mark.parametrize(
    ("text", "amount", "rate"),
    [("traiteur, 11 000 € TTC", "10000", "10 %"), ("tonte, 24 000 € TTC", "20000", "20 %")],
)
def test_an_amount_with_tax_is_divided_by_the_rate_of_its_trade(
    text: str, amount: str, rate: str, lexicon: Lexicon
) -> None:
    search = applied(resolve_need(text, lexicon), lexicon)
    assert ("lot_amount", amount) in search.pairs and rate in search.assumed[0].reason
