"""The core: the search of suppliers, their sheets, reference data, the pages about the service."""

from __future__ import annotations

from typing import Final

from search_api.product import Product
from search_api.suppliers.routes import (
    assessment,
    compare_pages,
    exports,
    map_data,
    needs,
    operations,
    pages,
    quality,
    resources,
    service,
    sources,
    spaces,
    suggest,
    supplier_page,
    suppliers,
    territories,
    vocabulary,
)
from vivier.settings.crawling import OfCrawling
from vivier.settings.home import InHome
from vivier.settings.opensearch import OfOpenSearch
from vivier.settings.readers import OfReaders
from vivier.settings.serving import OfServing

SUPPLIERS: Final = Product(
    name="suppliers",
    routers=(
        exports.router,
        suppliers.router,
        needs.router,
        territories.router,
        suggest.router,
        vocabulary.router,
        sources.router,
        quality.router,
        resources.router,
        assessment.router,
        operations.router,
        spaces.router,
        service.router,
        compare_pages.router,
        map_data.router,
        pages.router,
        supplier_page.router,
    ),
    collections=("suppliers",),
    settings=(InHome, OfOpenSearch, OfCrawling, OfReaders, OfServing),
)
