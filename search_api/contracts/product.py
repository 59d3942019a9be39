"""Contracts, notices and buyers: lists, leads, indicators, feeds."""

from __future__ import annotations

from typing import Final

from search_api.contracts import awards
from search_api.contracts.pages import who
from search_api.contracts.routes import (
    buyer_pages,
    buyers,
    contract_pages,
    contracts,
    feeds,
    indicator_pages,
    indicators,
    lead_pages,
    leads,
    list_exports,
    notice_pages,
    structure_pages,
)
from search_api.doors import Doors
from search_api.product import Product

CONTRACTS: Final = Product(
    name="contracts",
    routers=(
        list_exports.router,
        buyers.router,
        feeds.router,
        contracts.router,
        leads.router,
        indicators.router,
        contract_pages.router,
        notice_pages.router,
        lead_pages.router,
        buyer_pages.router,
        indicator_pages.router,
        structure_pages.router,
    ),
    collections=("contracts", "notices", "buyers"),
    doors=Doors(contracts=awards, whom=who),
)
