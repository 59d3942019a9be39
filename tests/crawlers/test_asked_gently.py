"""What a fetch asks of Scrapy: the delay, the robots.txt and the bytes of its plan, and a cache that a glance leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawlers.datagouv import described, fitting
from crawlers.fetch import last_line, pace
from crawlers.job import FetchJob
from crawlers.registry import source_of
from crawlers.settings import scrapy_settings
from crawlers.upload import form


@pytest.mark.parametrize(("delay", "glance"), [(0.0, False), (2.5, True)])
def test_a_fetch_is_as_slow_as_its_plan_and_a_glance_has_no_cache(tmp_path: Path, delay: float, glance: bool) -> None:
    plan = source_of("siae").plan or source_of("emplois").plan
    assert plan is not None
    job = FetchJob(source="a", plan=plan, folder=tmp_path, cache=tmp_path, agent="Vivier", delay=delay, glance=glance)
    made = scrapy_settings(job)
    assert (made["DOWNLOAD_DELAY"], made["AUTOTHROTTLE_ENABLED"]) == (delay, delay > 0)
    assert (made["HTTPCACHE_ENABLED"], made["ROBOTSTXT_OBEY"]) == (not glance, plan.obeys_robots)
    assert made["CONCURRENT_REQUESTS"] == 1 and made["DOWNLOAD_MAXSIZE"] == plan.maximum_bytes


def test_a_mirror_on_this_machine_alone_is_asked_faster() -> None:
    assert [pace(2.0, mirror, 0.5) for mirror in (None, "http://localhost:1", "http://127.0.0.1:1")] == [2.0, 1.0, 1.0]
    assert pace(2.0, "http://miroir.example", 0.5) == 2.0


def test_the_last_line_of_a_log_is_told_in_two_hundred_characters() -> None:
    assert last_line("a\nb\n\n  \n") == "b" and last_line("\n") == "aucun message"
    assert last_line("x" * 201) == "x" * 200


def test_the_files_of_a_catalogue_are_ordered_by_day_a_month_before_its_days() -> None:
    def item(title: str, **more: object) -> dict[str, object]:
        return {"title": title, "url": f"https://a.example/{title}"} | more

    listed = [item("f-2026-11-03"), item("f-202611"), item("f-20251231"), item("g-20261101"), {"title": "f-20261102"}]
    found = fitting({"resources": [*listed, "no file"]}, r"f-([\d-]+)")
    assert [file.day for file in found] == ["20251231", "202611", "2026-11-03"]
    assert fitting({}, "(.*)") == fitting({"resources": "?"}, "(.*)") == []
    sums = ({"type": "SHA1", "value": "ab"}, {"type": "md5", "value": "ab"}, {"type": "sha1"}, None)
    shas = [described({"resource": item("a", checksum=checksum)}) for checksum in sums]
    assert [file and file.sha1 for file in shas] == ["ab", None, None, None]
    assert described({"resource": {"title": "a"}}) is None and described({}) is None


def test_a_file_is_sent_as_a_form_the_same_way_each_time(tmp_path: Path) -> None:
    file = tmp_path / "adresses.csv"
    file.write_bytes(b"id\n1\n")
    body, kind = form(file, [("columns", "adresse"), ("columns", "commune")])
    mark = kind.removeprefix("multipart/form-data; boundary=")
    first, upload, *fields, end = body.split(f"--{mark}".encode())
    assert (first, end) == (b"", b"--\r\n") and form(file, [])[1] == kind
    assert upload.startswith(b'\r\nContent-Disposition: form-data; name="data"; filename="adresses.csv"\r\n')
    assert upload.endswith(b"\r\n\r\nid\n1\n\r\n")
    assert [field.split(b"\r\n")[3] for field in fields] == [b"adresse", b"commune"]
