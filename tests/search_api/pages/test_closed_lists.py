"""The choices of a form are French words, never the codes of the API."""

from __future__ import annotations

import pytest

from search_api.contracts.pages.lists import ListPage
from search_api.contracts.routes.buyer_pages import BUYERS
from search_api.contracts.routes.contract_pages import CONTRACTS
from search_api.contracts.routes.indicator_pages import INDICATORS
from search_api.contracts.routes.lead_pages import LEADS
from search_api.contracts.routes.notice_pages import NOTICES
from search_api.desk.routes.holders import PAGE as HOLDERS
from search_api.pages.words import VALUES, allowed_values

pytestmark = pytest.mark.slow


@pytest.mark.slow
@pytest.mark.parametrize("of", [BUYERS, CONTRACTS, HOLDERS, INDICATORS, LEADS, NOTICES], ids=lambda of: of.path)
def test_every_choice_of_a_form_has_a_french_name(of: ListPage) -> None:
    for name in of.model.model_fields:
        if name != "include_unknown":  # its names are those of the filters
            assert set(allowed_values(name, of.model)) <= VALUES.get(name, {}).keys(), name
