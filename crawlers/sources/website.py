"""The suppliers' own websites, those that the records in force give: trades as weak evidence, and a short description.

It never makes a supplier: each fact is attached to the record that gave the website (``enriches``). A site shared by several
structures, a directory, a social network is not read; nor is kept what a site says that shows neither the supplier's name nor
its SIREN (a domain that lapsed and was bought by another). A page proves no agreement and no label: only trades (evidence
``text``) and words are taken, each with its page and date. Pages themselves are not kept.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from rapidfuzz import fuzz

from crawlers.kit import Aside, Draft, Intake, Outcome, Skip, Source, WrongFile
from crawlers.kit.files import check_file, open_plain, refusing
from crawlers.kit.values import description
from crawlers.websites.fetch import fetch_websites
from crawlers.websites.model import PASSING, Line, Page, Target, TradeMention
from crawlers.words import SKIPS
from vivier.identity import fold, name_key, words_of
from vivier.model import Basis, Offer, Provenance, Record
from vivier.runs.records import SourceCard

CARD = SourceCard(
    id="website",
    title="Sites web des fournisseurs",
    producer="le fournisseur, sur son site",
    dataset="Site web du fournisseur",
    licence="faits relevés sur une page publique ; la page reste à son auteur",
    covers="Métiers que le site annonce (indice faible) et courte présentation, avec la page et la date.",
    limits="Ni agrément, ni label, ni capacité : un site ne les prouve pas. Les sites communs à plusieurs structures sont laissés.",
    cadence_days=30,
    tolerance=1.0,  # sites are often down or refuse us: this never refuses a run
)
MOST_TRADES = 12
"""Number of trades from which a site is a directory, a training centre or a news site: it proves none of them."""
MOST_BODY_TRADES = 6
ALIKE = 85
"""Likeness (0–100) between a name and what the site calls itself, from which the site belongs to the supplier."""
SHORTEST_IN_DOMAIN = 5
COMMON_WORDS = frozenset(
    words_of(
        """
        ACCUEIL ACTION ACTIVITES ADAPTE ADAPTEE AIDE ASSOCIATION ASSOCIATIONS ATELIER ATELIERS AUX AVEC CENTRE
        CHANTIER CHANTIERS DES EMPLOI ENTREPRISE ENTREPRISES ENVIRONNEMENT ESAT ETABLISSEMENT FRANCE GEIQ GROUPE
        INSERTION INTERIM LES NOS OFFICIEL PAR POUR PRO REGIE RESEAU SERVICE SERVICES SITE SOCIAL SOCIALE SOCIETE
        SOLIDAIRE SOLIDARITE SUR TEMPORAIRE TRAVAIL UNE
        """
    )
)
"""Words that many structures have in their name."""


def read(files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
    """Every line of ``visits.jsonl``."""
    for path in files:
        check_file(path)
        with refusing(path), open_plain(path) as lines:
            for number, raw in enumerate(lines, 1):
                if raw.strip():
                    yield _draft(raw, f"{path.name}, ligne {number}", intake)


def recognises(path: Path) -> bool:
    """Whether the first line is one of ours."""
    with open_plain(path) as lines:
        return _line(lines.readline()) is not None


def _line(raw: bytes) -> Line | None:
    try:
        return Line.model_validate_json(raw.removeprefix(BOM_UTF8))
    except ValidationError:
        return None


def _draft(raw: bytes, where: str, intake: Intake) -> Draft:
    line = _line(raw)
    if line is None:
        if where.endswith("ligne 1"):
            raise WrongFile(
                f"« {where} » n'est pas une visite de site en UTF-8 : ce fichier vient de « vivier crawl website »."
            )
        return Draft(where, Aside("json_invalid", "ligne illisible"), dict)
    outcome = _outcome(line, intake)
    more = tuple(_records(line, intake)) if isinstance(outcome, Record) else ()
    return Draft(where, outcome, lambda: _shown(line), more[1:])


def _shown(line: Line) -> dict[str, object]:
    return {"about": line.target.about, "site": line.target.site}


def _outcome(line: Line, intake: Intake) -> Outcome:
    visit = line.visit
    if line.skip is not None:
        return Skip(line.skip)
    if visit is None:
        return Aside("site_unread", "le site n'a pas été visité")
    if visit.reason is not None and not visit.pages:
        return Skip(visit.reason) if visit.reason in SKIPS else Aside(visit.reason, visit.detail or visit.reason)
    if not recognised(line.target, visit.pages):
        return Aside("site_not_recognised", f"{visit.site} ne montre ni le nom ni le SIREN du fournisseur")
    return next(_records(line, intake), Skip("nothing_told"))


def recognised(target: Target, pages: Sequence[Page]) -> bool:
    """Does the site show the supplier's SIREN, call itself by one of its names, or have an address made of one?"""
    if any(target.siren in page.sirens for page in pages if target.siren is not None):
        return True
    ours = [words for name in target.names if (words := _telling(name))]
    theirs = [_telling(name) for page in pages for name in page.names]
    domain = fold(target.site.partition("/")[0]).replace(" ", "")
    return any(_alike(mine, other) for mine in ours for other in theirs) or any(
        len(word) >= SHORTEST_IN_DOMAIN and word in domain for mine in ours for word in mine
    )


def _telling(name: str) -> list[str]:
    """The words of a name that distinguish it: « ESAT du Lac » gives Lac."""
    return [word for word in name_key(name).split() if word not in COMMON_WORDS and len(word) > 2]


def _alike(mine: list[str], other: list[str]) -> bool:
    shared = set(mine) & set(other)
    return bool(shared) and fuzz.token_set_ratio(" ".join(mine), " ".join(other)) >= ALIKE


def _records(line: Line, intake: Intake) -> Iterator[Record]:
    """One record for the description, one for the trades of each page: every fact has its own page and date."""
    visit = line.visit
    assert visit is not None
    issues = ("site_away",) if visit.reason in PASSING else ()
    for number, page in enumerate(visit.pages):
        doubts = list(issues)
        written = description(page.description, doubts) if number == 0 else None
        if written is not None:
            fields = {"description": written, "issues": tuple(dict.fromkeys(doubts))}
            yield _record(line.target, page, "presentation", "declared", intake, fields)
    for page, trades in _mentions_by_page(visit.pages):
        offers = tuple(Offer(trade=mention.trade, evidence="text") for mention in trades)
        yield _record(line.target, page, "trades", "inferred", intake, {"offers": offers, "issues": issues})


def _mentions_by_page(pages: Sequence[Page]) -> Iterator[tuple[Page, list[TradeMention]]]:
    """The trades of each page, each trade on the first page that mentions it, headings before bodies. No trade when
    there are too many to mean anything."""
    best: dict[str, tuple[Page, TradeMention]] = {}
    for heading in (True, False):
        for page in pages:
            for mention in page.told:
                if mention.heading is heading:
                    best.setdefault(mention.trade, (page, mention))
    bodies = sum(not mention.heading for _, mention in best.values())
    retained = [(page, mention) for page, mention in best.values() if mention.heading or bodies <= MOST_BODY_TRADES]
    if len(retained) > MOST_TRADES:
        return
    for page in pages:
        trades = [mention for giver, mention in retained if giver is page]
        if trades:
            yield page, trades


def _record(target: Target, page: Page, part: str, basis: Basis, intake: Intake, fields: dict[str, Any]) -> Record:
    return Record(
        source_id=f"{target.about}#{part} {page.url}",
        provenance=_provenance(page, basis, intake),
        name=target.names[0],
        enriches=target.about,
        **fields,
    )


def _provenance(page: Page, basis: Basis, intake: Intake) -> Provenance:
    known = intake.provenance(url=page.url)
    return known.model_copy(update={"basis": basis, "fetched_at": page.read_at})


SOURCE = Source(card=CARD, read=read, recognises=recognises, fetch=fetch_websites)
