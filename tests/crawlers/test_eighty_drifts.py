"""Live sources drift: a column renamed or emptied, another unit, another form of date, a file cut. Such a run is refused, or read all the
same; never put in force without a word."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.contract_files import contract
from crawlers.registry import source_of
from crawlers.run import load, open_run
from indexer.demo.identifiers import siret
from tests.crawlers.samples import NOW
from tests.world.sources.rge import _line
from vivier.errors import ImportRefused, NotFound
from vivier.runs.drops import lost
from vivier.runs.records import MODELS, RunStatistics, current_run, read_models
from vivier.settings import Settings

Row = dict[str, Any]
Change = Callable[[Row], Row]
Bytes = Callable[[bytes], bytes]


def decp() -> bytes:
    return json.dumps(
        {"marches": {"marche": [contract(number * 45) for number in range(60)]}}, ensure_ascii=False
    ).encode()


def rge() -> bytes:
    lines = [_line(number, siret(76_000 + number, 1)) for number in range(40)]
    return json.dumps({"total": len(lines), "results": lines}, ensure_ascii=False).encode()


def renamed(name: str) -> Change:
    return lambda row: {(f"{key}_v2" if key == name else key): value for key, value in row.items()}


def emptied(name: str) -> Change:
    return lambda row: row | {name: None if not isinstance(row.get(name), str) else ""}


def gone(name: str) -> Change:
    return lambda row: {key: value for key, value in row.items() if key != name}


def valued(name: str, value: Callable[[Any], Any]) -> Change:
    return lambda row: row | {name: value(row[name])}


def rows(change: Change, path: tuple[str, ...]) -> Bytes:
    """A file whose rows are changed."""

    def made(content: bytes) -> bytes:
        document = json.loads(content)
        inner = document
        for name in path[:-1]:
            inner = inner[name]
        inner[path[-1]] = [change(row) for row in inner[path[-1]]]
        return json.dumps(document, ensure_ascii=False).encode()

    return made


def epoch(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)


def american(day: str) -> str:
    return f"{date.fromisoformat(day):%m/%d/%Y}"


LOGIN = b"<!DOCTYPE html><html><title>Connexion</title><form action='/login'><input name='password'></form></html>"
DECP, RGE = ("marches", "marche"), ("results",)
OF_CONTRACTS = (
    *("id", "acheteur", "objet", "codeCPV", "procedure", "lieuExecution", "dureeMois", "dateNotification"),
    *("datePublicationDonnees", "montant", "offresRecues", "titulaires", "considerationsSociales"),
    *("considerationsEnvironnementales", "nature", "ccag", "typeGroupementOperateurs"),
)
OF_LINES = (
    *("siret", "nom_entreprise", "adresse", "code_postal", "commune", "site_internet", "domaine", "nom_qualification"),
    *("lien_date_debut", "lien_date_fin"),
)


def drifts() -> Iterator[tuple[str, str, Bytes]]:
    """A source, the name of a drift, and what it does to its file."""
    for kind in (renamed, emptied, gone):
        yield from (("decp", f"{name} {kind.__name__}", rows(kind(name), DECP)) for name in OF_CONTRACTS)
        yield from (("rge", f"{name} {kind.__name__}", rows(kind(name), RGE)) for name in OF_LINES)
    for name, value in (
        ("zero", lambda amount: 0),
        ("thousands", lambda amount: round(amount / 1000, 2)),
        ("words", lambda amount: f"environ {amount} euros"),
    ):
        yield "decp", f"montant {name}", rows(valued("montant", value), DECP)
    for name, value in (
        ("years", lambda months: months // 12),
        ("days", lambda months: months * 30),
        ("zero", lambda months: 0),
    ):
        yield "decp", f"dureeMois {name}", rows(valued("dureeMois", value), DECP)
    for column in ("dateNotification", "datePublicationDonnees"):
        yield "decp", f"{column} epoch", rows(valued(column, epoch), DECP)
        yield "decp", f"{column} American", rows(valued(column, american), DECP)
    for source in ("decp", "rge"):
        yield source, "login page", lambda content: LOGIN
        yield source, "nothing", lambda content: b""
        yield source, "cut", lambda content: content[: len(content) * 9 // 10]
        yield source, "byte order mark", lambda content: b"\xef\xbb\xbf" + content
    yield "decp", "half of the rows", _half(DECP)
    yield "rge", "half of the rows", _half(RGE)
    yield "rge", "dates American", rows(valued("lien_date_fin", american), RGE)
    yield "decp", "SIRET as a number", rows(valued("acheteur", lambda buyer: {"id": int(buyer["id"])}), DECP)
    yield "decp", "CPV without a label", rows(valued("codeCPV", lambda cpv: cpv[:8]), DECP)


def _half(path: tuple[str, ...]) -> Bytes:
    def made(content: bytes) -> bytes:
        document = json.loads(content)
        inner = document
        for name in path[:-1]:
            inner = inner[name]
        inner[path[-1]] = inner[path[-1]][::2]
        return json.dumps(document).encode()

    return made


def live(source_id: str, content: bytes, settings: Settings, folder: Path, at: datetime) -> RunStatistics:
    """The run of a file that came from the network."""
    path = folder / "00001.json"
    path.write_bytes(content)
    return load(source_of(source_id), open_run(source_id, settings, at), [path], settings, at, live=True)


def in_force(source_id: str, settings: Settings) -> list[dict[str, Any]]:
    run = current_run(settings.records, source_id)
    model: Any = MODELS[source_of(source_id).card.content]
    return [record.model_dump(mode="json", exclude={"provenance"}) for record in read_models(run, model)]


def outcome(source_id: str, change: Bytes, content: bytes, settings: Settings, folder: Path) -> str:
    """« refused », « repaired » (the same records), « told » (in force, with what is missing), or « silent »."""
    before = in_force(source_id, settings)
    try:
        report = live(source_id, change(content), settings, folder, NOW + timedelta(days=1))
    except ImportRefused as error:
        assert str(error) and in_force(source_id, settings) == before
        return "refused"
    if without_run(in_force(source_id, settings)) == without_run(before):
        return "repaired"
    return "told" if report.fallen or report.drift else "silent"


def without_run(records: list[dict[str, Any]]) -> str:
    """The records without when they were read."""
    return json.dumps(records, sort_keys=True).replace(
        (NOW + timedelta(days=1)).date().isoformat(), NOW.date().isoformat()
    )


@pytest.mark.long
def test_of_eighty_drifts_none_passes_without_a_word_and_all_but_two_are_refused_or_repaired(tmp_path: Path) -> None:
    contents = {"decp": decp(), "rge": rge()}
    found: dict[str, list[str]] = {}
    for at, (source_id, name, change) in enumerate(drifts()):
        settings = Settings(home=tmp_path / str(at))
        live(source_id, contents[source_id], settings, tmp_path, NOW)
        found.setdefault(outcome(source_id, change, contents[source_id], settings, tmp_path), []).append(
            f"{source_id}: {name}"
        )
    counts = Counter({verdict: len(names) for verdict, names in found.items()})
    assert counts.total() >= 80
    assert not found.get("silent"), found["silent"]
    assert len(found.get("told", ())) <= 2, found["told"]


def test_the_first_reading_of_a_document_cut_on_its_way_is_refused_and_leaves_nothing_in_force(tmp_path: Path) -> None:
    settings, content = Settings(home=tmp_path / "home"), decp()
    with pytest.raises(ImportRefused, match="coupé avant sa fin"):
        live("decp", content[: len(content) * 99 // 100], settings, tmp_path, NOW)
    with pytest.raises(NotFound):
        current_run(settings.records, "decp")


def test_a_rare_field_that_vanishes_is_refused_and_one_that_chance_empties_is_not() -> None:
    assert lost({"techniques": 18}, 60, {}, 60) == ["techniques : 30\u00a0% → 0\u00a0% des lignes"]
    assert lost({"techniques": 4}, 60, {}, 60) == []
    assert lost({"months": 60}, 60, {"months": 29}, 60) and not lost({"months": 60}, 60, {"months": 31}, 60)


def test_a_column_in_cents_is_refused(tmp_path: Path) -> None:
    settings, content = Settings(home=tmp_path / "home"), decp()
    live("decp", content, settings, tmp_path, NOW)
    change = rows(valued("montant", lambda amount: amount * 100), DECP)
    assert outcome("decp", change, content, settings, tmp_path) == "refused"


@pytest.mark.long
def test_of_two_hundred_generated_drifts_none_is_silent_and_98_in_100_are_refused_or_repaired(tmp_path: Path) -> None:
    from benchmarks.drifts import drawn, run

    found = run(drawn(7, 200), tmp_path)
    assert not found.get("silent"), found["silent"]
    assert len(found.get("told", ())) <= 4, found["told"]
