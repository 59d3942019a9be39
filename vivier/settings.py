"""Settings, read once from the environment (prefix ``VIVIER_``) and handed down; nothing else reads the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def default_home() -> Path:
    """``$XDG_DATA_HOME/vivier``, by default ``~/.local/share/vivier``."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "vivier"


class Settings(BaseSettings):
    """Where things are and which engine answers."""

    model_config = SettingsConfigDict(env_prefix="VIVIER_", frozen=True, extra="ignore")

    home: Annotated[Path, Field(default_factory=default_home, description="records, raw files and generations")]
    engine: Annotated[Literal["embedded", "opensearch"], Field(description="the engine that answers")] = "embedded"
    opensearch_url: Annotated[str, Field(description="one or more hosts, separated by commas")] = (
        "http://127.0.0.1:9200"
    )
    opensearch_prefix: Annotated[
        str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$", description="beginning of the index names")
    ] = "vivier"
    contact_url: Annotated[str, Field(description="given in the crawlers' User-Agent")] = "https://example.org/vivier"

    @property
    def records(self) -> Path:
        """Records and statistics, one folder per source and run."""
        return self.home / "records"

    @property
    def raw(self) -> Path:
        """Files as they came, one folder per source and run."""
        return self.home / "raw"

    @property
    def generations(self) -> Path:
        """Generations of the embedded engine."""
        return self.home / "generations"

    @property
    def opensearch_hosts(self) -> list[str]:
        """The hosts of ``opensearch_url``."""
        return [host.strip() for host in self.opensearch_url.split(",") if host.strip()]
