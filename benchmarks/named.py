"""Measures how many buyers and holders have a name, and where names come from, on the real files.

    python -m benchmarks named FOLDER [--sirene FILE | --invented]

``FOLDER`` holds ``contracts`` and ``suppliers``. ``--sirene`` adds the stock file of legal units, which production reads. ``--invented``
writes one in its layout, with an invented name for each buyer and holder: what SIRENE names at most, since it withholds some names.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.declared import FILES
from benchmarks.homes import LISTS, index, load, opened
from crawlers.context.run import add_context, parties_of
from crawlers.context.sirene_stock import UNITS
from vivier.contracts.buyers import CATEGORIES, category_of_siren
from vivier.contracts.leads import find_leads
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.query_profile import profile_of
from vivier.lexicon import load_lexicon
from vivier.search.operators import All
from vivier.search.query import parse_parameters
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

SOURCES = {
    **{source: LISTS[source] for source in ("siae", "esat", "geiq")},
    "boamp": ("contracts/boamp/*.json", "contracts/boamp/xml-legacy/*.xml"),
    "ted": ("contracts/ted-r209/*.xml", "contracts/eforms/real-fr/*.xml"),
    "approch": ("contracts/approch/*.json",),
    **{of: tuple(f"contracts/{one}" for one in some if "examples" not in one) for of, some in FILES.items()},
}
DAYS = ("2021-07-10", "2024-08-24", "2024-11-24", "2026-08-19")
"""Days on which some of the real contracts and notices are leads."""
Record = Mapping[str, Any]


def named(folder: Path, sirene: Path | None = None, invented: bool = False) -> Iterator[str]:
    """The shares of named buyers and holders, by contract, by organisation and in leads."""
    lexicon = load_lexicon()
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        load(SOURCES, folder, settings)
        if invented:
            sirene = settings.home / "StockUniteLegale.csv"
            sirene.write_text("\n".join(invented_stock(parties_of(settings))), encoding="utf8")
        if sirene is not None:
            add_context("sirene", [sirene], settings)
        index(settings, skip_judged=True)
        with opened(settings) as snapshot:
            contracts = [hit.record for hit in snapshot.contracts.scan(All())]
            leads = list(leads_of(snapshot))
            buyers: list[Record] = [hit.record for hit in snapshot.buyers.scan(All())]
    holders: list[Record] = [holder for record in contracts for holder in record.get("holders", ())]
    yield line("buyers", buyers)
    yield line("contracts, by their buyer", (record["buyer"] for record in contracts))
    yield line("holders", {holder["siren"]: holder for holder in holders if "siren" in holder}.values())
    yield line("contracts, by their holders", holders)
    yield line("leads, by their buyer", (record["buyer"] for record in leads))
    yield line("leads, by their holders", (holder for record in leads for holder in record.get("holders", ())))
    unnamed = [buyer for buyer in buyers if not buyer.get("name")]
    categories = (
        category_of_siren(buyer["siren"], lexicon.gazetteer) if "siren" in buyer else None for buyer in unnamed
    )
    kinds = Counter("no right number" if category is None else CATEGORIES[category] for category in categories)
    yield f"unnamed buyers, by what their number tells: {dict(kinds.most_common())}"
    yield f"unnamed buyers: {' '.join('{siren} ({contracts})'.format(**buyer) for buyer in unnamed)}"


def invented_stock(sirens: Iterable[str]) -> Iterator[str]:
    """The lines of a stock of legal units that knows these SIRENs and no other."""
    yield ",".join(UNITS.values())
    for siren in sirens:
        row = {"siren": siren, "category": "5710", "name": f"UNITE INVENTEE {siren}", "mission": "", "diffusion": "O"}
        yield ",".join(row[name] for name in UNITS)


def leads_of(snapshot: Snapshot) -> Iterator[Record]:
    """The records of the first hundred leads of every day, for a structure that serves France."""
    for day in DAYS:
        given = {"territory": "FR", "kind": "EI", "as_of": day, "per_page": "100"}
        lexicon, on = load_lexicon(), date.fromisoformat(day)
        query = parse_parameters(given.items(), lexicon, LeadsQuery)
        for lead in find_leads(query, profile_of(query, snapshot, lexicon, on), snapshot, lexicon, on).leads:
            yield lead.record


def line(title: str, parties: Iterable[Record]) -> str:
    """How many parties have a name, out of how many, and the sources of the names beside the record's own."""
    sources = Counter(one.get("name_source", "its own record") if one.get("name") else "unnamed" for one in parties)
    named, whole = sources.total() - sources["unnamed"], sources.total()
    told = ", ".join(f"{source} {count}" for source, count in sources.most_common())
    return f"{title:30} {named:6} of {whole:6}  {named / whole if whole else 0:6.1%}   {told}"
