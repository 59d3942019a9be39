"""BAN as context: addresses without a point, written for the geocoder (``/search/csv/``), and its answers read back.

Rules (docs/context.md, « Points of addresses »): a score above 0.75, the commune that was asked, and no answer that is only a
commune. The precision is that of the answer: a number is an address, a street or a hamlet is a street.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Set
from datetime import date
from itertools import islice
from pathlib import Path

from crawlers.kit import FetchPlan, WrongFile
from crawlers.kit.files import check_file, open_text, refusing
from crawlers.kit.place import point, whole_city
from crawlers.kit.values import number, text
from crawlers.plan import Uploads
from vivier.model import Address, Precision
from vivier.model.context import Located
from vivier.runs.context import address_key

HOST = "data.geopf.fr"
QUESTION = ("id", "adresse", "code_postal", "commune", "code_insee")
REQUIRED = ("id", "longitude", "latitude", "result_score", "result_type", "result_citycode")
SCORE = 0.75
"""An answer must score above (docs/context.md, « Points of addresses »)."""
BATCH = 20_000
_PRECISIONS: dict[str, Precision] = {"housenumber": "address", "street": "street", "locality": "street"}
_ROUTING = re.compile(r"\b(?:BP|B\.P\.|CS|TSA)\s*\d[\d ]*|\bCEDEX\b.*", re.IGNORECASE)
_ABBREVIATIONS = {
    "AV": "avenue", "BD": "boulevard", "BLD": "boulevard", "CHE": "chemin", "CHEM": "chemin", "IMP": "impasse",
    "PL": "place", "R": "rue", "RTE": "route", "SQ": "square", "ALL": "allée", "FBG": "faubourg", "LOT": "lotissement",
}  # fmt: skip
_STREET = re.compile(rf"^(\d+\s*(?:bis|ter|quater|[A-D])?[\s,]+)?({'|'.join(_ABBREVIATIONS)})\b\.?", re.IGNORECASE)


def question(address: Address) -> dict[str, str] | None:
    """The row that asks for the point of an address; ``None`` when the address has nothing to look for, or already has
    a point finer than its commune."""
    key = address_key(address)
    if key is None or (address.point is not None and address.precision != "commune"):
        return None
    line, routed = _cleaned(address.line or "")
    cedex = routed or "CEDEX" in (address.town or "").upper()
    town = _ROUTING.sub("", address.town or "").strip()
    return {
        "id": key,
        "adresse": line,
        "code_postal": "" if cedex else address.post_code or "",
        "commune": town,
        "code_insee": address.arrondissement or address.commune or "",
    }


def _cleaned(line: str) -> tuple[str, bool]:
    """A line without its post box, the kind of street in full, and whether there was a post box."""
    without = " ".join(_ROUTING.sub(" ", line).split()).strip(" ,-")
    opened = _STREET.sub(lambda found: f"{found[1] or ''}{_ABBREVIATIONS[found[2].upper()]}", without)
    return opened, without != line.strip()


def write_questions(addresses: Iterable[Address], file: Path, known: Set[str] = frozenset()) -> int:
    """Writes the CSV to be geocoded, sorted: one row for each distinct address whose point is not ``known``. Returns
    the number of rows."""
    questions = (row for row in map(question, addresses) if row is not None and row["adresse"])
    rows = {row["id"]: row for row in questions if row["id"] not in known}
    with file.open("w", encoding="utf8", newline="") as lines:
        table = csv.DictWriter(lines, QUESTION)
        table.writeheader()
        table.writerows(rows[key] for key in sorted(rows))
    return len(rows)


def batches(file: Path) -> list[Path]:
    """Cuts the CSV in files of at most 20,000 rows, beside it."""
    cut: list[Path] = []
    with file.open(encoding="utf8", newline="") as lines:
        header = lines.readline()
        while part := list(islice(lines, BATCH)):
            cut.append(file.with_name(f"{file.stem}-{len(cut) + 1:03}.csv"))
            cut[-1].write_text(header + "".join(part), encoding="utf8", newline="")
    return cut


def plan_of(files: Iterable[Path]) -> FetchPlan:
    """The plan that sends each file of at most 20,000 rows once."""
    fields = (("columns", "adresse"), ("columns", "commune"), ("postcode", "code_postal"), ("citycode", "code_insee"))
    what = Uploads(
        address=f"https://{HOST}/geocodage/search/csv/", files=tuple(str(file) for file in files), fields=fields
    )
    return FetchPlan(
        what=what,
        hosts=(HOST,),
        verified="Adresse, fichier et colonnes envoyés, colonnes reçues : dépôts publics (2026). L'ancien hôte est fermé depuis janvier 2026.",
        unseen="robots.txt : absent, d'après ce que nous supposons.",
    )


def read(path: Path, today: date) -> Iterator[Located | str]:
    """The point that each answer gives, or why it gives none: a code of :data:`crawlers.words.ASIDES`."""
    check_file(path)
    with refusing(path), open_text(path, "utf-8-sig") as lines:
        table = csv.DictReader(lines)
        missing = [name for name in REQUIRED if name not in (table.fieldnames or ())]
        if missing:
            raise WrongFile(f"« {path.name} » n'est pas une réponse du géocodeur. Absentes : {', '.join(missing)}.")
        for row in table:
            yield _located(row, today)


def _located(row: dict[str, str], today: date) -> Located | str:
    key, score = text(row["id"]), number(row["result_score"])
    place = point(((row["longitude"], row["latitude"]),), [])
    precision = _PRECISIONS.get(row["result_type"])
    if key is None or score is None or place is None:
        return "address_not_found"
    if precision is None:
        return "address_at_commune"
    if not SCORE < score <= 1:
        return "address_score_low"
    queried, found = text(row.get("code_insee")), text(row["result_citycode"])
    if queried and found and _city(queried) != _city(found):
        return "address_other_commune"
    return Located(
        key=key, point=place, precision=precision, score=round(score, 4), commune=_city(found or ""), read_on=today
    )


def _city(code: str) -> str | None:
    return whole_city(code) or code or None
