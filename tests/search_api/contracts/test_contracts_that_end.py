"""What the page of a buyer says of contracts that end counts them all, though it lists twenty."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.search_api.contracts.conftest import asked_of
from tests.search_api.contracts.corpus import ROUBAIX, contract_of
from tests.search_api.pages.html import Page
from vivier.lexicon import Lexicon


@pytest.mark.slow
def test_more_contracts_that_end_than_are_listed_are_counted(tmp_path: Path, lexicon: Lexicon) -> None:
    with asked_of(tmp_path, [contract_of(f"c{n}", f"Tonte {n}") for n in range(25)], lexicon) as client:
        page = Page("/", client.get(f"/acheteurs/{ROUBAIX}", headers={"Accept": "text/html"}).text)
        listed = client.get(f"/v1/contracts?buyer={ROUBAIX}&ending_months=18").json()["total"]
        assert "25 marchés finissent dans les 18 mois" in page.text and listed == 25
