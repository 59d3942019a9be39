"""Where a notice of a journal is: the départements it is announced in are not where the purchase is done, for who buys at home."""

from __future__ import annotations

from datetime import date

import pytest

from indexer.contracts.notices.places import NoticePlaces
from vivier.contracts.acts import where_text
from vivier.contracts.reasons import notice_reasons
from vivier.lexicon import Lexicon
from vivier.model import BuyerPlace, Notice, Organisation, Provenance


@pytest.mark.parametrize(
    ("buyer", "post_code", "announced", "places"),
    [
        ("Ville de Concarneau", "29900", ("29", "56"), ("29",)),
        ("MAIRIE DE BREUILPONT", "27640", ("14", "27", "28"), ("27",)),
        ("Conseil Départemental des Bouches du Rhône", None, ("13", "83", "84"), ("13",)),
        ("Communauté d’agglomération de Concarneau", "20182", ("29", "56"), ("29",)),
        ("Département Immobilier de Lyon - MJ", "69432", ("3", "69"), ("03", "69")),
        ("Syndicat mixte mégalis bretagne", "35510", ("22", "29"), ("22", "29")),
        ("S.G.A.P. SUD-EST", "69421", ("73", "69"), ("73", "69")),
    ],
)
def test_a_town_or_a_county_buys_at_home_wherever_it_announces(
    lexicon: Lexicon, buyer: str, post_code: str | None, announced: tuple[str, ...], places: tuple[str, ...]
) -> None:
    where = None if post_code is None else BuyerPlace(post_code=post_code)
    notice = Notice(
        source="boamp",
        source_id="21-1",
        number="21-1",
        form="boamp",
        nature="call",
        title="Achat",
        provenance=Provenance(source_id="boamp", producer="DILA", dataset="BOAMP", licence="Licence Ouverte 2.0"),
        departements=announced,
        buyer=Organisation(name=buyer),
        buyer_place=where,
    )
    assert NoticePlaces(lexicon.gazetteer).of(notice) == tuple(f"departement:{code}" for code in places)


@pytest.mark.parametrize(
    ("places", "issues", "text"),
    [
        (("departement:29",), (), "lieu d'exécution : Finistère"),
        (
            tuple(f"departement:{code}" for code in ("29", "56", "35", "22")),
            (),
            "lieux annoncés : Finistère, Morbihan, Ille-et-Vilaine et 1 autre",
        ),
        (("commune:62377",), ("place_from_title",), "lieu d'exécution : Gosnay (lu dans l'intitulé)"),
    ],
)
def test_several_places_are_said_announced_and_one_of_the_title_says_no_more(
    lexicon: Lexicon, places: tuple[str, ...], issues: tuple[str, ...], text: str
) -> None:
    record = {"nature": "call", "places": list(places), "issues": list(issues)}
    told = notice_reasons(record, None, date(2021, 2, 15), lexicon)  # type: ignore[arg-type]
    assert [reason.text for reason in told if reason.code == "place"] == [text]


@pytest.mark.parametrize(
    ("place", "where", "distance"),
    [
        ("departement:73", "Savoie, acheteur à 3 km", "siège de l'acheteur à 3"),
        ("commune:62377", "Gosnay, à 3 km", "lieu d'exécution à 3"),
    ],
)
def test_a_distance_says_whose_it_is(lexicon: Lexicon, place: str, where: str, distance: str) -> None:
    told = notice_reasons({"nature": "call", "places": [place]}, 3.2, date(2021, 2, 15), lexicon)  # type: ignore[typeddict-item]
    assert where_text(told, 3.2).replace("\N{NARROW NO-BREAK SPACE}", " ") == where
    assert [reason.text[: len(distance)] for reason in told if reason.code == "distance"] == [distance]


@pytest.mark.parametrize(
    ("siren", "post_code", "town", "seat"),
    [
        ("222900011", "29900", "Concarneau", "commune:29039"),
        ("222900011", "35000", None, "commune:35238"),
        ("222900011", "29999", None, "departement:29"),
        ("222900011", "35999", None, "departement:29"),
        (None, "35999", None, "departement:35"),
        (None, "3599", None, None),
        (None, None, None, None),
    ],
)
def test_the_seat_of_a_buyer_is_its_address_then_its_number_then_the_digits_of_its_post_code(
    lexicon: Lexicon, siren: str | None, post_code: str | None, town: str | None, seat: str | None
) -> None:
    buyer = Organisation(siren=siren, name="Acheteur")
    place = BuyerPlace(post_code=post_code, town=town)
    assert NoticePlaces(lexicon.gazetteer).seat(buyer, place).seat == seat
