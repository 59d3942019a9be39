"""SIRENE as context: what its stock files or its API say of the SIRETs of the records in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from crawlers.context import sirene_api, sirene_stock
from vivier.identity import fold
from vivier.model.context import Establishment, LegalName

Facts = dict[str, Establishment]
Names = dict[str, LegalName]
STALE_DAYS = 30
NAME_STALE_DAYS = 365
"""A name is asked again after a year."""


@dataclass
class Read:
    """What was read: facts by SIRET, names of buyers and holders by SIREN, rows seen, rows that could not be read."""

    facts: Facts = field(default_factory=dict)
    names: Names = field(default_factory=dict)
    seen: int = 0
    broken: int = 0

    def add(self, rows: sirene_stock.StockRows, facts: Facts) -> None:
        """Adds these facts to those known, the newer value winning, and counts the rows they come from."""
        self.facts |= {siret: combined(self.facts.get(siret), fact) for siret, fact in facts.items()}
        self.seen += rows.seen
        self.broken += rows.broken


def read(files: Sequence[Path], wanted: Set[str], today: date, parties: Set[str] = frozenset()) -> Read:
    """What the files say of the SIRETs ``wanted``, and the names of ``parties`` (SIRENs of buyers and holders).

    Files may be of several layouts: where a stock and an answer of the API differ, the stock wins.
    """
    answers = [path for path in files if sirene_api.is_answer(path)]
    done = Read()
    for path in answers:
        for fact in sirene_api.read_answer(path, None, today):
            done.seen += 1
            if fact.siret in wanted:
                done.facts[fact.siret] = fact
            if fact.siret[:9] in parties:
                done.names[fact.siret[:9]] = name_of(fact, today)
    _read_stocks(
        {path: sirene_stock.layout_of(path) for path in files if path not in answers}, wanted, today, done, parties
    )
    return done


def _read_stocks(stocks: dict[Path, str], wanted: Set[str], today: date, done: Read, parties: Set[str]) -> None:
    """Reads successions first, because the state of the successors is wanted too."""
    for path in _of(stocks, "successions"):
        rows = sirene_stock.read_successions(path, wanted)
        wanted = wanted | set(rows.facts.values())
        done.add(rows, {s: Establishment(siret=s, successor=to, read_on=today) for s, to in rows.facts.items()})
    for path in _of(stocks, "sites"):
        rows = sirene_stock.read_sites(path, wanted, today)
        done.add(rows, rows.facts)
    for path in _of(stocks, "units"):
        rows = sirene_stock.read_units(path, {siret[:9] for siret in wanted} | parties)
        units = ((siren, rows.facts[siren]) for siren in sorted(parties) if siren in rows.facts)
        done.names |= {siren: name_of(_with_unit(None, f"{siren}00000", unit, today), today) for siren, unit in units}
        known = {siret: rows.facts[siret[:9]] for siret in sorted(wanted) if siret[:9] in rows.facts}
        done.add(rows, {s: _with_unit(done.facts.get(s), s, unit, today) for s, unit in known.items()})


def _of(stocks: dict[Path, str], layout: str) -> list[Path]:
    return [path for path, found in stocks.items() if found == layout]


def _with_unit(fact: Establishment | None, siret: str, unit: dict[str, object], today: date) -> Establishment:
    known = fact or Establishment(siret=siret, read_on=today)
    # A fact is as restricted as the more restricted of the site and the legal unit.
    diffusion = known.diffusion if known.restricted else unit["unit_diffusion"] or known.diffusion
    known_of_unit = {name: value for name, value in unit.items() if name != "unit_diffusion" and value is not None}
    return known.model_copy(update={**known_of_unit, "diffusion": diffusion})


def combined(former: Establishment | None, fresh: Establishment) -> Establishment:
    """The former facts overwritten by the fresh ones. A fresh value that is absent never erases a former one."""
    if former is None or not fresh.known:
        return fresh
    fresh_values = {name: value for name, value in fresh if value is not None}
    return former.model_copy(update=fresh_values)


def name_of(fact: Establishment, today: date) -> LegalName:
    """The name of a legal unit when it may be shown: a body of a known legal category that is no natural person, whose
    diffusion is not restricted."""
    body = fact.legal_category is not None and not fact.sole_trader and not fact.restricted
    name = fact.legal_name if body else None
    if name is None or fold(name) in ("", "ND"):
        return LegalName(siren=fact.siret[:9], read_on=today)
    return LegalName(siren=fact.siret[:9], name=name.strip()[:200], read_on=today)


def to_name(parties: Mapping[str, str], former: Names, today: date, limit: int) -> list[str]:
    """At most ``limit`` SIRETs of buyers and holders to look up: those whose name was never asked, then those asked
    over a year ago."""
    stale = today - timedelta(days=NAME_STALE_DAYS)
    read_on = {siren: name.read_on or date.min for siren, name in former.items()}
    due = [siren for siren in sorted(parties) if parties[siren] and read_on.get(siren, date.min) < stale]
    return [parties[siren] for siren in sorted(due, key=lambda siren: read_on.get(siren, date.min))[: max(0, limit)]]


def to_ask(wanted: Iterable[str], former: Facts, today: date, limit: int) -> list[str]:
    """At most ``limit`` SIRETs to look up: those never read, then those read over a month ago, the oldest first."""
    stale = today - timedelta(days=STALE_DAYS)
    due = [siret for siret in sorted(wanted) if _read_on(siret, former) < stale]
    return sorted(due, key=lambda siret: _read_on(siret, former))[:limit]


def _read_on(siret: str, former: Facts) -> date:
    fact = former.get(siret)
    return date.min if fact is None or fact.read_on is None else fact.read_on
