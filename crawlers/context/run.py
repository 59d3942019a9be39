"""Reads a context from files or from the network into a run of its own, which is put in force whole."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from crawlers.context import ban, sirene, sirene_api, zones
from crawlers.kit import FetchPlan
from crawlers.run import keep_raw
from vivier.errors import ImportRefused, NotFound
from vivier.model import Address, Record
from vivier.model.base import Model
from vivier.model.context import Area, Establishment, LegalName, Located
from vivier.runs.context import CARDS, NAMES, read_facts, read_names, write_facts
from vivier.runs.records import (
    RunStatistics,
    current_run,
    loaded_sources,
    put_in_force,
    read_lines,
    read_records,
    snapshot,
)
from vivier.settings import Settings

LIVE_LIMIT = 500
"""Look-ups of one online run of SIRENE, at seven a second: a little over a minute. The next run goes on from there."""


@dataclass
class Reading:
    """What a context run gathers."""

    facts: dict[str, Model] = field(default_factory=dict)
    names: dict[str, LegalName] = field(default_factory=dict)
    seen: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)


def add_context(name: str, files: Sequence[Path], settings: Settings, *, now: datetime | None = None) -> RunStatistics:
    """Reads files of a context and puts their facts in force, added to the facts known before. The bytes are kept under
    ``raw/``.

    Raises :class:`NotFound` for an unknown context and :class:`ImportRefused` when a file cannot be read: the run in
    force then stays.
    """
    _known(name)
    if not files:
        raise ImportRefused(f"Aucun fichier donné : « vivier context {name} FICHIER… », ou « --live ».")
    absent = [str(path) for path in files if not path.is_file()]
    if absent:
        raise ImportRefused(f"Fichier introuvable : {', '.join(absent)}.")
    started = (now or datetime.now(UTC)).astimezone(UTC)
    run, raw = _open(name, settings, started)
    try:
        return _load(name, run, keep_raw(files, raw), settings, started)
    except ImportRefused:
        _discard(name, run, settings)
        raise


def ask_context(name: str, settings: Settings, *, limit: int = LIVE_LIMIT, mirror: str | None = None) -> RunStatistics:
    """Asks the network for what is not known yet: at most ``limit`` SIRETs (SIRENE), or every address without a point (BAN)."""
    from crawlers.fetch import fetch

    _known(name)
    started = datetime.now(UTC)
    run, raw = _open(name, settings, started)
    try:
        plan = _plan(name, settings, raw, started.date(), limit)
        answers = fetch(plan, raw, settings, name, mirror=mirror)
        return _load(name, run, answers, settings, started, plan)
    except ImportRefused:
        _discard(name, run, settings)
        raise


def write_questions(settings: Settings, file: Path) -> int:
    """Writes the addresses without a point as the CSV the geocoder reads, those it did not find before included.
    Returns their number."""
    known = {fact.key for fact in read_facts(settings.context, "ban", Located)}
    return ban.write_questions(_addresses(settings), file, known)


def _known(name: str) -> None:
    if name not in CARDS:
        raise NotFound(f"Contexte inconnu « {name} ». Connus : {', '.join(CARDS)}.")


def _open(name: str, settings: Settings, started: datetime) -> tuple[str, Path]:
    stamp = started.strftime("%Y%m%dT%H%M%SZ")
    runs = (stamp if attempt == 0 else f"{stamp}-{attempt}" for attempt in range(1000))
    run = next(run for run in runs if not (settings.context / name / run).exists())
    (settings.context / name / run).mkdir(parents=True)
    raw = settings.raw / name / run
    raw.mkdir(parents=True, exist_ok=True)
    return run, raw


def _discard(name: str, run: str, settings: Settings) -> None:
    shutil.rmtree(settings.context / name / run, ignore_errors=True)
    shutil.rmtree(settings.raw / name / run, ignore_errors=True)


def _plan(name: str, settings: Settings, raw: Path, today: date, limit: int) -> FetchPlan:
    if name == "sirene":
        due = sirene.to_ask(_sirets(settings), _former_sirene(settings), today, limit)
        due += sirene.to_name(parties_of(settings), _former_names(settings), today, limit - len(due))
        if not due:
            raise ImportRefused(
                "Rien à demander. Tous les SIRET des fournisseurs ont été lus depuis moins d'un mois, "
                "et tous les noms d'acheteurs et de titulaires depuis moins d'un an."
            )
        return sirene_api.plan_of(due)
    if name == "ban":
        whole = raw / "questions.csv"
        if write_questions(settings, whole) == 0:
            raise ImportRefused("Aucune adresse sans coordonnées n'est nouvelle : rien à demander.")
        return ban.plan_of(ban.batches(whole))
    raise ImportRefused(f"« {name} » n'a pas d'adresse stable à interroger : donnez son fichier.")


def _load(
    name: str, run: str, files: Sequence[Path], settings: Settings, started: datetime, plan: FetchPlan | None = None
) -> RunStatistics:
    reading = _READERS[name](files, settings, started.date(), plan)
    if reading.seen == 0:
        raise ImportRefused(f"« {name} » : rien n'a été lu. Ce qui était connu n'a pas changé.")
    folder = settings.context / name / run
    written = write_facts(folder, (reading.facts[key] for key in sorted(reading.facts)))
    if reading.names:
        written += write_facts(folder, (reading.names[key] for key in sorted(reading.names)), NAMES)
    aside = sum(reading.set_aside.values())
    report = RunStatistics(
        source=CARDS[name],
        run=run,
        started_at=started,
        finished_at=max(started, datetime.now(UTC)),
        files=tuple(path.name for path in files),
        seen=max(reading.seen, written + aside),
        kept=written,
        set_aside=dict(sorted(reading.set_aside.items())),
        skipped={"not_ours": left} if (left := max(0, reading.seen - written - aside)) else {},
        issues={},
        bytes_read=sum(path.stat().st_size for path in files),
        sha256=snapshot(folder / "facts.jsonl"),
    )
    (folder / "statistics.json").write_bytes(report.model_dump_json(indent=1).encode())
    put_in_force(settings.context, name, run)
    return report


def _read_sirene(files: Sequence[Path], settings: Settings, today: date, plan: FetchPlan | None) -> Reading:
    wanted = frozenset(_sirets(settings))
    parties = frozenset(parties_of(settings))
    done = sirene.read(files, wanted, today, parties) if plan is None else _answers(files, plan, today, wanted, parties)
    former = _former_sirene(settings)
    facts: dict[str, Model] = dict(former)
    facts |= {siret: sirene.combined(former.get(siret), fact) for siret, fact in done.facts.items()}
    names = {siren: name for siren, name in _former_names(settings).items() if siren in parties} | done.names
    return Reading(facts, names, done.seen, Counter({"cells_count": done.broken} if done.broken else {}))


def _answers(files: Sequence[Path], plan: FetchPlan, today: date, wanted: Set[str], parties: Set[str]) -> sirene.Read:
    starts = getattr(plan.what, "starts", ())
    queried = [start.partition("q=")[2][:14] for start in starts]
    facts = [
        fact for path, siret in zip(files, queried, strict=True) for fact in sirene_api.read_answer(path, siret, today)
    ]
    own = {fact.siret: fact for fact in facts if fact.siret in queried}
    names = {siret[:9]: sirene.name_of(fact, today) for siret, fact in own.items() if siret[:9] in parties}
    return sirene.Read({siret: fact for siret, fact in own.items() if siret in wanted}, names, len(facts))


def _read_ban(files: Sequence[Path], settings: Settings, today: date, plan: FetchPlan | None) -> Reading:
    reading = Reading({fact.key: fact for fact in read_facts(settings.context, "ban", Located)})
    for path in files:
        for found in ban.read(path, today):
            reading.seen += 1
            if isinstance(found, str):
                reading.set_aside[found] += 1
            else:
                reading.facts[found.key] = found
    return reading


def _read_zones(files: Sequence[Path], settings: Settings, today: date, plan: FetchPlan | None) -> Reading:
    areas = [area for path in files for area in zones.read(path)]
    fresh = {area.zone for area in areas}
    former = [area for area in read_facts(settings.context, "zones", Area) if area.zone not in fresh]
    facts = {f"{area.zone}:{area.code or ''}:{place:06}": area for place, area in enumerate([*former, *areas])}
    return Reading(dict(facts), seen=len(areas))


_READERS: dict[str, Callable[[Sequence[Path], Settings, date, FetchPlan | None], Reading]] = {
    "sirene": _read_sirene,
    "ban": _read_ban,
    "zones": _read_zones,
}


def _records(settings: Settings) -> Iterator[Record]:
    for source in loaded_sources(settings.records, "suppliers"):
        yield from read_records(current_run(settings.records, source))


def _sirets(settings: Settings) -> set[str]:
    return {record.siret for record in _records(settings) if record.siret is not None}


def parties_of(settings: Settings) -> dict[str, str]:
    """SIREN and one SIRET (empty when none is known) of the buyers and holders of the contracts and notices in force."""
    found: dict[str, str] = {}
    sources = (*loaded_sources(settings.records, "contracts"), *loaded_sources(settings.records, "notices"))
    for source in sources:
        for _, record in read_lines(current_run(settings.records, source)):
            for party in (record["buyer"], *record.get("holders", ())):
                if party.get("siren") and not found.get(party["siren"]):
                    found[party["siren"]] = party.get("siret") or ""
    return found


def _addresses(settings: Settings) -> Iterator[Address]:
    return (record.address for record in _records(settings))


def _former_names(settings: Settings) -> sirene.Names:
    return {name.siren: name for name in read_names(settings.context)}


def _former_sirene(settings: Settings) -> sirene.Facts:
    return {fact.siret: fact for fact in read_facts(settings.context, "sirene", Establishment)}
