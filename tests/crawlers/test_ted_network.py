"""TED online: the search is iterated by its token, a notice is asked once, an interrupted run goes on, bytes are kept."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from crawlers.sources.ted import PLAN
from tests.crawlers.partial import crawl
from tests.crawlers.samples import samples
from tests.world import Answer, Asked, World, served
from vivier.errors import ImportRefused
from vivier.model import Notice
from vivier.runs.records import current_run, read_models
from vivier.settings import Settings

SEARCH = "/v3/notices/search"
NUMBERS = ("700001-2026", "700002-2026", "700003-2026")
PUBLISHED = next(path for path in samples("ted") if b"NoticePublicationID" in path.read_bytes()).read_text("utf8")


class Search(World):
    """The search answers page by page, whatever is asked; each notice is the sample under its own number."""

    def __init__(self, *pages: tuple[str, ...], timed_out: bool = False) -> None:
        super().__init__()
        self.found, self.timed_out = pages, timed_out
        for number in NUMBERS:
            self.pages[f"/en/notice/{number}/xml"] = _notice(number)

    def answer(self, asked: Asked) -> Answer:
        if asked.path != SEARCH:
            return super().answer(asked)
        token = json.loads(asked.body).get("iterationNextToken")
        place = 0 if token is None else int(token)
        answer = {
            "notices": [
                {"publication-number": number, "publication-date": "2026-11-20+01:00", "links": {"xml": {}}}
                for number in self.found[place]
            ],
            "totalNoticeCount": sum(map(len, self.found)),
            "iterationNextToken": str(place + 1) if place + 1 < len(self.found) else None,
            "timedOut": self.timed_out,
        }
        return Answer(json.dumps(answer).encode())


def _notice(number: str) -> bytes:
    own = PUBLISHED[PUBLISHED.index("<efbc:NoticePublicationID") :]
    written = own[own.index(">") + 1 : own.index("</")]
    return PUBLISHED.replace(written, f"00{number}").encode()


def read(settings: Settings, world: World, **options: object) -> None:
    with served(world):
        crawl("ted", settings, mirror=world.url, **options)


def numbers(settings: Settings) -> set[str]:
    return {notice.number for notice in read_models(current_run(settings.records, "ted"), Notice)}


def asked_for(world: World) -> list[str]:
    return [path for path, _ in world.requests if path.endswith("/xml")]


@pytest.mark.slow
def test_every_page_of_the_search_is_read_by_its_token_then_every_notice(settings: Settings) -> None:
    world = Search(NUMBERS[:2], NUMBERS[2:])
    read(settings, world)
    assert numbers(settings) == set(NUMBERS)
    tokens = [json.loads(body).get("iterationNextToken") for body in world.received]
    assert tokens == [None, "1"]


@pytest.mark.slow
def test_the_request_is_the_documented_one(settings: Settings) -> None:
    world = Search(NUMBERS[:1])
    read(settings, world)
    body = json.loads(world.received[0])
    assert body["paginationMode"] == "ITERATION" and body["limit"] <= 250 and body["scope"] == "ALL"
    assert body["query"].startswith("buyer-country=FRA AND publication-date>=2")
    assert "publication-number" in body["fields"]


def test_the_window_is_counted_in_days_of_publication() -> None:
    body = json.loads(PLAN.what.since(date(2026, 11, 24)))  # type: ignore[union-attr]
    assert "publication-date>=20260826" in body["query"]


@pytest.mark.slow
def test_the_bytes_of_the_search_and_of_the_notices_are_kept(settings: Settings) -> None:
    world = Search(NUMBERS[:1])
    read(settings, world)
    (run,) = (settings.raw / "ted").iterdir()
    assert (run / "avis" / f"{NUMBERS[0]}.xml").read_bytes() == _notice(NUMBERS[0])
    assert NUMBERS[0] in (run / "recherche" / "00001.json").read_text("utf8")


@pytest.mark.slow
def test_a_day_asks_only_for_the_notices_of_that_day(settings: Settings) -> None:
    read(settings, Search(NUMBERS[:2]))
    world = Search(NUMBERS)
    read(settings, world)
    assert asked_for(world) == [f"/en/notice/{NUMBERS[2]}/xml"]
    assert numbers(settings) == set(NUMBERS)


@pytest.mark.slow
def test_an_interrupted_run_goes_on_where_it_stopped(settings: Settings) -> None:
    world = Search(NUMBERS)
    del world.pages[f"/en/notice/{NUMBERS[1]}/xml"]
    with pytest.raises(ImportRefused, match="réponse 404"):
        read(settings, world)
    again = Search(NUMBERS)
    read(settings, again)
    assert f"/en/notice/{NUMBERS[0]}/xml" not in asked_for(again)
    assert numbers(settings) == set(NUMBERS)


@pytest.mark.slow
def test_what_one_run_does_not_download_is_counted_by_name(settings: Settings) -> None:
    world = Search(NUMBERS)
    with served(world):
        report = crawl("ted", settings, mirror=world.url, most=1)
    assert report.skipped == {"notice_not_fetched": 2}


@pytest.mark.slow
def test_a_search_that_had_no_time_to_end_is_refused(settings: Settings) -> None:
    with pytest.raises(ImportRefused, match="pas eu le temps"):
        read(settings, Search(NUMBERS, timed_out=True))


@pytest.mark.slow
def test_a_number_that_is_none_is_never_made_an_address(settings: Settings) -> None:
    world = Search((NUMBERS[0], "../../v3/secret", "1-2"))
    read(settings, world)
    assert asked_for(world) == [f"/en/notice/{NUMBERS[0]}/xml"]


def test_a_notice_without_a_publication_number_is_set_aside_by_name(settings: Settings, tmp_path: Path) -> None:
    from crawlers.run import import_files

    draft = tmp_path / "exemple.xml"
    start, end = PUBLISHED.index("<efac:Publication>"), PUBLISHED.index("</efac:Publication>")
    draft.write_text(PUBLISHED[:start] + PUBLISHED[end + len("</efac:Publication>") :], encoding="utf8")
    real = tmp_path / "publie.xml"
    real.write_text(PUBLISHED, encoding="utf8")
    report = import_files("ted", [draft, real], settings)
    assert report.skipped == {"notice_unpublished": 1} and report.kept >= 1
