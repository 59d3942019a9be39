"""Each reason of a contract, of a notice and of a lead, word for word, at the bounds of its days and amounts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from vivier.contracts.reasons import call_text, contract_reasons, last_time, notice_reasons, place_of
from vivier.lexicon import Lexicon

DAY = date(2026, 11, 24)


def plain(reasons: Any) -> list[tuple[str, str, bool]]:
    found = [(each.code, each.text.replace("\u00a0", " ").replace("\u202f", " "), each.inferred) for each in reasons]
    return [each for each in found if each[0] != "renewal"]


def of_contract(lexicon: Lexicon, distance: float | None = None, **record: Any) -> list[tuple[str, str, bool]]:
    reasons = contract_reasons(record, distance, DAY, lexicon)  # type: ignore[arg-type]
    assert not any(reason.fits for reason in reasons)
    return plain(reasons)


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({}, [("end_unknown", "date de fin inconnue", True)]),
        ({"ends": "2026-11-23"}, [("ended", "fini au plus tard le 23 novembre 2026", False)]),
        (
            {"ends": "2026-11-24"},
            [
                (
                    "ends",
                    "acheteur à appeler dès maintenant (renouvellement sans doute préparé) ; finit au plus tard le 24 novembre 2026",
                    False,
                )
            ],
        ),
        (
            {"ends": "2027-02-24"},
            [("ends", "acheteur à appeler dès maintenant ; finit au plus tard le 24 février 2027", False)],
        ),
        (
            {"ends": "2028-02-29"},
            [("ends", "acheteur à appeler en mai 2027 ; finit au plus tard le 29 février 2028", False)],
        ),
        (
            {"ends": "2028-02-29", "category": "travaux"},
            [("ends", "finit au plus tard le 29 février 2028", False)],
        ),
        (
            {"ends": "2028-02-29", "renewed_on": "2026-11-24"},
            [
                ("ends", "finit au plus tard le 29 février 2028", False),
                ("renewed", "déjà suivi d'un marché semblable du même acheteur", True),
            ],
        ),
        (
            {"ends": "2026-11-01", "amended": "2026-11-24"},
            [
                (
                    "end_contradicted",
                    "fin inconnue : la durée déclarée mène au 1er novembre 2026, mais un avenant du 24 novembre 2026 est plus tardif",
                    True,
                )
            ],
        ),
        ({"ends": "2026-11-01", "amended": "2026-11-25"}, [("ended", "fini au plus tard le 1er novembre 2026", False)]),
        ({"ends": "2026-11-01", "amended": "2026-11-01"}, [("ended", "fini au plus tard le 1er novembre 2026", False)]),
    ],
)
def test_the_end_of_a_contract_is_told_with_the_day_to_call(
    lexicon: Lexicon, record: dict[str, Any], told: list[tuple[str, str, bool]]
) -> None:
    assert of_contract(lexicon, **record) == told


def test_the_sites_of_one_legal_unit_are_told_once(lexicon: Lexicon) -> None:
    sites = [
        {"name": f"ESAT {name}", "siren": siren, "kinds": ["ESAT"], "match": "siren"}
        for name, siren in (("LAC", "100000215"), ("PRÉ", "100000215"), ("BOIS", "100000215"), ("MER", "100000223"))
    ]
    told = [
        text for code, text, _ in of_contract(lexicon, ends="2026-11-23", inclusive=sites) if code == "inclusive_siren"
    ]
    assert told == [
        "titulaire : un autre site que ESAT Lac (ESAT) et 2 autres, même SIREN",
        "titulaire : un autre site que ESAT Mer (ESAT), même SIREN",
    ]


def test_an_inclusive_holder_has_the_name_that_its_contract_publishes(lexicon: Lexicon) -> None:
    known = {"name": "ASSOC DU LAC", "siren": "100000215", "kinds": ["AI"], "match": "siret"}
    holder = {"name": "LAC SERVICES", "siren": "100000215", "siret": "10000021500011"}
    told = of_contract(lexicon, ends="2026-11-23", holders=[holder], inclusive=[known])
    assert ("inclusive_siret", "titulaire : Lac Services (AI)", False) in told


def test_a_contract_is_told_by_its_provisions_holders_amendments_and_doubts(lexicon: Lexicon) -> None:
    def piece(provision: str, signal: str, confidence: float = 0.5, value: str | None = None) -> dict[str, Any]:
        return {"provision": provision, "signal": signal, "confidence": confidence, "value": value}

    holder = {"name": "ATELIER DU LAC", "siren": "100000215", "kinds": ["EI", "EA"], "match": "siret"}
    found = of_contract(
        lexicon,
        12.4,
        ends="2026-11-23",
        evidence=[
            piece("reserved", "words"),
            piece("reserved", "declared", 0.9),
            piece("clause", "words", value="insertion"),
            piece("clause", "words", value="autre"),
            piece("criterion", "declared", value="x"),
        ],
        reserved_for=["SIAE"],
        quality=["object_trial", "buyer_is_holder", "amount_withheld"],
        inclusive=[holder, holder, {**holder, "match": "siren", "subcontractor": True}],
        amount=2_000,
        initial_amount=1_000,
        amount_since="2026-11-24",
        initial_months=12,
        months=24,
        months_since="2026-11-25",
    )
    reserved, clause, criterion, trial, own, withheld, *others = found
    assert reserved[0] == "reserved" and reserved[1].startswith("réservé : ") and not reserved[2]
    assert clause[0] == "clause" and clause[1].endswith("(insertion)") and clause[2]
    assert criterion[0] == "criterion" and "(x)" not in criterion[1] and not criterion[2]
    assert [each[0] for each in (trial, own, withheld)] == ["trial", "own_holder", "amount_withheld"]
    assert others == [
        ("inclusive_siret", "titulaire : Atelier du Lac (EI, EA)", False),
        ("inclusive_siren", "sous-traitant : un autre site que Atelier du Lac (EI, EA), même SIREN", True),
        ("amount_amended", "montant porté de 1 000 € HT à 2 000 € HT par l'avenant du 24 novembre 2026", False),
        (
            "months_amended",
            "durée portée de 12 à 24 mois par l'avenant du 25 novembre 2026, postérieur à la date demandée",
            False,
        ),
        ("ended", "fini au plus tard le 23 novembre 2026", False),
        ("distance", "lieu d'exécution ou acheteur à 12,4 km", False),
    ]
    (first, *_) = of_contract(lexicon, evidence=[piece("reserved", "words"), piece("reserved", "article", 0.4)])
    assert first[1].startswith("réservé — type non précisé (") and first[2]


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({"nature": "project", "planned": "2027-01-05"}, [("planned", "publication prévue le 5 janvier 2027", False)]),
        (
            {"nature": "project", "wanted_inclusive": True},
            [
                ("planned", "date de publication non précisée", False),
                ("wanted_inclusive", "l'acheteur veut le montrer sur le Marché de l'inclusion", False),
            ],
        ),
        ({"nature": "call", "deadline": "2026-11-24"}, [("open", "réponse attendue avant le 24 novembre 2026", False)]),
        (
            {"nature": "call", "deadline": "2026-11-24", "issues": ["deadline_supposed"]},
            [("open", "réponse attendue sans doute avant le 24 novembre 2026", True)],
        ),
        ({"nature": "call"}, [("open", "date limite inconnue", False)]),
        ({"nature": "call", "deadline": "2026-11-23"}, [("closed", "date limite de réponse passée", False)]),
        ({"nature": "award"}, [("awarded", "attribué", False)]),
        (
            {"nature": "award", "national": True},
            [("awarded", "attribué", False), ("place", "lieu d'exécution : toute la France", False)],
        ),
        (
            {"nature": "award", "places": ["departement:29", "departement:35", "departement:56", "departement:22"]},
            [
                ("awarded", "attribué", False),
                ("place", "lieux annoncés : Finistère, Ille-et-Vilaine, Morbihan et 1 autre", False),
            ],
        ),
        (
            {"nature": "award", "places": ["commune:35238"], "issues": ["place_from_title"]},
            [("awarded", "attribué", False), ("place", "lieu d'exécution : Rennes (lu dans l'intitulé)", True)],
        ),
        (
            {"nature": "award", "buyer_seat": "commune:35238"},
            [("awarded", "attribué", False), ("place", "lieu d'exécution non précisé ; acheteur : Rennes", True)],
        ),
        (
            {"nature": "award", "amount_min": 1_000, "amount_max": 2_000},
            [("awarded", "attribué", False), ("amount", "montant estimé : entre 1 000 € HT et 2 000 € HT", False)],
        ),
        (
            {"nature": "award", "amount_min": 2_000, "amount_max": 2_000},
            [("awarded", "attribué", False), ("amount", "montant estimé : 2 000 € HT", False)],
        ),
        (
            {"nature": "award", "amount_min": 2_000},
            [("awarded", "attribué", False), ("amount", "montant estimé : plus de 2 000 € HT", False)],
        ),
        ({"nature": "award", "amount_max": 2_000, "issues": ["amount_suspect"]}, [("awarded", "attribué", False)]),
    ],
)
def test_a_notice_is_told_by_its_day_its_place_and_its_amount(
    lexicon: Lexicon, record: dict[str, Any], told: list[tuple[str, str, bool]]
) -> None:
    assert plain(notice_reasons(record, None, DAY, lexicon)) == told  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("places", "whose"),
    [(["commune:35238"], "lieu d'exécution"), (["departement:35"], "siège de l'acheteur"), ([], "siège de l'acheteur")],
)
def test_a_distance_is_from_the_place_of_a_commune_else_from_the_buyer(
    lexicon: Lexicon, places: list[str], whose: str
) -> None:
    record: Any = {"nature": "award", "places": places}
    assert plain(notice_reasons(record, 3.0, DAY, lexicon))[-1] == ("distance", f"{whose} à 3 km", False)


def test_the_last_time_is_told_in_the_past_when_a_contract_ends() -> None:
    record: Any = {
        "amount": 48_000,
        "months": 20,
        "offers": 1,
        "holders": [{"name": "ATELIER"}, {"siret": "1"}, {"siren": "2"}, {}],
    }
    assert [text for _, text, _ in plain(last_time(record, ending=True))] == [
        "montant précédent : 48 000 € HT sur 20 mois",
        "1 offre la dernière fois",
        "titulaires actuels : Atelier ; SIRET 1 ; SIREN 2 ; sans identifiant",
    ]
    running: Any = {"amount": 48_000, "offers": 2}
    assert [text for _, text, _ in plain(last_time(running, ending=False))] == [
        "montant du marché : 48 000 € HT ; durée inconnue",
        "2 offres reçues",
        "titulaire inconnu",
    ]
    assert [text for _, text, _ in plain(last_time({"holders": [{"name": "A"}]}, ending=True))] == [
        "titulaire actuel : A"
    ]  # type: ignore[typeddict-item]
    assert [text for _, text, _ in plain(last_time({}, ending=True))] == ["titulaire inconnu"]  # type: ignore[typeddict-item]


def test_a_buyer_is_called_when_its_next_purchase_is_prepared(lexicon: Lexicon) -> None:
    texts = [call_text(end, DAY) for end in (date(2027, 9, 1), date(2027, 8, 24), date(2027, 2, 24), date(2027, 2, 23))]
    now = "acheteur à appeler dès maintenant"
    assert texts == ["acheteur à appeler en décembre 2026", now, now, f"{now} (renouvellement sans doute préparé)"]
    placed = [
        plain(place_of(record, lexicon)) for record in ({"place": "commune:35238"}, {"buyer_seat": "region:53"}, {})
    ]  # type: ignore[arg-type]
    assert placed == [
        [("place", "lieu d'exécution : Ille-et-Vilaine", False)],
        [("place", "lieu non précisé ; acheteur : Bretagne", True)],
        [],
    ]
