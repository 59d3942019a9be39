"""Record what the service answers, and compare two records: the guard of a change that must change no answer.

    python -m scripts.answers record FOLDER [--engine opensearch] [--real DATA] [--prefix NAME]
    python -m scripts.answers compare FORMER LATTER

A record is made on an index built from the fictitious sample (or, with ``--real``, from the lists and contracts of a data
folder) as of a fixed day: one file a request, its status, its media type and its body. Requests come from the OpenAPI
document: every route, and every parameter of each with sample values, then pages, files, feeds, wrong input and verbs of the
command line. What names a build (generations, moments, addresses of dossiers) is replaced by a word.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final

from starlette.testclient import TestClient

from benchmarks import homes
from indexer.demo import write_demo, write_demo_contracts, write_demo_notices
from scripts.answers.requests import POSTS, VERBS, urls
from search_api.app import create_app
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon
from vivier.settings import Settings

TODAY: Final = date(2026, 11, 24)
DEMO: Final = (600, 900)
"""Fictitious suppliers and contracts of a record."""
REAL: Final = {**homes.LISTS, "decp": ("contracts/decp-2022/*.json",), "boamp": ("contracts/boamp/*.json",)}
_VOLATILE: Final = (
    (re.compile(r"(suppliers|contracts|notices|buyers)-\d{20}"), r"\1-GENERATION"),
    (re.compile(r"\d\d/\d\d/20\d\d \d\d:\d\d:\d\d UTC"), "MOMENT"),
    (re.compile(r'"request_id": "[^"]*"'), '"request_id": ""'),
    (re.compile(r"cette référence\s*:\s*[0-9a-f]+"), "cette référence : REQUEST"),
    (re.compile(r'"(took_ms|took|sha256|analysis_sha256|etag)": ?[^,}\]]+'), r'"\1":0'),
    (re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"), "MOMENT"),
    (re.compile(r"/static/([\w-]+)\.[0-9a-f]{12}\."), r"/static/\1.HASH."),
    (re.compile(r"\b(seed|graine)=[0-9a-f]{8}\b"), r"\1=SEED"),
)
_LONG: Final = re.compile(r"\b\d+\.\d{6,}(?:e-?\d+)?\b")
Recorder = Callable[[str, str, int, str, bytes], None]


def main() -> int:
    """Runs a command; returns 1 when two records differ."""
    parser = argparse.ArgumentParser(prog="python -m scripts.answers", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    recording = verbs.add_parser("record")
    recording.add_argument("folder", type=Path)
    recording.add_argument("--engine", choices=("embedded", "opensearch"), default="embedded")
    recording.add_argument("--real", type=Path, help="a data folder: its lists and contracts instead of the sample")
    recording.add_argument("--prefix", default="vivier-answers", help="beginning of the index names on OpenSearch")
    comparing = verbs.add_parser("compare")
    comparing.add_argument("former", type=Path)
    comparing.add_argument("latter", type=Path)
    options = parser.parse_args()
    if options.verb == "compare":
        return compare(options.former, options.latter)
    return record(options.folder, options.engine, options.prefix, options.real)


def record(folder: Path, engine: str, prefix: str, real: Path | None) -> int:
    """Builds an index beside the record, sends every request, writes the answers."""
    home = folder.with_name(folder.name + "-home")
    settings = Settings(home=home).model_copy(update={"engine": engine, "opensearch_prefix": prefix})
    _build(settings, real)
    folder.mkdir(parents=True)
    keep = _keeper(folder)
    lexicon = load_lexicon()
    with closing(open_engine(settings)) as opened:
        client = TestClient(create_app(opened, lexicon, today=lambda: TODAY), raise_server_exceptions=False)
        for url in urls(client):
            answer = client.get(url, headers={"Accept-Encoding": "identity"}, follow_redirects=False)
            keep("GET", url, answer.status_code, answer.headers.get("content-type", ""), answer.content)
        for path, body in POSTS:
            answer = client.post(path, json=body, headers={"Accept-Encoding": "identity"})
            url = f"{path} {json.dumps(body, ensure_ascii=False)}"
            keep("POST", url, answer.status_code, answer.headers.get("content-type", ""), answer.content)
    for verb in VERBS:
        keep("CLI", verb, *_verb(settings, verb))
    print(f"{len(list(folder.iterdir()))} answers in {folder}")
    return 0


def compare(former: Path, latter: Path) -> int:
    """Prints every request whose answer differs, and how many are the same; returns 1 when one differs."""
    names = sorted({path.name for folder in (former, latter) for path in folder.iterdir()})
    differing = [name for name in names if _read(former / name) != _read(latter / name)]
    for name in differing:
        print((latter if (latter / name).exists() else former) / name)
    print(f"{len(names) - len(differing)} answers are the same, {len(differing)} differ")
    return 1 if differing else 0


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _build(settings: Settings, real: Path | None) -> None:
    if real is None:
        write_demo(settings, DEMO[0], today=TODAY)
        write_demo_contracts(settings, DEMO[1], today=TODAY)
        write_demo_notices(settings, today=TODAY)
    else:
        homes.load(REAL, real, settings)
    homes.index(settings, accept_drops=True)


def _verb(settings: Settings, line: str) -> tuple[int, str, bytes]:
    first, *words = line.split(" ")
    done = _run(settings, first, *words)
    return done.returncode, "text/plain", done.stdout + b"\n--\n" + done.stderr


def _run(settings: Settings, *words: str) -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {
        "VIVIER_HOME": str(settings.home),
        "VIVIER_ENGINE": settings.engine,
        "VIVIER_OPENSEARCH_PREFIX": settings.opensearch_prefix,
        "COLUMNS": "120",
    }
    command = [sys.executable, "-c", "from vivier.cli import main; main()", *words]
    return subprocess.run(command, env=environment, capture_output=True, check=False)


def _keeper(folder: Path) -> Recorder:
    """A function that writes answers, each under a name made from its request."""

    def keep(method: str, url: str, status: int, media: str, body: bytes) -> None:
        name = re.sub(r"[^\w.=&,-]+", "_", f"{method}{url}")[:180]
        text = f"{method} {url}\n{status} {media}\n\n".encode() + plain(media, body)
        (folder / name).write_bytes(text)

    return keep


def plain(media: str, body: bytes) -> bytes:
    """A body in the form that is compared: JSON with one key a line, a workbook as its sheets, without the names of a build, and long decimals
    to six figures, because the last ones are those of a processor."""
    if "spreadsheetml" in media and body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in sorted(book.namelist()) if not name.startswith("docProps"))
    text = body.decode("utf-8", errors="replace")
    if "json" in media and "ndjson" not in media:
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=1, sort_keys=False)
    for pattern, word in _VOLATILE:
        text = pattern.sub(word, text)
    return _LONG.sub(lambda number: f"{float(number[0]):.6g}", text).encode()


if __name__ == "__main__":
    sys.exit(main())
