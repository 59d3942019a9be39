"""A lead says « métier supposé » when it is in a supposed trade, and not when it was searched in every trade."""

from __future__ import annotations

from datetime import date

import pytest

from vivier.contracts.lead_search import SURE_SECTOR, WEIGHTS
from vivier.contracts.leads import ANY_TRADE_POINTS, lead_of
from vivier.contracts.profile import Profile, Zone
from vivier.lexicon import Lexicon
from vivier.search.port import Hit

SUPPOSED = round(10_000 * WEIGHTS["sector"] * SURE_SECTOR)


@pytest.mark.parametrize(
    ("points", "cpv", "texts"),
    [
        (SUPPOSED, [], ["métier supposé (vous n'en publiez pas)"]),
        (ANY_TRADE_POINTS, [], []),
        (
            ANY_TRADE_POINTS,
            ["90911200"],
            ["métier supposé : Nettoyage de locaux et de bureaux (vous n'en publiez pas)"],
        ),
    ],
)
def test_a_call_of_another_trade_is_not_said_of_a_supposed_one(
    lexicon: Lexicon, points: int, cpv: list[str], texts: list[str]
) -> None:
    profile = Profile((), Zone(), supplier="lien", kinds=("AI",), supposed=(("nettoyage-locaux", 0.3),))
    record = {"nature": "call", "title": "Réseau des eaux pluviales", "cpv": cpv, "deadline": "2021-04-19T10:00:00Z"}
    hit = Hit("boamp-21-1", points, None, record, {"sector": points})
    lead = lead_of("open_notice", hit, profile, date(2021, 3, 20), lexicon)
    assert [reason.text for reason in lead.reasons if reason.code == "sector"] == texts


def test_a_supposed_trade_that_the_object_alone_names_is_named(lexicon: Lexicon) -> None:
    profile = Profile((), Zone(), supplier="lien", kinds=("ACI",), supposed=(("entretien-espaces-verts", 0.6),))
    record = {"nature": "call", "title": "Entretien des espaces verts", "deadline": "2021-04-19T10:00:00Z"}
    lead = lead_of(
        "open_notice", Hit("a", SUPPOSED, None, record, {"sector": SUPPOSED}), profile, date(2021, 3, 20), lexicon
    )
    assert lead.reasons[0].text == "métier supposé : Entretien des espaces verts (vous n'en publiez pas)"
