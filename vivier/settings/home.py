"""Settings of a home: where its records, files and generations are, how long they are kept, and which engine answers."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from vivier.settings.secret_files import SecretFiles


def default_home() -> Path:
    """``$XDG_DATA_HOME/vivier``, by default ``~/.local/share/vivier``."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "vivier"


class InHome(BaseSettings):
    """Where things are, how long they are kept, and which engine answers. An empty variable is as good as none."""

    model_config = SettingsConfigDict(env_prefix="VIVIER_", frozen=True, extra="forbid", env_ignore_empty=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then variables, then the files of secrets."""
        return init_settings, env_settings, SecretFiles(settings_cls)

    home: Annotated[
        Path,
        AfterValidator(Path.expanduser),
        Field(default_factory=default_home, description="records, raw files and generations"),
    ]
    engine: Annotated[Literal["embedded", "opensearch"], Field(description="the engine that answers")] = "embedded"
    retention_days: Annotated[
        int, Field(ge=1, description="days former runs and raw files are kept before « vivier purge » deletes them")
    ] = 90
    stream_years: Annotated[
        int | None,
        Field(
            ge=1,
            description="years that contracts, notices and planned purchases are kept, by their day; unset: all, "
            "because a renewal is learnt from the contract before and a framework contract lasts up to eight years",
        ),
    ] = None
    opposition_salt: Annotated[
        SecretStr | None, Field(min_length=16, description="key of the opposition list's hashes")
    ] = None

    def stream_since(self, today: date) -> date | None:
        """The day before which rows of streams leave; ``None`` when all stay."""
        return None if self.stream_years is None else today - timedelta(days=365.25 * self.stream_years)

    @property
    def records(self) -> Path:
        """Records and statistics, one folder per source and run."""
        return self.home / "records"

    @property
    def ids(self) -> Path:
        """The ids given so far. Keep this file: published addresses depend on it."""
        return self.home / "identity" / "ids.jsonl"

    @property
    def decisions(self) -> Path:
        """The decisions of a person on pairs of records."""
        return self.home / "identity" / "decisions.csv"

    @property
    def doubts(self) -> Path:
        """The pairs of records to review, written at each build."""
        return self.home / "identity" / "pairs.csv"

    @property
    def context(self) -> Path:
        """Data of registers about suppliers, one folder per context and run."""
        return self.home / "context"

    @property
    def backups(self) -> Path:
        """Sealed copies of what cannot be made again."""
        return self.home / "backups"

    @property
    def raw(self) -> Path:
        """Raw files as received, one folder per source and run."""
        return self.home / "raw"

    @property
    def generations(self) -> Path:
        """Generations of the embedded engine."""
        return self.home / "generations"
