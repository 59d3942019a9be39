"""The qualifications of one site → one record (docs/generated/sources.md, « rge »)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from crawlers.kit import Aside, Intake
from crawlers.kit.place import point, post_code
from crawlers.kit.proof import proof_url
from crawlers.kit.sole import is_person
from crawlers.kit.values import company_reached, iso_date, public_text, text, website
from vivier.model import Address, Label, Offer, Record
from vivier.trades.table import load_trades, rge_key
from vivier.validity import Period, periods

UPDATED: Final = "_updatedAt"
"""Day of update of a row: files taken from the dataset before it became a view have it."""
USED = (
    "nom_entreprise",
    "adresse",
    "code_postal",
    "commune",
    "latitude",
    "longitude",
    "site_internet",
    "code_qualification",
    "nom_qualification",
    "url_qualification",
    "nom_certificat",
    "domaine",
    "organisme",
    "particulier",
    "lien_date_debut",
    "lien_date_fin",
    UPDATED,
)
NO_END: Final = date(2099, 1, 1)
"""Written by certifiers who publish no end: 4.8 % of the rows."""
_UNSPECIFIED = frozenset({"inconnu", "non renseigné", "non renseignée", "null"})
_YES = frozenset({"true", "1", "oui", "vrai"})
_NO = frozenset({"false", "0", "non", "faux"})

Row = dict[str, object]


def site(siret: str, rows: Sequence[Row], intake: Intake) -> Record | Aside:
    """One record for each site: name and place of the freshest row, a label for each qualification and period, trades
    with their dates."""
    issues: list[str] = []
    freshest = sorted(rows, key=_freshness, reverse=True)
    name = _first(freshest, "nom_entreprise", issues)
    if name is None:
        return Aside("name_missing", "« nom_entreprise » est vide")
    if is_person(name):
        issues.append("person_name_removed")
        name = f"Entreprise qualifiée RGE, SIRET {siret}"
    labels = _labels(freshest, issues)
    return Record(
        source_id=siret,
        provenance=intake.provenance(iso_date(freshest[0][UPDATED])),
        name=name[:300],
        siren=siret[:9],
        siret=siret,
        labels=labels,
        address=_address(freshest[0], issues),
        offers=offers_of(labels, issues),
        website=_website(freshest, issues),
        **company_reached(intake, (name,), *(row[key] for row in freshest for key in ("email", "telephone"))),
        issues=tuple(dict.fromkeys(issues)),
    )


def _freshness(row: Row) -> tuple[str, date, date]:
    """Order of freshness: the row updated last; without a day of update, the qualification that starts last, then the
    one that ends last."""
    starts, ends = (day(row[name], []) or date.min for name in ("lien_date_debut", "lien_date_fin"))
    return str(row[UPDATED] or ""), starts, ends


def _first(rows: Iterable[Row], column: str, issues: list[str]) -> str | None:
    return next((found for row in rows if (found := public_text(row[column], issues))), None)


def _address(row: Row, issues: list[str]) -> Address:
    return Address(
        line=public_text(row["adresse"], issues),
        post_code=post_code(row["code_postal"], issues, lost_zeros=True),
        town=public_text(row["commune"], issues),
        point=point(((row["longitude"], row["latitude"]),), issues),
    )


def _labels(rows: Sequence[Row], issues: list[str]) -> tuple[Label, ...]:
    """One label per (code, domain, start), the freshest row first; the ones that end last come first."""
    found: dict[tuple[object, ...], Label] = {}
    for row in rows:
        label = _label(row, issues)
        found.setdefault((label.number, label.domain, label.valid_from), label)
    return tuple(sorted(found.values(), key=_order))


def _order(label: Label) -> tuple[int, str, str]:
    return -(label.valid_until or date.max).toordinal(), label.domain or "", label.number or ""


def _label(row: Row, issues: list[str]) -> Label:
    return Label(
        code="RGE",
        scope="qualification",
        domain=_domain(_often(row["domaine"]) or ""),
        title=_title(_often(row["nom_qualification"]) or "", _often(row["nom_certificat"]) or ""),
        number=_often(row["code_qualification"]),
        issuer=_often(row["organisme"]),
        audience=_audience(row["particulier"]),
        valid_from=day(row["lien_date_debut"], issues),
        valid_until=_end(row["lien_date_fin"], issues),
        proof_url=proof_url(row["url_qualification"], issues),
    )


@lru_cache(maxsize=4_096)
def _domain(written: str) -> str | None:
    return None if not written or written.lower() in _UNSPECIFIED else written


@lru_cache(maxsize=4_096)
def _title(qualification: str, certificate: str) -> str | None:
    name = "" if qualification.lower() in _UNSPECIFIED else qualification
    parts = (name,) if name.startswith(certificate) else (certificate, name)
    return " – ".join(part for part in parts if part) or None


def _end(value: object, issues: list[str]) -> date | None:
    end = day(value, issues)
    return None if end == NO_END else end


def _audience(value: object) -> Any:
    answer = str(value).strip().lower()
    return "individuals" if answer in _YES else "professionals" if answer in _NO else None


def _website(rows: Iterable[Row], issues: list[str]) -> str | None:
    given = (row["site_internet"] for row in rows if row["site_internet"])
    return next((found for value in given if (found := website(value, issues))), None)


def _often(value: object) -> str | None:
    """``text`` with a cache, for values that a table repeats thousands of times."""
    return _cleaned(value) if isinstance(value, str) else text(value)


_cleaned = lru_cache(maxsize=16_384)(text)


def day(value: object, issues: list[str]) -> date | None:
    """A day, ISO or French (``31/12/2026``). Any other text is unknown (issue ``date_invalid``)."""
    written = _often(value)
    found = _day(written) if written is not None else None
    if written is not None and found is None:
        issues.append("date_invalid")
    return found


@lru_cache(maxsize=16_384)
def _day(written: str) -> date | None:
    found = iso_date(written)
    if found is not None:
        return found
    try:
        return datetime.strptime(written[:10], "%d/%m/%Y").date()
    except ValueError:
        return None


def offers_of(labels: Iterable[Label], issues: list[str]) -> tuple[Offer, ...]:
    """One offer per trade that qualifications prove and period without a gap, with their domains."""
    proofs: dict[str, list[Label]] = {}
    for label in labels:
        for trade in _proved(label, issues):
            proofs.setdefault(trade, []).append(label)
    return tuple(_offer(trade, period) for trade, proof in proofs.items() for period in periods(proof))


def _offer(trade: str, proved: Period) -> Offer:
    domains = dict.fromkeys(label.domain or "" for label in proved.labels)
    title = " ; ".join(domains)
    return Offer(trade=trade, evidence="certified", title=title, valid_from=proved.start, valid_until=proved.end)


def _proved(label: Label, issues: list[str]) -> tuple[str, ...]:
    if label.domain is None:
        issues.append("rge_domain_unknown")
        return ()
    trades = trades_of_domain(rge_key(label.domain))
    if not trades:
        issues.append("rge_domain_without_trade")
    return trades


@lru_cache(maxsize=1_024)
def trades_of_domain(key: str) -> tuple[str, ...]:
    """Codes of the trades an RGE domain proves."""
    return tuple(trade.code for trade in load_trades().by_rge(key))
