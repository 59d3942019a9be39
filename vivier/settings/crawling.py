"""Settings of what is read online."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from vivier.settings.home import InHome
from vivier.settings.readers import address


class OfCrawling(InHome):
    """How sources are read online, and those that are not."""

    contact_url: Annotated[str, AfterValidator(address), Field(description="given in the crawlers' User-Agent")] = (
        "https://example.org/vivier"
    )
    crawl_off: Annotated[str | None, Field(description="sources never read online, separated by commas")] = None
    emplois_token: Annotated[
        SecretStr | None,
        Field(description="key of the service API of les-emplois, which « vivier crawl emplois » then reads"),
    ] = None
    marche_token: Annotated[
        SecretStr | None, Field(description="key of the API of the Marché de l'inclusion, for « vivier crawl marche »")
    ] = None

    @property
    def sources_off(self) -> frozenset[str]:
        return frozenset(name.strip() for name in (self.crawl_off or "").split(",") if name.strip())
