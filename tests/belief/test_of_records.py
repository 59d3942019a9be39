"""What is believed of a record of the index: the sheet, the search and leads tell one value."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from vivier.belief import Belief
from vivier.contracts.profile import profile_of_record
from vivier.lexicon import Lexicon
from vivier.suppliers.believed import in_words, probable

DAY = date(2026, 11, 29)


def record(name: str, kind: str = "ACI", *trades: str) -> Any:
    return {
        "id": "siret:1",
        "name": {"value": name},
        "agreements": [{"value": {"kind": kind}}],
        "offers": [{"value": {"trade": trade, "evidence": "declared"}} for trade in trades],
    }


@pytest.mark.parametrize("name", ["Rivières du Bray", "Peinture pour tous", "Les Jardins du Bray"])
def test_a_supposed_trade_of_leads_is_one_of_the_sheet_with_the_same_value(name: str, lexicon: Lexicon) -> None:
    shown = {code: found.probability for code, found in probable(record(name), lexicon, DAY)}
    supposed = dict(profile_of_record(record(name), lexicon, DAY).supposed)
    assert supposed and supposed == {code: shown[code] for code in supposed}


def test_a_trade_that_the_table_no_longer_has_is_left_out(lexicon: Lexicon) -> None:
    old = record("ESAT Le Tilleul", "ESAT", "trade-of-long-ago")
    assert probable(old, lexicon, DAY) == probable(record("ESAT Le Tilleul", "ESAT"), lexicon, DAY)


def test_the_degree_is_that_of_the_percentage_written() -> None:
    assert in_words(Belief(0.698, 0.5, 0.9, ())) == "très probable (70\xa0%, d'après son type)"
    assert in_words(Belief(0.66, 0.5, 0.9, ())) == "probable (64\xa0%, d'après son type)"
