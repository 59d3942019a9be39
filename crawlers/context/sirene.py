"""SIRENE as context: from stock files or from the API, what it says of the SIRETs of the records in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from datetime import date, timedelta
from pathlib import Path

from crawlers.context import sirene_api, sirene_stock
from vivier.model.context import Establishment

Facts = dict[str, Establishment]
STALE_DAYS = 30


def read(files: Sequence[Path], wanted: Set[str], today: date) -> tuple[Facts, int]:
    """What the files say of the SIRETs wanted, and how many rows they have. Files may be of several layouts."""
    answers = [path for path in files if sirene_api.is_answer(path)]
    stocks = {path: sirene_stock.layout_of(path) for path in files if path not in answers}
    found: Facts = {}
    seen = 0
    for path in answers:
        for fact in sirene_api.read_answer(path, None, today):
            seen += 1
            if fact.siret in wanted:
                found[fact.siret] = fact
    more, rows = _read_stocks(stocks, wanted, today)
    return {**found, **{siret: combined(found.get(siret), fact) for siret, fact in more.items()}}, seen + rows


def _read_stocks(stocks: dict[Path, str], wanted: Set[str], today: date) -> tuple[Facts, int]:
    found: Facts = {}
    seen = 0
    for path in _of(stocks, "successions"):
        followed, rows = sirene_stock.read_successions(path, wanted)
        found |= {s: Establishment(siret=s, successor=after, read_on=today) for s, after in followed.items()}
        wanted, seen = wanted | set(followed.values()), seen + rows
    for path in _of(stocks, "sites"):
        sites, rows = sirene_stock.read_sites(path, wanted, today)
        found |= {siret: combined(found.get(siret), site) for siret, site in sites.items()}
        seen += rows
    for path in _of(stocks, "units"):
        units, rows = sirene_stock.read_units(path, {siret[:9] for siret in wanted})
        for siret in sorted(wanted):
            if siret[:9] in units:
                found[siret] = _with_unit(found.get(siret), siret, units[siret[:9]], today)
        seen += rows
    return found, seen


def _of(stocks: dict[Path, str], layout: str) -> list[Path]:
    return [path for path, found in stocks.items() if found == layout]


def _with_unit(fact: Establishment | None, siret: str, unit: dict[str, object], today: date) -> Establishment:
    known = fact or Establishment(siret=siret, read_on=today)
    # The most restricted of site and unit holds.
    diffusion = known.diffusion if known.restricted else unit["unit_diffusion"] or known.diffusion
    told = {name: value for name, value in unit.items() if name != "unit_diffusion" and value is not None}
    return known.model_copy(update={**told, "diffusion": diffusion})


def combined(former: Establishment | None, fresh: Establishment) -> Establishment:
    """What was known, overwritten by what is newly said: an absence never erases a value."""
    if former is None or not fresh.known:
        return fresh
    said = {name: value for name, value in fresh if value is not None}
    return former.model_copy(update=said)


def to_ask(wanted: Iterable[str], former: Facts, today: date, limit: int) -> list[str]:
    """At most ``limit`` SIRETs never read, then those read longest ago, beyond a month."""
    stale = today - timedelta(days=STALE_DAYS)
    due = [siret for siret in sorted(wanted) if _read_on(siret, former) < stale]
    return sorted(due, key=lambda siret: _read_on(siret, former))[:limit]


def _read_on(siret: str, former: Facts) -> date:
    fact = former.get(siret)
    return date.min if fact is None or fact.read_on is None else fact.read_on
