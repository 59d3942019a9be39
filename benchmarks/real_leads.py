"""Leads of real structures, judged by hand: ``python -m benchmarks.real_leads DATA [--home HOME] [--list | --census]``.

``tests/relevance/leads_profiles.csv`` holds sixty structures and the day each asks on, drawn with fixed seeds: thirty anywhere in the
country, thirty where at least five contracts of the real files end nearby. ``tests/relevance/leads_judged.csv`` holds the judgements,
made by hand from the object, the amount, the place and the dates: is it worth the morning of that director? One row is a structure, a
day, a lot and the kind of lead; ``before`` is its rank before leads were reworked (method leads-4), empty when it was not in the first ten.

- a lead is useful when one of the lots that it shows is judged useful; a second lead of one consultation tells nothing new and is not;
- precision@10: useful leads among those shown, ten at most for each structure;
- a lead that nobody judged is listed and counted as useless.

``--census`` asks for every structure of the real lists, on each of the five days. ``tests/relevance/leads_census.csv`` judges every opportunity
that one of them was shown, for all, or for structures of one kind (``of``) or on one ``day``: by its object, amount, dates and the kind.

DATA is a folder of real lists and contracts, imported and indexed in a temporary home unless one is given.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from benchmarks.real_needs import LISTS
from crawlers.run import import_files
from indexer.contracts.notices.publish import publish_notices
from indexer.contracts.publish import publish_contracts
from indexer.publish import publish
from vivier.contracts.leads import Lead, find_leads
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.opportunities import consultation_of
from vivier.contracts.query_profile import profile_of
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.operators import All
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

RELEVANCE: Final = Path(__file__).parents[1] / "tests" / "relevance"
FILES: Final[Mapping[str, tuple[str, ...]]] = {
    "decp": ("decp-2022/*.json", "decp-2019/*.json"),
    "decp_tabular": ("tabular/decp*",),
    "decp_economie": ("csv-data-economie/*.csv",),
    "decp_buyer_csv": ("csv-bretagne-2021/*.csv",),
    "boamp": ("boamp/*.json", "boamp/xml-legacy/*.xml"),
    "ted": ("ted-r209/*.xml", "eforms/real-fr/*.xml"),
    "approch": ("approch/*.json",),
}
"""Real files of contracts and notices by source; the fictitious examples are left out."""
FIRST: Final = 10
Row = dict[str, str]
Judged = Mapping[tuple[str, str, str, str], bool]
"""Whether a lot is useful, by structure, day, lot and kind of lead."""


DAYS: Final = ("2024-08-01", "2024-11-01", "2025-03-01", "2026-08-20", "2026-11-27")
"""The days on which structures ask."""


@dataclass(frozen=True)
class Outcome:
    """The first leads of a structure, before and after: for each, whether it is useful (``None``: not judged)."""

    profile: Row
    before: tuple[bool, ...]
    after: tuple[tuple[Lead, bool | None], ...]


def outcomes(snapshot: Snapshot, lexicon: Lexicon) -> Iterator[Outcome]:
    """Every structure asked as the page asks it."""
    rows = list(_rows("leads_judged"))
    judged = {(row["structure"], row["day"], row["lead"], row["kind"]): row["useful"] == "yes" for row in rows}
    for profile in _rows("leads_profiles"):
        own = [row for row in rows if (row["structure"], row["day"]) == (profile["structure"], profile["day"])]
        found = tuple((lead, _useful(lead, profile, judged)) for lead in _leads(profile, snapshot, lexicon))
        yield Outcome(profile, tuple(_before(own, snapshot)), found)


def census(snapshot: Snapshot, lexicon: Lexicon) -> Iterator[tuple[str, Lead, bool | None]]:
    """Every lead of every structure on every day: its structure, the lead, and whether it is useful (``None``: not judged)."""
    judged = {(row["lead"], row["of"], row["day"]): row["useful"] == "yes" for row in _rows("leads_census")}
    for hit in snapshot.suppliers.scan(All()):
        if "siret" not in hit.record:
            continue
        siret = str(hit.record["siret"]["value"])
        kinds = dict.fromkeys(fact["value"]["kind"] for fact in hit.record.get("agreements", ()))
        for day in DAYS:
            for lead in _leads({"structure": siret, "day": day}, snapshot, lexicon):
                keys = ((lead.id, "", day), (lead.id, "+".join(kinds), ""), (lead.id, "", ""))
                yield siret, lead, next((judged[key] for key in keys if key in judged), None)


def _rows(name: str) -> Iterator[Row]:
    with (RELEVANCE / f"{name}.csv").open(encoding="utf8", newline="") as file:
        yield from csv.DictReader(file)


def _leads(profile: Row, snapshot: Snapshot, lexicon: Lexicon) -> tuple[Lead, ...]:
    day = date.fromisoformat(profile["day"])
    query = LeadsQuery(supplier=profile["structure"], as_of=day, per_page=FIRST)
    return find_leads(query, profile_of(query, snapshot, lexicon, day), snapshot, lexicon, day).leads


def _useful(lead: Lead, profile: Row, judged: Judged) -> bool | None:
    lots = (lead.id, *(lot.id for lot in lead.lots))
    known = [judged.get((profile["structure"], profile["day"], lot, lead.kind)) for lot in lots]
    return True if True in known else False if False in known else None


def _before(rows: list[Row], snapshot: Snapshot) -> Iterator[bool]:
    """Whether each lead shown before was useful, in its order; the second of a consultation was not."""
    told: set[str] = set()
    for row in sorted((row for row in rows if row["before"]), key=lambda row: int(row["before"])):
        collection = "notices" if row["kind"] in ("open_notice", "planned_project") else "contracts"
        record = snapshot.of(collection).get([row["lead"]]).get(row["lead"], {})  # type: ignore[arg-type]
        name = (consultation_of(record) if record else None) or row["lead"]
        useful = row["useful"] == "yes" and name not in told
        told |= {name} if useful else set()
        yield useful


@contextmanager
def real_home(data: Path, home: Path | None) -> Iterator[Settings]:
    """A home with the real lists, contracts and notices indexed: the one given, else a temporary one."""
    if home is not None:
        yield Settings(home=home)
        return
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        build_home(data, settings)
        yield settings


def build_home(data: Path, settings: Settings) -> None:
    """Imports every real file and indexes it."""
    for source, name in LISTS.items():
        import_files(source, [data / "suppliers" / name], settings)
    for source, patterns in FILES.items():
        files = [path for pattern in patterns for path in sorted((data / "contracts").glob(pattern))]
        import_files(source, files, settings)
    lexicon = load_lexicon()
    with closing(open_engine(settings)) as engine:
        publish(engine, settings, lexicon)
        publish_contracts(engine, settings, lexicon)
        publish_notices(engine, settings, lexicon)


def main() -> int:
    """Command line: the table, then each lead with ``--list``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--census", action="store_true")
    options = parser.parse_args()
    lexicon = load_lexicon()
    with real_home(options.data, options.home) as settings, closing(open_engine(settings)) as engine:
        if options.census:
            _print_census(list(census(Snapshot(engine), lexicon)))
            return 0
        found = list(outcomes(Snapshot(engine), lexicon))
    print(
        "| structures | n | leads before | useful | precision@10 | leads after | useful | precision@10 | not judged |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for title, column, value in (("anywhere", "draw", "anywhere"), ("near the buyers", "draw", "dense")):
        _row(title, [outcome for outcome in found if outcome.profile[column] == value])
    for half in ("tune", "held"):
        _row(half, [outcome for outcome in found if outcome.profile["half"] == half])
    _row("all", found)
    if options.list:
        for outcome in found:
            _print(outcome)
    return 0


def _print_census(found: list[tuple[str, Lead, bool | None]]) -> None:
    shares = [useful for _, _, useful in found]
    print(
        f"{len({siret for siret, _, _ in found})} structures have {len(found)} leads, {len({lead.id for _, lead, _ in found})} purchases"
    )
    print(f"useful: {sum(map(bool, shares))}, precision@10 {_share(shares)}, not judged: {shares.count(None)}")
    for lead in {lead.id: lead for _, lead, useful in found if useful is None}.values():
        print(f"  ? {lead.id} {lead.kind}: {title_of(lead)}")


def _row(title: str, found: list[Outcome]) -> None:
    before = [useful for outcome in found for useful in outcome.before]
    after = [useful for outcome in found for _, useful in outcome.after]
    unknown = sum(useful is None for useful in after)
    figures = " | ".join(f"{len(shown)} | {sum(map(bool, shown))} | {_share(shown)}" for shown in (before, after))
    print(f"| {title} | {len(found)} | {figures} | {unknown} |")


def _share(shown: list[bool] | list[bool | None]) -> str:
    return f"{sum(map(bool, shown)) / len(shown):.2f}" if shown else "–"


def _print(outcome: Outcome) -> None:
    profile = outcome.profile
    print(f"\n{profile['structure']} {profile['kind']} {profile['day']} ({profile['draw']}, {profile['half']})")
    for lead, useful in outcome.after:
        mark = {True: "+", False: "-", None: "?"}[useful]
        print(f"  {mark} {lead.id} {lead.kind} {lead.distance_km} km, {len(lead.lots)} other lots: {title_of(lead)}")


def title_of(lead: Lead) -> str:
    """The object or the title of a lead."""
    return str(lead.record.get("object") or lead.record.get("title") or "")[:120]


if __name__ == "__main__":
    sys.exit(main())
