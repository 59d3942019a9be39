"""The forty lots judged before the work, studied on the demonstration; and who does the trade without a known label is told as such."""

from __future__ import annotations

import pytest

from benchmarks.cases import cases
from tests.suppliers.conftest import TODAY, House
from vivier.desk.facts.holders import holders
from vivier.desk.method.green import LEAST, Green
from vivier.search.snapshot import Snapshot
from vivier.suppliers.find import groups
from vivier.suppliers.notices import notices, unconnected

REGION = ("region:84",)


def studied(trade: str, house: House) -> Green:
    return holders((trade,), REGION, (), TODAY, Snapshot(house.engine), house.lexicon)


@pytest.mark.slow
def test_the_advice_on_the_forty_lots_is_right_or_arguable(demo: House) -> None:
    wrong = []
    for case in cases("green_lots"):
        made = studied(case["trade"], demo)
        if made.advice not in case["advice"]:
            wrong.append((case["object"], made.advice))
        if made.advice == "require":
            assert max((choice.odds or (0.0, 0.0, 0.0))[1] for choice in made.choices) >= LEAST
    assert len(wrong) <= 4, wrong


def test_who_does_the_trade_without_a_known_label_is_a_group_of_its_own(demo: House) -> None:
    found = demo.ask(trade="entretien-espaces-verts", territory="region:84", label="ISO14001")
    answered = {group.code: group for group in groups(found, Snapshot(demo.engine), demo.lexicon)}
    assert list(answered)[:3] == ["exact", "label_unknown", "near_trade"]
    everyone = demo.all(trade="entretien-espaces-verts", territory="region:84")
    holding = demo.all(trade="entretien-espaces-verts", territory="region:84", label="ISO14001")
    assert demo.all(
        trade="entretien-espaces-verts", territory="region:84", label="ISO14001", group="label_unknown"
    ) == (everyone - holding)
    assert "avec ce label" in answered["exact"].sentence
    reasons = [reason.text for result in answered["label_unknown"].results for reason in result.reasons]
    assert any("inconnu, à demander" in text or "expiré" in text for text in reasons)


def test_a_search_without_a_label_has_no_such_group(demo: House) -> None:
    found = demo.ask(trade="entretien-espaces-verts", territory="region:84")
    assert "label_unknown" not in {group.code for group in groups(found, Snapshot(demo.engine), demo.lexicon)}


def test_a_label_that_no_source_gives_is_said_not_connected(demo: House) -> None:
    found = demo.ask(trade="produits-entretien", label="NORDIC_SWAN")
    assert unconnected(found) == ("NORDIC_SWAN",)
    assert any("source non connectée" in notice for notice in notices(found))
    assert unconnected(demo.ask(trade="impression", label="IMPRIM_VERT")) == ()
