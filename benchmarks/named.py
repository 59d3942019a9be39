"""Measures how many buyers and holders have a name, and where names come from, on the real files.

    python -m benchmarks.named FOLDER [--sirene FILE | --invented]

``FOLDER`` holds ``contracts`` and ``suppliers``. ``--sirene`` adds the stock file of legal units, which production reads. ``--invented``
writes one in its layout, with an invented name for each buyer and holder: what SIRENE names at most, since it withholds some names.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.declared import FILES
from crawlers.context.run import add_context, parties_of
from crawlers.context.sirene_stock import UNITS
from crawlers.run import import_files
from indexer.contracts.notices.publish import publish_notices
from indexer.contracts.publish import publish_contracts
from indexer.publish import publish
from vivier.contracts.buyers import CATEGORIES, category_of_siren
from vivier.contracts.leads import find_leads
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.query_profile import profile_of
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.operators import All
from vivier.search.port import Store
from vivier.search.query import parse_parameters
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

MORE = {
    "siae": ("suppliers/siae_marche_2020.csv",),
    "esat": ("suppliers/esat_liste_officielle_brut.csv",),
    "geiq": ("suppliers/geiq_2019_11.csv",),
    "boamp": ("contracts/boamp/*.json", "contracts/boamp/xml-legacy/*.xml"),
    "ted": ("contracts/ted-r209/*.xml", "contracts/eforms/real-fr/*.xml"),
    "approch": ("contracts/approch/*.json",),
}
DAYS = ("2021-07-10", "2024-08-24", "2024-11-24", "2026-08-19")
"""Days on which some of the real contracts and notices are leads."""
Record = Mapping[str, Any]
Parties = list[Mapping[str, Any]]


def load(
    folder: Path, settings: Settings, lexicon: Lexicon, sirene: Path | None = None, *, invented: bool = False
) -> Store:
    """Imports and indexes every real file, with a stock of SIRENE, or one that is invented."""
    contracts = {
        source: [f"contracts/{pattern}" for pattern in some if "examples" not in pattern]
        for source, some in FILES.items()
    }
    for source, patterns in {**MORE, **contracts}.items():
        import_files(source, sorted(path for pattern in patterns for path in folder.glob(pattern)), settings)
    if invented:
        sirene = settings.home / "StockUniteLegale.csv"
        sirene.write_text("\n".join(invented_stock(parties_of(settings))), encoding="utf8")
    if sirene is not None:
        add_context("sirene", [sirene], settings)
    engine = open_engine(settings)
    publish(engine, settings, lexicon, skip_judged=True)
    publish_contracts(engine, settings, lexicon)
    publish_notices(engine, settings, lexicon)
    return engine


def invented_stock(sirens: Iterable[str]) -> Iterator[str]:
    """The lines of a stock of legal units that knows these SIRENs and no other."""
    yield ",".join(UNITS.values())
    for siren in sirens:
        row = {"siren": siren, "category": "5710", "name": f"UNITE INVENTEE {siren}", "mission": "", "diffusion": "O"}
        yield ",".join(row[name] for name in UNITS)


def kind_of(siren: str | None, lexicon: Lexicon) -> str:
    """What a SIREN tells of a body: its category as a buyer, or that nothing is told."""
    return "no right number" if siren is None else CATEGORIES[category_of_siren(siren, lexicon.gazetteer)]


def leads_of(engine: Store, lexicon: Lexicon) -> Iterator[Record]:
    """The records of the first hundred leads of every day, for a structure that serves France."""
    for day in DAYS:
        query = parse_parameters(
            [("territory", "FR"), ("kind", "EI"), ("as_of", day), ("per_page", "100")], lexicon, LeadsQuery
        )
        snapshot = Snapshot(engine)
        profile = profile_of(query, snapshot, lexicon, date.fromisoformat(day))
        for lead in find_leads(query, profile, snapshot, lexicon, date.fromisoformat(day)).leads:
            yield lead.record


def line(title: str, parties: Iterable[Mapping[str, Any]]) -> str:
    """How many parties have a name, out of how many, and the sources of the names beside the record's own."""
    sources = Counter(one.get("name_source", "its own record") if one.get("name") else "unnamed" for one in parties)
    named, whole = sources.total() - sources["unnamed"], sources.total()
    told = ", ".join(f"{source} {count}" for source, count in sources.most_common())
    return f"{title:30} {named:6} of {whole:6}  {named / whole if whole else 0:6.1%}   {told}"


def main() -> None:
    """Prints the shares of named buyers and holders, by contract, by organisation and in leads."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of the real data")
    parser.add_argument("--sirene", type=Path, help="StockUniteLegale.csv")
    parser.add_argument("--invented", action="store_true", help="with an invented stock that names everybody")
    options = parser.parse_args()
    lexicon = load_lexicon()
    with tempfile.TemporaryDirectory() as home:
        engine = load(options.folder, Settings(home=Path(home)), lexicon, options.sirene, invented=options.invented)
        try:
            contracts = [hit.record for hit in engine.open("contracts").scan(All(()))]
            leads = list(leads_of(engine, lexicon))
            buyers: Parties = [hit.record for hit in engine.open("buyers").scan(All(()))]
        finally:
            engine.close()
    holders: Parties = [holder for record in contracts for holder in record.get("holders", ())]
    print(line("buyers", buyers))
    print(line("contracts, by their buyer", (record["buyer"] for record in contracts)))
    print(line("holders", {one["siren"]: one for one in holders if "siren" in one}.values()))
    print(line("contracts, by their holders", holders))
    print(line("leads, by their buyer", (record["buyer"] for record in leads)))
    print(line("leads, by their holders", (holder for record in leads for holder in record.get("holders", ()))))
    unnamed = [one for one in buyers if not one.get("name")]
    kinds = Counter(kind_of(one.get("siren"), lexicon) for one in unnamed)
    print("unnamed buyers, by what their number tells:", dict(kinds.most_common()))
    print("unnamed buyers:", " ".join(f"{one['siren']} ({one['contracts']})" for one in unnamed))


if __name__ == "__main__":
    main()
