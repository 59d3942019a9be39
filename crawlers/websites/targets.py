"""Chooses which websites are read: those that the records in force give, each for the one structure that has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tldextract import TLDExtract

from crawlers.websites.model import Line, Target
from vivier.identity import is_siren, words_of
from vivier.model import Record
from vivier.runs.records import current_run, loaded_sources, read_records

NOT_OWN: frozenset[str] = frozenset(
    words_of(
        """
        facebook.com fb.com instagram.com linkedin.com twitter.com x.com youtube.com youtu.be tiktok.com pinterest.com
        pinterest.fr pagesjaunes.fr google.com google.fr goo.gl bit.ly linktr.ee wikipedia.org leboncoin.fr
        helloasso.com societe.com pappers.fr verif.com infogreffe.fr annuaire-mairie.fr reseau-gesat.com hosmoz.fr
        unea.fr handeco.org lesentreprisesdinsertion.org lesgeiq.fr qualibat.com qualit-enr.org imprimvert.fr
        afnor.org bcorporation.net bcorporation.eu inclusion.beta.gouv.fr inclusion.gouv.fr data.gouv.fr soliguide.fr
        """
    )
)
"""Hosts that are not a supplier's own site: social networks, directories, and databases whose owners refuse robots."""

_DOMAINS = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
"""The list of public suffixes that comes with the library: nothing is fetched."""


def domain_of(host: str) -> str:
    """The registered domain of a host (``www.esat.asso.fr`` → ``esat.asso.fr``); the host itself when there is none."""
    return _DOMAINS(host).top_domain_under_public_suffix or host


def site_of(website: str) -> str:
    """A website in one spelling: lower-case host without ``www.``, path without the name of its first page, no scheme."""
    parts = urlsplit(website)
    path = folder_of(parts.path)
    return f"{parts.netloc.lower().removeprefix('www.')}{path}"


def folder_of(path: str) -> str:
    """The folder of a first page: ``/fr/index.php`` and ``/fr`` are in ``/fr/``."""
    head, _, last = path.rstrip("/").rpartition("/")
    folder = head if "." in last else f"{head}/{last}"
    return f"{folder.rstrip('/')}/"


def lines(records: Path) -> Iterator[Line]:
    """One line a structure and website, in order. ``skip`` is set when the site is not to be asked."""
    sites: dict[str, dict[str, Target]] = defaultdict(dict)
    for record in _records(records):
        site = site_of(record.website or "")
        structure = record.finess or record.siret or f"{record.provenance.source_id}:{record.source_id}"
        target = _target(record, site)
        known = sites[site].get(structure)
        sites[site][structure] = target if known is None else _joined(known, target)
    for targets in (sites[site] for site in sorted(sites)):
        skip = _why_not(targets.values())
        yield from (Line(target=target, skip=skip) for _, target in sorted(targets.items()))


def _records(records: Path) -> Iterator[Record]:
    for source in loaded_sources(records, "suppliers"):
        if source != "website":
            yield from (record for record in read_records(current_run(records, source)) if record.website)


def _target(record: Record, site: str) -> Target:
    siren = record.siren or (record.siret or "")[:9]
    return Target(
        about=f"{record.provenance.source_id}:{record.source_id}",
        url=record.website or "",
        site=site,
        names=tuple(name for name in (record.name, record.brand, record.acronym) if name),
        siren=siren if is_siren(siren) else None,
        siret=record.siret,
    )


def _joined(known: Target, other: Target) -> Target:
    names = tuple(dict.fromkeys((*known.names, *other.names)))
    return known.model_copy(update={"names": names, "siren": known.siren or other.siren})


def _why_not(targets: Iterable[Target]) -> str | None:
    found = list(targets)
    host = (urlsplit(found[0].url).hostname or "").lower()
    if any(host == other or host.endswith(f".{other}") for other in NOT_OWN):
        return "not_own_site"
    return "website_shared" if len(found) > 1 else None
