"""The products of the HTTP service, from the core up: the one list that joins them."""

from __future__ import annotations

from typing import Final

from search_api.contracts.product import CONTRACTS
from search_api.desk.product import DESK
from search_api.given.product import GIVEN
from search_api.product import Product
from search_api.suppliers.product import SUPPLIERS

PRODUCTS: Final[tuple[Product, ...]] = (SUPPLIERS, CONTRACTS, DESK, GIVEN)
