"""A reading that is not whole is refused, and the former one stays: a total that was announced did not come, or a file was cut on its way."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from crawlers.run import crawl
from tests.world import Answer, Asked, World, served
from tests.world.entry import replica
from tests.world.sources import marche
from vivier.errors import ImportRefused
from vivier.runs.records import current_run
from vivier.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("forking")]

MORE = 40
TOTALS = {
    "emplois": "count",
    "marche": "count",
    "rge": "total",
    "agence_bio": "nbTotal",
    "societe_mission": "total_results",
    "ted": "totalNoticeCount",
}
"""By what each source announces how many rows all its pages have."""


@dataclass
class Deceiving(World):
    """The replica, whose answers change on their way: pages announce more rows than come, files lose their end."""

    total: str | None = None
    cut: str | None = None
    changed: list[str] = field(default_factory=list)

    def answer(self, asked: Asked) -> Answer:
        changes = self.total is not None or self.cut is not None
        found = super().answer(replace(asked, known=None) if changes else asked)
        body = found.body
        if self.total is not None and f'"{self.total}"'.encode() in body:
            page = json.loads(body)
            body = json.dumps(page | {self.total: type(page[self.total])(MORE)}).encode()
        if self.cut is not None and asked.path.endswith(self.cut):
            body = body[: len(body) - 3]
        if body == found.body:
            return found
        self.changed.append(asked.url)
        return Answer(body, found.status)


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", marche_token=SecretStr(marche.KEY))


def deceiving(source: str) -> Deceiving:
    whole = replica([source])
    return Deceiving(pages=whole.pages, robots=b"", robots_of=whole.robots_of, hosts=whole.hosts, moved=whole.moved)


def refused(world: Deceiving, source: str, home: Settings) -> str:
    """The reason why a second reading is refused; the first one stays."""
    before = current_run(home.records, source)
    with pytest.raises(ImportRefused) as refusal:
        crawl(source, home, mirror=world.url, accept_few=True)
    assert world.changed and current_run(home.records, source) == before
    return str(refusal.value)


@pytest.mark.parametrize("source", TOTALS)
def test_a_total_that_was_announced_and_did_not_come_is_refused(home: Settings, source: str) -> None:
    with served(deceiving(source)) as world:
        assert isinstance(world, Deceiving)
        crawl(source, home, mirror=world.url, accept_few=True)
        world.total = TOTALS[source]
        assert f"{MORE} lignes annoncées" in refused(world, source, home)


CUT = {
    "bilan_ges": (".csv", "coupé avant sa fin"),
    "rfar": (".csv", "empreinte annoncée par le catalogue"),
    "decp": (".json", "empreinte annoncée par le catalogue"),
    "emplois": ("page_size=100", "JSON"),
}
"""The end of the address of a file, and why it is refused without its end."""


@pytest.mark.parametrize("source", CUT)
def test_a_file_cut_on_its_way_is_refused(home: Settings, source: str) -> None:
    with served(deceiving(source)) as world:
        assert isinstance(world, Deceiving)
        crawl(source, home, mirror=world.url, accept_few=True)
        world.cut, why = CUT[source]
        assert why in refused(world, source, home)
