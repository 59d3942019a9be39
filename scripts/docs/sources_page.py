"""``docs/generated/sources.md``: what each source covers and what it does not, from its card and its declared layout.
``docs/generated/survivorship.md``: which source is believed for each field, from the table that the merge reads."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterable, Iterator, Mapping

from crawlers.context import ban, sirene_api
from crawlers.kit import CsvFamily, HtmlItems, JsonPages, Source, TableFamily
from crawlers.plan import FetchPlan
from indexer.survivorship import SURVIVORSHIP
from scripts.docs.markdown import code, codes, table
from scripts.docs.markdown import page as whole
from vivier.runs.drops import SMALL
from vivier.runs.records import SourceCard
from vivier.vocabulary import ROLES

_INTRODUCTION = f"""What each source covers, and what it does not: unknown is not zero. Every fact keeps its producer, licence and dates. The
same cards are given, with what was last read, by `vivier sources` and `/v1/sources`. `vivier demo` writes three more,
`demo`, `demo_labels` and `demo_marches`: invented suppliers, buyers and contracts, kept apart under `$VIVIER_HOME/demo`.

A source read online keeps the bytes it was given. Of web pages robots.txt is obeyed, always; a file or an API that its
producer documents and publishes under a stated licence is read as documented, at the rate of its card ([below](#addresses)). A
source without a stable address is read from a file. In both cases several files given together are one run. The run of a state replaces the former
one; that of a stream adds to it.

« Refused »: a run is refused, and the former one stays, when it keeps too few rows online or none of a file, when too large a share is
set aside (up to {SMALL} rows never refuse a file, unless they are more than half of it), or when too large a share of the rows of the run in
force, or of its rows of a kind or label, is gone."""


_ADDRESSES = """## Addresses

**What is verified, by what, and what only a real network can tell.** No real address was called to write this: the evidence is public
code, recorded answers and producers' own sources, each with its month. `vivier doctor --live` asks each address for one page, writes
nothing, and says what differs. Redirects are followed within the hosts named; a 403 stops a source; 429 and 503 are waited for
(`Retry-After`). « documented » names the producer's page by which robots.txt, which is for pages, does not decide."""


MEMORIES = {
    "state": "state: a new reading replaces the list",
    "stream": "stream: a reading adds to what is known, by key",
}


def _address(name: str, plan: FetchPlan | None) -> tuple[str, ...]:
    """The line of the real address of one source, or of a register around suppliers."""
    if plan is None:
        return (name, "suppliers' own", "obeyed on each site", "1 s", "read as any page", "nothing more")
    robots = "obeyed" if plan.obeys_robots else f"[documented]({plan.documentation})"
    return (name, ", ".join(plan.hosts), robots, f"{plan.delay:g} s", plan.verified, plan.unseen or "nothing more")


def _addresses(found: Iterable[Source]) -> Iterator[tuple[str, ...]]:
    """The lines of every real address."""
    for source in found:
        if source.plan is not None or source.fetch is not None:
            yield _address(f"[{source.card.id}](#{source.card.id})", source.plan)
    yield _address("sirene", sirene_api.plan_of([]))
    yield _address("ban", ban.plan_of([]))


def _row(source: Source) -> tuple[str, ...]:
    """The line of one source."""
    card = source.card
    return (
        f"[{card.id}](#{card.id})",
        card.title,
        ", ".join(card.kinds) or "any",
        card.licence,
        _cadence(card.cadence_days),
        "online or file" if source.plan or source.fetch else "file",
    )


def _cadence(days: int | None) -> str:
    """How often a source changes, in words."""
    return "not known" if days is None else f"every {days} days"


def _layout(source: Source) -> Iterator[str]:
    """The declared layout, in words."""
    family = getattr(source.read, "__self__", None)
    if isinstance(family, CsvFamily):
        yield f"CSV, {code(family.delimiter)} between cells, UTF-8" + (
            f" or {family.fallback}" if family.fallback else ""
        )
    elif isinstance(family, TableFamily):
        yield "CSV or Excel workbook" + (", or saved web page with a table" if family.pages else "")
        yield "columns known under any of these names, case and accents apart: " + "; ".join(
            codes(names) for names in family.columns.values()
        )
        return
    elif isinstance(family, JsonPages):
        yield f"JSON pages, {code('{count, next, previous, results}')}"
    elif isinstance(family, HtmlItems):
        yield "pages of a directory, read by CSS selectors"
    else:
        return
    yield f"needed: {codes(family.required)}"
    if isinstance(family, CsvFamily) and family.optional:
        yield f"used when there: {codes(family.optional)}"
    if isinstance(family, CsvFamily) and family.ignored:
        yield f"ignored by name: {codes(family.ignored)}"
    if not isinstance(family, HtmlItems) and family.contact:
        yield f"contacts, never kept: {codes(family.contact)}"


def _basis(card: SourceCard) -> str:
    return f" ({card.minimum_basis})" if card.minimum_basis else ""


def _section(source: Source) -> str:
    """The section of one source."""
    card = source.card
    description = inspect.cleandoc(importlib.import_module(f"crawlers.sources.{card.id}").__doc__ or "")
    refused = (
        f"under {card.minimum_rows} rows online{_basis(card)}, over {card.tolerance:.0%} set aside, "
        f"over {card.maximum_drop:.0%} gone"
    )
    facts = {
        "covers": card.covers,
        "memory": MEMORIES[card.memory],
        "does not cover": card.limits,
        "producer, dataset": f"{card.producer}; {card.dataset}",
        "licence": card.licence,
        "address": card.homepage or "none",
        "changes": _cadence(card.cadence_days) if card.vintage is None else f"never: the data are of {card.vintage}",
        "exhaustive": "yes: a supplier that left is gone" if card.exhaustive else "no",
        "refused": refused,
        "layout": "; ".join(_layout(source)) or "see above",
        "to read it": "; ".join(_commands(source)),
    }
    return f"## {card.id}\n\n{description}\n\n" + table(("", ""), facts.items())


def _commands(source: Source) -> Iterator[str]:
    """The commands that import the source."""
    if source.plan is not None:
        key = f"; needs {code(f'VIVIER_{source.plan.key_setting.upper()}')}" if source.plan.key_setting else ""
        yield f"{code(f'vivier crawl {source.card.id}')} (hosts: {', '.join(source.plan.hosts)}{key})"
    elif source.fetch is not None:
        yield code(f"vivier crawl {source.card.id}")
    yield code(f"vivier import {source.card.id} FILE…")


def _parts(found: Mapping[str, Source]) -> Iterator[str]:
    """The parts of the page, in order."""
    yield _INTRODUCTION
    yield table(("source", "title", "kinds", "licence", "changes", "read from"), map(_row, found.values()))
    yield _ADDRESSES
    yield table(
        ("source", "hosts", "robots.txt", "between requests", "verified by", "to be seen"), _addresses(found.values())
    )
    yield from map(_section, found.values())


def page(found: Mapping[str, Source]) -> str:
    """The whole page."""
    return whole("Sources", *_parts(found))


_SURVIVORSHIP = """Several sources tell of one supplier. For each field this table says which one is believed, from the most trusted
role to the least. An empty value never overwrites a value. At equal role an official source comes before a declared one, then
the more recent `updated_at` wins (a dated value before an undated one); the name and the numbers of what a structure declares here
(source `declared`, of the role of that name), and of what its network declares of it (source `members`, role `network`: after the structure itself), are copied from its
sheet and never win; the last tie is settled by the key of the record, so
that the order of the sources never shows. The merge reads the table itself (`indexer/survivorship.py`)."""

_CHOICES = """**first**: one value is kept. **all**: every distinct value is kept, each with its source, the most trusted first.
**shown**: values that differ from the one kept stay in `others`, on the page of the supplier under « Autres valeurs ». Other
names are in `other_names`, other numbers also in `identifiers`, by which the supplier is found. What contradicts is an issue
too (`closed_conflict`, `commune_conflict`, `siren_conflict`, `siret_conflict`)."""

_PLACED = """A source is placed by the `role` of its card. Without one, an official source counts as `register`, a declared one as
`declared`, anything inferred or computed as `website`."""


def survivorship(found: Mapping[str, Source]) -> str:
    """The page on what is believed."""
    rules = (
        (code(rule.field), f"{rule.keep}, shown" if rule.others else rule.keep, " > ".join(rule.order), rule.why)
        for rule in SURVIVORSHIP
    )
    of = {role: [code(name) for name, source in found.items() if source.card.role == role] for role in ROLES}
    roles = table(
        ("role", "in French", "sources"),
        ((code(role), text, ", ".join(of[role]) or "–") for role, text in ROLES.items()),
    )
    kept = table(("field", "kept", "trusted from first to last", "why"), rules)
    return whole("Survivorship", _SURVIVORSHIP, kept, _CHOICES, f"## Roles\n\n{_PLACED}", roles)
