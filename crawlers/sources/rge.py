"""RGE: the qualifications published by ADEME, one row per qualification and domain, gathered into one record per site.

Facts and traps: expired rows stay in the file and renewals give two periods of one code, so every period is kept with its
dates and only those that hold on the day of reading prove a trade. The end date is inclusive; 1 January 2099 is no end. The
dataset is a view, without the day of update that former copies have. ``domaine`` may be empty,
« Inconnu » or « Non renseigné »: a label, no trade. A SIRET may come as a number; a row without one is set aside, since a
qualification is a site's. Names carry a vintage (« Ventilation 2020 ») or two spaces. Studies are the rows not for
individuals. Read as pages of the API (JSON) or as the CSV of the dataset; memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from crawlers.kit import Aside, Chains, CsvFamily, Draft, FetchPlan, Intake, Outcome, Row, Source
from crawlers.kit.json_family import ItemPages
from crawlers.kit.spool import Spool, gathered
from crawlers.kit.values import identifiers, text
from crawlers.sources._rge_site import UPDATED, USED, site
from vivier.runs.records import SourceCard

_HOST = "data.ademe.fr"
CARD = SourceCard(
    id="rge",
    role="label",
    title="Entreprises reconnues garantes de l'environnement (RGE)",
    producer="ADEME, à partir des organismes de qualification",
    dataset="Liste des entreprises RGE",
    licence="Licence Ouverte 2.0",
    homepage=f"https://{_HOST}/datasets/liste-des-entreprises-rge-2",
    covers="Entreprises de travaux et bureaux d'études qualifiés RGE, avec domaine, organisme, dates et certificat.",
    limits="Ni zone d'intervention ni capacité ; un métier n'est prouvé que pendant la qualification.",
    cadence_days=7,
    exhaustive=True,
    minimum_rows=40_000,
    minimum_basis="environ 88 000 sites qualifiés en avril 2026",
)
_COLUMNS = (*USED, "siret")
_REQUIRED = (
    "siret",
    "nom_entreprise",
    "code_qualification",
    "domaine",
    "organisme",
    "lien_date_debut",
    "lien_date_fin",
)
_IGNORED = ("_id", "_i", "_rand", "_score", "_geopoint", "_geo_distance", "meta_domaine", "traitement_termine")
_CONTACT = ("telephone", "email")
"""Of a company only (:func:`crawlers.kit.values.company_reached`)."""


def hold(spool: Spool, row: Row, intake: Intake) -> Outcome:
    """Checks the SIRET of one row, and keeps its fields until the whole file is read."""
    written = row.take("siret")
    siret, _ = identifiers(written, [], lost_zeros=3)
    fields = {name: row.take(name) for name in (*USED, *_CONTACT)}
    row.ignore(_IGNORED)
    intake.unknown.update(row.left)
    if siret is None:
        return Aside("siret_invalid", f"« siret » vaut « {text(written) or ''} » : quatorze chiffres valides attendus")
    return spool.hold(siret, row.where, fields)


def _pages(convert: Callable[[Row, Intake], Outcome]) -> ItemPages:
    return ItemPages(convert, required=_REQUIRED, known=_COLUMNS, contact=_CONTACT, reach=_CONTACT)


def _table(spool: Spool) -> CsvFamily:
    return CsvFamily(
        convert=partial(hold, spool),
        required=_REQUIRED,
        optional=tuple(name for name in _COLUMNS if name not in _REQUIRED),
        ignored=_IGNORED,
        contact=_CONTACT,
        reach=_CONTACT,
    )


def _is_table(path: Path) -> bool:
    return path.name.lower().removesuffix(".gz").endswith(".csv")


def read(files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
    """Rows of the pages and of the CSV files, gathered by site."""

    def drafts(spool: Spool) -> Iterator[Draft]:
        pages = [path for path in files if not _is_table(path)]
        if pages:
            yield from _pages(partial(hold, spool)).read(pages, intake)
        for path in filter(_is_table, files):
            yield from _table(spool).read([path], intake)

    return gathered(drafts, site, intake)


def _unread(row: Row, intake: Intake) -> Outcome:
    return Aside("value_invalid", "")


def recognises(path: Path) -> bool:
    """Whether the file is a page or a CSV of the dataset."""
    if not _is_table(path):
        return _pages(_unread).recognises(path)
    return CsvFamily(convert=_unread, required=_REQUIRED).recognises(path)


PLAN = FetchPlan(
    what=Chains(
        starts=(
            f"https://{_HOST}/data-fair/api/v1/datasets/liste-des-entreprises-rge-2/lines?size=10000"
            f"&select={','.join(name for name in (*_COLUMNS, *_CONTACT) if name != UPDATED)}",
        )
    ),
    hosts=(_HOST,),
    delay=2.0,
    documentation=f"https://{_HOST}/datasets/liste-des-entreprises-rge-2/api-doc",
    verified="Adresse, suite des pages, champs et quelque 160 000 lignes : annuaire des entreprises (août 2026) et cinq dépôts ; "
    "absence de « _updatedAt » et du robots.txt permissif : code de data-fair (2026).",
    unseen="Le robots.txt de data.ademe.fr, et si l'adresse de la documentation est toujours celle-là.",
)

SOURCE = Source(card=CARD, read=read, recognises=recognises, plan=PLAN)
