"""A house of its own for each test of the crawlers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crawlers.run import import_files
from tests.crawlers.contract_files import MakeContract, Reader, marche, text
from tests.crawlers.samples import NOW
from vivier.model.contract import ContractRecord
from vivier.runs.records import current_run, read_models
from vivier.settings import Settings


@pytest.fixture(scope="session")
def usual() -> Settings:
    """The settings of nobody, read once: reading forty takes longer than most tests."""
    return Settings()


@pytest.fixture
def settings(usual: Settings, tmp_path: Path) -> Settings:
    return usual.model_copy(update={"home": tmp_path / "home"})


@pytest.fixture
def read(settings: Settings, tmp_path: Path) -> Reader:
    def reader(content: str | bytes, name: str = "file.json", source: str = "decp") -> Any:
        path = tmp_path / name
        known = (settings.records / source / "current").exists()
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        report = import_files(source, [path], settings, now=NOW, replace=source if known else None)
        return report, list(read_models(current_run(settings.records, source), ContractRecord))

    return reader


@pytest.fixture
def contract(read: Reader) -> MakeContract:
    def reader(**fields: Any) -> ContractRecord:
        _, [record] = read(text(marche(**fields)))
        return record

    return reader
